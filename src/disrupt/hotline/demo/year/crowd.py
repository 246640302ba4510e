"""People at the portal, several at once, each doing one thing after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from disrupt.hotline.demo.year import persons
from disrupt.hotline.demo.year.diary import Diary, Line
from disrupt.hotline.demo.year.plan import Person
from disrupt.hotline.demo.year.wish import Told

Do = Callable[[], None]


@dataclass
class Crowd:
    """Everybody of the plan, with what they do and when; `at_once`: how many press at a time."""

    portal: str
    plan: Sequence[Person]
    diary: Diary
    url: Callable[[int, int], str]
    at_once: int = 4

    def __post_init__(self) -> None:
        acts = [(hour, person, do) for person in self.plan for hour, do in self._acts(person)]
        self._acts_to_come = sorted(acts, key=lambda act: act[0], reverse=True)

    def _acts(self, person: Person) -> list[tuple[float, Do]]:
        line = self.diary.of(person.number)
        found: list[tuple[float, Do]] = [(person.hour, partial(self._report, person, line))]
        if person.adds is not None:
            found.append((person.adds, partial(self._add, line)))
        if person.withdraws is not None:
            found.append((person.withdraws, partial(self.withdraw, line)))
        if person.erases is not None:
            found.append((person.erases, partial(self._erase, line)))
        return found

    def until(self, hour: float) -> None:
        """Let everybody do what they do before that hour. Raises DemoFailed."""
        now: dict[int, list[Do]] = defaultdict(list)
        while self._acts_to_come and self._acts_to_come[-1][0] < hour:
            _hour, person, do = self._acts_to_come.pop()
            now[person.number].append(do)
        with ThreadPoolExecutor(self.at_once) as pool:
            for _done in pool.map(_in_turn, now.values()):
                pass

    def count(self, told: Told) -> None:
        """How many took everything back, and how many deleted their report."""
        lines = self.diary.lines.values()
        told.taken_back = sum(line.withdrew for line in lines)
        told.deleted = sum(line.erased for line in lines)

    def _report(self, person: Person, line: Line) -> None:
        line.sent_at = person.hour
        line.priority = "threat" if person.threat else "minor" if person.minor else "other"
        persons.report(self.portal, person, self.url(person.number, 1), line)

    def _add(self, line: Line) -> None:
        url = self.url(line.person, 2)
        persons.add(self.portal, line.person, line.code, url)
        line.urls.append(url)

    def withdraw(self, line: Line) -> None:
        """One takes everything back."""
        persons.act(self.portal, line.person, line.code, "all")
        line.withdrew = True

    def _erase(self, line: Line) -> None:
        persons.act(self.portal, line.person, line.code, "end")
        line.erased = True


def _in_turn(acts: Sequence[Do]) -> None:
    for act in acts:
        act()
