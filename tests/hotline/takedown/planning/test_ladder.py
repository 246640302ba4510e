"""The ladder in force: which step follows which, after how long, for whom; and from where a person sends."""

from __future__ import annotations

import pytest

from disrupt.hotline.common import clock
from disrupt.hotline.takedown.planning import allowed, plans
from disrupt.hotline.takedown.states import PREPARED, Step

SMALL, LARGE = {"none", "host", "small_platform"}, {"platform", "vlop", "vlose"}
EVERYBODY: set[str] = set()
# What follows what, after so many hours where it is urgent and where not, and for which services.
LADDER = [
    ("search", 1, "host", 1, 0, 0, EVERYBODY),
    ("second", 1, "host", 1, 24, 24, EVERYBODY),
    ("reminder", 1, "host", 1, 24, 72, EVERYBODY),
    ("reminder", 2, "reminder", 1, 24, 72, EVERYBODY),
    ("reminder", 3, "reminder", 2, 48, 72, EVERYBODY),
    ("flagger", 1, "host", 1, 48, 48, LARGE),
    ("network", 1, "host", 1, 72, 120, SMALL),
    ("appeal", 1, "host", 1, 0, 0, LARGE),
    ("regulator", 1, "host", 1, 168, 240, (SMALL | LARGE) - {"none"}),
    ("ftc", 1, "take_down", 1, 48, 48, EVERYBODY),
    ("police_again", 1, "host", 1, 168, 240, EVERYBODY),
    ("prosecutor", 1, "host", 1, 240, 336, EVERYBODY),
    ("court", 1, "host", 1, 336, 504, EVERYBODY),
]


def test_the_plan_in_force_is_the_ladder() -> None:
    there = {
        (s.step.value, s.number, s.after.value, s.after_number, s.hours_urgent, s.hours, frozenset(s.tiers))
        for s in plans.plan_at(clock.now()).steps
    }
    assert there == {(*row[:6], frozenset(row[6])) for row in LADDER}


def test_only_a_refusal_leads_to_a_complaint_with_the_platform() -> None:
    declined = {s.step for s in plans.plan_at(clock.now()).steps if s.on == plans.DECLINED}
    assert declined == {Step.APPEAL}


@pytest.mark.parametrize("step", [Step.FLAGGER, Step.NETWORK, Step.APPEAL, Step.REGULATOR, Step.FTC,
                                  Step.POLICE_AGAIN, Step.PROSECUTOR, Step.COURT])  # fmt: skip
def test_the_person_has_a_say_in_all_that_goes_beyond_the_host(step: Step) -> None:
    assert step in allowed.SAY


def test_no_step_to_an_authority_is_one_that_goes_by_itself() -> None:
    assert {Step.APPEAL, Step.PROSECUTOR, Step.COURT, Step.POLICE_AGAIN} == PREPARED
