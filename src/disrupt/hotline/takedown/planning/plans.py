"""The plan of an address as versioned data: which step follows which, after how long (D12).

A step is made when the one before it is done, and its time runs from then: after a day without mail nothing
is sent three times at once. What is under way keeps the version that it began with.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.states import Step

# The categories of these priorities are urgent.
_URGENT = frozenset({0, 1})
DONE, DECLINED = "done", "declined"


@dataclass(frozen=True)
class Planned:
    """A step that follows another one; `tiers` are the kinds of service that it makes sense for.

    `on`: what it follows, that the other is done, or that its recipient declined.
    """

    step: Step
    number: int
    after: Step
    after_number: int
    hours: float
    hours_urgent: float
    tiers: Collection[str]
    on: str = DONE

    def wait(self, priority: int) -> dt.timedelta:
        return dt.timedelta(hours=self.hours_urgent if priority in _URGENT else self.hours)


@dataclass(frozen=True)
class Plan:
    """A version of the plan."""

    version: str
    valid_from: dt.date
    steps: tuple[Planned, ...]

    def following(self, step: str, number: int, tier: str, on: str = DONE) -> Iterator[Planned]:
        for planned in self.steps:
            same = (planned.after, planned.after_number, planned.on) == (step, number, on)
            if same and (not planned.tiers or tier in planned.tiers):
                yield planned


@functools.cache
def plans() -> tuple[Plan, ...]:
    """Every version, oldest first."""
    found = []
    for raw in map(json.loads, packaged.versions_of("plan")):
        steps = tuple(
            Planned(
                Step(s["step"]),
                s["number"],
                Step(s["after"]),
                s["after_number"],
                s["hours"],
                s["hours_urgent"],
                frozenset(s.get("tiers", ())),
                s.get("on", DONE),
            )
            for s in raw["steps"]
        )
        found.append(Plan(raw["version"], dt.date.fromisoformat(raw["valid_from"]), steps))
    return tuple(sorted(found, key=lambda plan: plan.valid_from))


def plan_at(moment: dt.datetime) -> Plan:
    """The version in force at a moment; the oldest for anything before it."""
    valid = [plan for plan in plans() if plan.valid_from <= moment.date()]
    return valid[-1] if valid else plans()[0]


def plan(version: str) -> Plan:
    """A version by its name; the newest for one that is unknown."""
    return next((one for one in plans() if one.version == version), plans()[-1])
