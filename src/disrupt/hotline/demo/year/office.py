"""The simulated analysts together: all at work at once, as much as their pace and their breaks allow."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from disrupt.hotline.demo.accounts import Account
from disrupt.hotline.demo.browser import Browser
from disrupt.hotline.demo.year.desk import Desk
from disrupt.hotline.demo.year.diary import Diary
from disrupt.hotline.demo.year.judgement import Judgement
from disrupt.hotline.demo.year.lead import Lead
from disrupt.hotline.demo.year.patience import Again
from disrupt.hotline.demo.year.wish import Wish

_ALL = 10**6


class Office:
    """Everybody at the console."""

    def __init__(
        self,
        console: str,
        accounts: Sequence[Account],
        diary: Diary,
        judgement: Judgement,
        wish: Wish,
        lead: Account | None = None,
    ) -> None:
        self._diary, self._judgement = diary, judgement
        self._an_hour = wish.cases_an_hour * wish.work_minutes / (wish.work_minutes + wish.rest_minutes)
        self._desks = [Desk(console, account, Browser("en", transport=Again())) for account in accounts]
        self._lead = Lead(console, lead, Browser("en", transport=Again())) if lead else None
        self._spare = 0.0

    @property
    def _all(self) -> list[Desk]:
        return [*self._desks, self._lead] if self._lead else self._desks

    def sign_in(self) -> None:
        """Everybody, one after the other."""
        for desk in self._all:
            desk.sign_in()

    def work(self, hours: float, until: float, *, to_the_end: bool = False) -> int:
        """Decide on what waits; on how many cases. What a short step does not fill is left for the next."""
        self._spare += self._an_hour * hours
        most = _ALL if to_the_end else int(self._spare)
        self._spare -= int(self._spare)

        def one(desk: Desk) -> int:
            return desk.work(most, self._diary, self._judgement, until)

        with ThreadPoolExecutor(len(self._desks)) as pool:
            done = sum(pool.map(one, self._desks))
        self.agree(until - hours)
        return done

    def agree(self, hour: float) -> None:
        """What somebody is asked about a colleague's decision; then the lead ends what they dispute."""
        if self._lead:
            for desk in self._desks:
                desk.second(self._diary, self._judgement, hour)
            self._lead.settle(self._diary, self._judgement)
            self._diary.ended = hour

    @property
    def looked_again(self) -> int:
        """How often somebody looked again because of a partner's word."""
        return sum(desk.looked_again for desk in self._desks)

    def close(self) -> None:
        """Everybody goes home."""
        for desk in self._all:
            desk.__exit__()
