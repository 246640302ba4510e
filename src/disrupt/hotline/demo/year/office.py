"""The simulated analysts together: all at work at once, as much as their pace and their breaks allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from disrupt.hotline.demo.accounts import Account
from disrupt.hotline.demo.browser import Browser
from disrupt.hotline.demo.year.desk import Desk
from disrupt.hotline.demo.year.diary import Diary
from disrupt.hotline.demo.year.patience import Again
from disrupt.hotline.demo.year.wish import Wish

_ALL = 10**6


class Office:
    """Everybody at the console."""

    def __init__(
        self, console: str, accounts: Sequence[Account], diary: Diary, junk: Iterable[int], wish: Wish
    ) -> None:
        self._diary, self._junk = diary, frozenset(junk)
        self._an_hour = wish.cases_an_hour * wish.work_minutes / (wish.work_minutes + wish.rest_minutes)
        self._desks = [Desk(console, account, Browser("en", transport=Again())) for account in accounts]
        self._spare = 0.0

    def sign_in(self) -> None:
        """Everybody, one after the other."""
        for desk in self._desks:
            desk.sign_in()

    def work(self, hours: float, until: float, *, to_the_end: bool = False) -> int:
        """Decide on what waits; on how many cases. What a short step does not fill is left for the next."""
        self._spare += self._an_hour * hours
        most = _ALL if to_the_end else int(self._spare)
        self._spare -= int(self._spare)

        def one(desk: Desk) -> int:
            return desk.work(most, self._diary, self._junk, until)

        with ThreadPoolExecutor(len(self._desks)) as pool:
            return sum(pool.map(one, self._desks))

    @property
    def looked_again(self) -> int:
        """How often somebody looked again because of a partner's word."""
        return sum(desk.looked_again for desk in self._desks)

    def close(self) -> None:
        """Everybody goes home."""
        for desk in self._desks:
            desk.__exit__()
