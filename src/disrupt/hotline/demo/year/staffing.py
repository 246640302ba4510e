"""How many analysts a hotline needs: the arithmetic of its queue, with every assumption in the open.

Reports come by the hours of the day; whoever is on duty decides so many an hour of work, and rests as the
console asks; the urgent go first, and no case is left half read for them. All are busy as often as Erlang's
second formula says (A. K. Erlang, 1917); among the urgent, who overtake all others, the wait of those who
wait falls off exponentially (O. Kella, U. Yechiali, 1985, for one pace in both classes).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

from disrupt.hotline.demo.year.plan import BURST, BURST_DAYS, BY_HOUR, COPIES, MINORS, THREATS

DAYS_A_YEAR = 365
_BOUNDS = {
    "known": (0.0, 1.0),
    "again": (0.0, 1.0),
    "urgent": (0.0, 1.0),
    "rest": (0.0, 1e9),
    "kept": (0.0, 0.999),
    "filled": (0.01, 0.99),
}
_URGENT = round(1 - (1 - MINORS) * (1 - THREATS), 3)


class NotToBeAssumed(ValueError):
    """A figure with which the arithmetic has no answer."""


def _assume(default: float, says: str) -> float:
    found: float = field(default=default, metadata={"says": says})
    return found


@dataclass(frozen=True)
class Assumed:
    """What is assumed: each is an option of the command; the defaults are measured at no hotline."""

    reports: float = _assume(360_000, "reports a year")
    known: float = _assume(COPIES, "share of reports that needs no look: the same file was decided before")
    again: float = _assume(0.02, "share that a second person looks at")
    pace: float = _assume(8.0, "cases an hour of work")
    work: float = _assume(50.0, "minutes of work between two breaks")
    rest: float = _assume(10.0, "minutes of a break")
    hours: float = _assume(6.0, "hours of a working day at the queue, breaks counted")
    days: float = _assume(210.0, "days on which a person works in a year")
    urgent: float = _assume(_URGENT, "share of reports of people under 18 and of threats")
    within: float = _assume(2.0, "hours in which somebody should have looked at an urgent one")
    kept: float = _assume(0.95, "for this share of the urgent, at the worst hour of an ordinary day")
    filled: float = _assume(0.85, "share of the time on duty that is work; with more, no queue empties")

    def __post_init__(self) -> None:
        """Raises NotToBeAssumed."""
        for name, value in vars(self).items():
            lowest, highest = _BOUNDS.get(name, (0.01, 1e9))
            if not lowest <= value <= highest:
                raise NotToBeAssumed(f"--{name} {value:g}: between {lowest:g} and {highest:g}, please.")

    @property
    def decided_an_hour(self) -> float:
        """Cases that one person on duty decides in an hour, breaks counted."""
        return self.pace * self.work / (self.work + self.rest)

    def looks(self, hour: int) -> float:
        """Cases that come in this hour of the day and need a look."""
        share = BY_HOUR[hour] / sum(BY_HOUR)
        return self.reports / DAYS_A_YEAR * share * (1 - self.known) * (1 + self.again)


def all_busy(people: int, offered: float) -> float:
    """How likely it is that who comes finds all busy; `offered`: work that comes, in people (Erlang C)."""
    if offered >= people:
        return 1.0
    blocked = 1.0
    for number in range(1, people + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked / (1 - offered / people * (1 - blocked))


def late(people: int, pace: float, urgent: float, others: float, within: float) -> float:
    """The share of the urgent that waits longer; how many come and `pace` are an hour, `within` in hours."""
    spare = people * pace - urgent
    if spare <= 0:
        return 1.0
    return all_busy(people, (urgent + others) / pace) * math.exp(-spare * within)


@dataclass(frozen=True)
class Staff:
    """The answer."""

    assumed: Assumed

    @cached_property
    def on_duty(self) -> tuple[int, ...]:
        """People on duty at each hour: enough for the urgent at any, and for all of the day's cases."""
        assumed = self.assumed
        found = [self._for_the_urgent(hour) for hour in range(24)]
        while sum(found) * assumed.decided_an_hour * assumed.filled < self.looks_a_day:
            found[max(range(24), key=lambda hour: assumed.looks(hour) / found[hour])] += 1
        return tuple(found)

    def _for_the_urgent(self, hour: int) -> int:
        people = 1
        while self._late(people, hour) > 1 - self.assumed.kept:
            people += 1
        return people

    def _late(self, people: int, hour: int, times: float = 1.0) -> float:
        assumed = self.assumed
        looks = assumed.looks(hour) * times
        urgent = looks * assumed.urgent
        return late(people, assumed.decided_an_hour, urgent, looks - urgent, assumed.within)

    @property
    def looks_a_day(self) -> float:
        return sum(map(self.assumed.looks, range(24)))

    @property
    def decided_a_day(self) -> float:
        """As many as those on duty can decide."""
        return sum(self.on_duty) * self.assumed.decided_an_hour

    @property
    def people(self) -> int:
        """Who is employed, so that those are on duty every day of the year."""
        return math.ceil(sum(self.on_duty) * DAYS_A_YEAR / (self.assumed.hours * self.assumed.days))

    def urgent_late(self, times: float = 1.0) -> float:
        """The share of the urgent that waits too long at the worst hour, with `times` as many reports."""
        return max(self._late(people, hour, times) for hour, people in enumerate(self.on_duty))

    @property
    def longest_wait(self) -> float:
        """Hours that the others wait at most on ordinary days, if all come and go evenly within an hour."""
        waiting, longest = 0.0, 1.0
        for hour in range(48):
            here = hour % 24
            waiting = max(0.0, waiting + self.assumed.looks(here) - self._decided(here))
            left, ahead = waiting, hour + 1
            while left > 0:
                left -= self._decided(ahead % 24)
                ahead += 1
            longest = max(longest, ahead - hour - 1.0)
        return longest

    def _decided(self, hour: int) -> float:
        return self.on_duty[hour] * self.assumed.decided_an_hour

    @property
    def burst_left(self) -> float:
        """Cases that wait after a scandal."""
        return max(0.0, BURST_DAYS * (BURST * self.looks_a_day - self.decided_a_day))

    @property
    def burst_days(self) -> float:
        """Days until the last of them was looked at, by the same people."""
        return self.burst_left / (self.decided_a_day - self.looks_a_day)

    @property
    def burst_helpers(self) -> int:
        """How many more on duty each day would have looked at all of them within a week."""
        missing = self.burst_left / 7 - (self.decided_a_day - self.looks_a_day)
        return max(0, math.ceil(missing / (self.assumed.decided_an_hour * self.assumed.hours)))

    def told(self) -> dict[str, object]:
        """The answer in plain values."""
        return {
            "assumed": vars(self.assumed),
            "looks_a_day": round(self.looks_a_day),
            "on_duty": list(self.on_duty),
            "people": self.people,
            "urgent_late": round(self.urgent_late(), 4),
            "others_wait_hours": self.longest_wait,
            "burst": {
                "times": BURST,
                "days": BURST_DAYS,
                "waiting": round(self.burst_left),
                "days_to_clear": round(self.burst_days, 1),
                "helpers_for_a_week": self.burst_helpers,
                "urgent_late": round(self.urgent_late(BURST), 4),
            },
        }

    def words(self) -> str:
        """The same, to be read."""
        told = self.assumed
        by_hour = " ".join(f"{number:2d}" for number in self.on_duty)
        return (
            f"{told.reports:,.0f} reports a year: {self.people} analysts\n\n"
            f"{self.looks_a_day:,.0f} cases a day need a look; "
            f"one person decides {told.decided_an_hour:.1f} an hour, breaks counted.\n"
            f"On duty at each hour, from midnight:\n  {by_hour}\n"
            f"Urgent: {self.urgent_late():.1%} wait longer than {told.within:g} h "
            "at the worst hour of an ordinary day.\n"
            f"Others: looked at within {self.longest_wait:g} h, if they come evenly.\n"
            f"{BURST} times as many for {BURST_DAYS} days: {self.burst_left:,.0f} cases wait then,\n"
            f"  for {self.burst_days:.0f} days with the same people, "
            f"for 7 with {self.burst_helpers} more on duty each day;\n"
            f"  of the urgent {self.urgent_late(BURST):.0%} wait too long meanwhile at the worst hour.\n\n"
            "Assumed, and measured at no hotline (each is an option):\n"
            f"  {told.known:.0%} of reports need no look (--known), "
            f"{told.again:.0%} are looked at by a second person (--again)\n"
            f"  {told.pace:g} cases an hour of work (--pace), "
            f"{told.rest:g} minutes of rest after {told.work:g} (--rest, --work)\n"
            f"  {told.hours:g} h a day at the queue (--hours) on {told.days:g} days a year (--days)\n"
            f"  {told.urgent:.0%} are urgent (--urgent); "
            f"{told.kept:.0%} of them are looked at within {told.within:g} h (--kept, --within)\n"
            f"  {told.filled:.0%} of the time on duty is filled with work (--filled)\n"
            "  the same pace by day and night, reports independent of one another, nobody ill\n"
        )
