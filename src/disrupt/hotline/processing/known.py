"""What was decided on a content that the bank knows, for whoever confirms it without looking again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from disrupt.hotline.bank.models import BankEntry, EntryOrigin, EntrySource, Minors
from disrupt.hotline.cases.categories import to_choose
from disrupt.hotline.cases.models import AgeWhenTaken, Item, PersonAge, Qualification
from disrupt.hotline.common import clock
from disrupt.hotline.processing.recognise import RADIUS, Known


@dataclass(frozen=True)
class Decided:
    """The decision behind a bank entry."""

    entry: BankEntry
    category: str
    secondary: tuple[str, ...]
    person: PersonAge
    at: dt.datetime


def decided_before(known: Known | None, item: Item) -> Decided | None:
    """What can be confirmed of an item, unseen; None where somebody must look.

    Somebody must where nobody has examined the entry, where the likeness is more than PDQ's own 31 bits away
    or of a film's stills, and where this person says that it may show a minor and the entry does not.
    """
    if known is None or known.entry.origin != EntryOrigin.EXAMINED or known.stills:
        return None
    entry = known.entry
    minor = entry.minors == Minors.EXAMINED
    if not (known.exact or known.distance <= RADIUS):
        return None
    if item.case.age_when_taken != AgeWhenTaken.ADULT and not minor:
        return None
    behind = EntrySource.objects.filter(entry=entry, withdrawn_at=None).values_list("item_id", flat=True)
    decisions = Qualification.objects.filter(item__in=list(behind[:20]), undone_at=None).exclude(
        in_force_at=None
    )
    decision = decisions.order_by("-at", "-pk").first()
    valid = to_choose(clock.now())
    if decision is None or decision.category not in valid.categories:
        return None
    person = PersonAge(decision.person)
    if minor == (person == PersonAge.ADULT):  # the decisions behind it differ: no machine chooses
        return None
    secondary = tuple(code for code in decision.secondary if code in valid.categories)
    return Decided(entry, decision.category, secondary, person, decision.at)
