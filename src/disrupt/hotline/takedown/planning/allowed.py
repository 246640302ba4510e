"""Which steps the person concerned has a say in, and what each takes: a signature, a word, no refusal."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from disrupt.hotline.cases import mandates
from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.cases.models import Allowed, Mandate, Wish
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import Step


class Takes(enum.Enum):
    """What must be so before a step is taken."""

    SIGNATURE = "signature"
    WORD = "word"
    NO_REFUSAL = "no refusal"


SAY: Mapping[str, tuple[Allowed, Takes]] = {
    Step.REGULATOR: (Allowed.REGULATOR, Takes.SIGNATURE),
    Step.TAKE_DOWN: (Allowed.TAKE_IT_DOWN, Takes.SIGNATURE),
    Step.FTC: (Allowed.TAKE_IT_DOWN, Takes.SIGNATURE),
    Step.COURT: (Allowed.COURT, Takes.SIGNATURE),
    Step.PROSECUTOR: (Allowed.PROSECUTOR, Takes.WORD),
    # Who wants no report to the prosecutor wants none to the police again.
    Step.POLICE_AGAIN: (Allowed.PROSECUTOR, Takes.NO_REFUSAL),
    Step.APPEAL: (Allowed.APPEAL, Takes.NO_REFUSAL),
    Step.FLAGGER: (Allowed.OTHERS, Takes.NO_REFUSAL),
    Step.NETWORK: (Allowed.OTHERS, Takes.NO_REFUSAL),
}


def steps_of(what: Allowed) -> list[str]:
    """The steps that a word about this is about."""
    return [step for step, (about, _takes) in SAY.items() if about == what]


def is_wanted(step: str, notice: Notice) -> bool:
    """Whether a step is to be prepared at all: who goes to a court or a prosecutor has asked for it."""
    if step not in {Step.PROSECUTOR, Step.COURT}:
        return True
    if step == Step.PROSECUTOR and _is_of_a_minor(notice):
        return True
    return any(said.wish == Wish.ASKED or said.is_in_force for said in _said(notice, SAY[step][0]))


def _said(notice: Notice, what: Allowed) -> list[Mandate]:
    """What the people of an address have said of a step."""
    cases = {item.case_id for item in notice.items if item.state != ItemState.WITHDRAWN}
    return list(Mandate.objects.filter(case__in=cases, what=what))


def _is_of_a_minor(notice: Notice) -> bool:
    return scheme(notice.scheme)[notice.category].minors


def is_allowed(notice: Notice) -> bool:
    """Whether the person, or where there are several one of them, lets this step be taken."""
    if notice.step not in SAY:
        return True
    what, takes = SAY[notice.step]
    if takes == Takes.SIGNATURE:
        return mandates.in_force(notice.items, what) is not None
    wishes = {said.case_id: said.wish for said in _said(notice, what)}
    if what == Allowed.PROSECUTOR and _is_of_a_minor(notice):
        # Of a minor's content the authorities may be told without asking.
        return True
    if takes == Takes.WORD:
        return Wish.ASKED in wishes.values()
    cases = {item.case_id for item in notice.items if item.state != ItemState.WITHDRAWN}
    return any(wishes.get(case) != Wish.REFUSED for case in cases)
