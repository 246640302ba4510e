"""Random histories of a hotline, with an account of their own of what happened: the slow count."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from disrupt.hotline.cases import erasing, withdrawing
from disrupt.hotline.cases.adding import add_items
from disrupt.hotline.cases.models import AgeWhenTaken, Case, Item, PersonAge
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.decisions import services, undoing
from disrupt.hotline.decisions.effect import take_effect
from disrupt.hotline.review.services import record_preview, record_view
from disrupt.hotline.tally import folding
from disrupt.hotline.tally.facts import day_of

ALICE = analyst(1)
HOSTS = ("www.x.com", "forum.one.org", "two.net")
Said = tuple[dt.date, str, str, str]


class History:
    """Does things to cases at random, and writes each down as (day, kind, category, outcome)."""

    def __init__(self, seed: int, make_case: Callable[..., Case]) -> None:
        self.random = random.Random(seed)
        self.make_case = make_case
        self.told: list[Said] = []
        self.pages = 0
        self.decided: set[Any] = set()

    def counted(self) -> Counter[Said]:
        """The slow count: everything that was done, from the first to the last."""
        return Counter(self.told)

    def step(self) -> None:
        deeds = (self.report, self.report, self.add, self.decide, self.decide, self.settle, self.settle,
                 self.undo, self.look, self.remove, self.withdraw, self.erase, self.restart)  # fmt: skip
        self.random.choice(deeds)()
        clock.move(dt.timedelta(minutes=self.random.choice((0, 1, 9, 50, 300))))

    def _tell(self, kind: str, category: str = "", outcome: str = "") -> None:
        self.told.append((day_of(clock.now()), kind, category, outcome))

    def _url(self) -> str:
        self.pages += 1
        return f"https://{self.random.choice(HOSTS)}/{self.pages}"

    def _some(self, *states: ItemState) -> Item | None:
        found = list(Item.objects.filter(state__in=states).select_related("case").order_by("created_at"))
        return self.random.choice(found) if found else None

    def _category(self, item: Item) -> str:
        last = item.ledger.filter(kind="item.qualified").order_by("-number").first()
        return str(last.data["category"]) if last else ""

    def report(self) -> None:
        urls = tuple(self._url() for _ in range(self.random.randint(1, 3)))
        threat = self.random.random() < 0.2
        self.make_case(
            urls=urls,
            threat=threat,
            language=self.random.choice(("fr", "en")),
            age_when_taken=self.random.choice(list(AgeWhenTaken)),
        )
        self._tell("case", outcome="threat" if threat else "")
        for _ in urls:
            self._tell("received")

    def add(self) -> None:
        item = self._some(ItemState.RECEIVED, ItemState.ACCEPTED)
        if item is not None:
            add_items(item.case, urls=(self._url(),))
            self._tell("received")

    def decide(self) -> None:
        item = self._some(ItemState.RECEIVED)
        if item is not None:
            category = self.random.choice(("NCII-DIF", "MIN-CSAM", "OUT"))
            person = PersonAge.MINOR if category == "MIN-CSAM" else PersonAge.ADULT
            reason = "NOT-INTIMATE" if category == "OUT" else ""
            services.qualify(
                item, category, ALICE, person=person, reason=reason, carried=self.random.random() < 0.3
            )

    def settle(self) -> None:
        """The worker comes by: what cannot be undone any more takes effect."""
        clock.move(dt.timedelta(minutes=11))
        for item in Item.objects.filter(state=ItemState.DECIDED).order_by("pk"):
            decision = item.qualifications.latest()
            assert take_effect(item)
            outcome = "illegal" if decision.category != "OUT" else decision.reason
            self._tell("decided", decision.category, outcome)
            if item.case_id not in self.decided:
                self.decided.add(item.case_id)
                self._tell("first", decision.category, "decided")
            if decision.carried:
                self._tell("known", decision.category, outcome)

    def undo(self) -> None:
        item = self._some(ItemState.DECIDED)
        if item is not None:
            undoing.undo(item.qualifications.latest(), ALICE)
            self._tell("undone")

    def look(self) -> None:
        item = self._some(ItemState.RECEIVED, ItemState.ACCEPTED)
        if item is not None:
            clear = self.random.random() < 0.5
            (record_view if clear else record_preview)(item, ALICE)
            self._tell("looked", outcome="clear" if clear else "blurred")

    def remove(self) -> None:
        item = self._some(ItemState.ACCEPTED, ItemState.REMOVED, ItemState.BACK_ONLINE)
        if item is not None:
            back = item.state == ItemState.REMOVED
            self._tell("back" if back else "removed", self._category(item))
            advance(item, ItemState.BACK_ONLINE if back else ItemState.REMOVED, WORKER)

    def withdraw(self) -> None:
        item = self._some(ItemState.RECEIVED, ItemState.DECIDED, ItemState.ACCEPTED)
        if item is not None:
            self._withdrawn(item)
            withdrawing.withdraw_item(item)

    def _withdrawn(self, item: Item) -> None:
        self._tell("withdrawn", self._category(item), "reporter")

    def erase(self) -> None:
        cases: Any = Case.objects.exclude(lookup__startswith="erased:").order_by("created_at")
        if self.random.random() < 0.4 and cases:
            case = self.random.choice(list(cases))
            for item in case.items.exclude(state=ItemState.WITHDRAWN):
                self._withdrawn(item)
            erasing.erase_case(case)

    def restart(self) -> None:
        """A day passes; the worker, started anew, adds up what is over."""
        clock.move(dt.timedelta(days=self.random.choice((0, 1, 40))))
        while list(folding.due()):
            folding.fold()
