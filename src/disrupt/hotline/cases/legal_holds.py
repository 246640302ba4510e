"""Legal holds: while one lasts, nothing of its case is destroyed, whoever asks for it and whatever is due.

One person asks, for a stated reason and until a date; it holds at once, and lapses after three days unless a
second person confirms it. A case's own row says until when it is held (`kept_until`), so that every eraser
sees it under the lock that it takes anyway; what was due meanwhile is due when the hold ends. Acting for the
person goes on: what is taken back stops, leaves the lists and is not notified about (docs/adr/0118).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q, QuerySet

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.locking import hold_case, hold_item, hold_living
from disrupt.hotline.cases.models import Case, HoldMotive, Item, LegalHold
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import WORKER, Actor

# So long it holds for one person alone.
ALONE = dt.timedelta(hours=72)
LONGEST = dt.timedelta(days=2 * 366)
ASKED, CONFIRMED, ENDED = "hold.asked", "hold.confirmed", "hold.ended"


class Kept(RuntimeError):
    """The case is under a legal hold: nothing of it is destroyed."""


class NotTwoPeople(ValueError):
    """Who asked for a hold does not confirm it."""


class NotWaiting(ValueError):
    """It was confirmed before, or has ended."""


class BadEnd(ValueError):
    """A hold ends on a day to come, within two years."""


def keeps(case: Case) -> bool:
    """Whether a hold is in force, by the case's row as it was read."""
    return case.kept_until is not None and case.kept_until > clock.now()


def refuse(case: Case) -> None:
    """For whatever destroys. Raises Kept."""
    if keeps(case):
        raise Kept("This case is under a legal hold: nothing of it is destroyed.")


def free(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those of the cases of which something may be destroyed."""
    return cases.exclude(kept_until__gt=clock.now())


def later(case: Case, at: dt.datetime | None) -> dt.datetime | None:
    """When something is really destroyed that is due at a time, as far as is known."""
    if at is None or case.kept_until is None or not keeps(case):
        return at
    return max(at, case.kept_until)


@transaction.atomic
def ask(case: Case, motive: HoldMotive, until: dt.datetime, actor: Actor, reference: str = "") -> LegalHold:
    """Hold a case from now on. Raises BadEnd, CaseErased."""
    now = clock.now()
    if not now < until <= now + LONGEST:
        raise BadEnd("A hold ends on a day to come, within two years.")
    held = hold_living(case.pk)
    made = LegalHold.objects.create(
        case=held, motive=motive, reference=reference[:80], until=until, asked_by=str(actor), asked_at=now
    )
    _settle(held)
    _record(made, ASKED, actor, {"motive": motive.value, "until": until.isoformat()})
    return made


@transaction.atomic
def confirm(hold: LegalHold, actor: Actor) -> None:
    """A second person makes it last until its end. Raises NotTwoPeople, NotWaiting."""
    case = hold_case(hold.case_id)
    fresh = LegalHold.objects.get(pk=hold.pk)
    if fresh.asked_by == str(actor):
        raise NotTwoPeople("Two people hold a case.")
    if fresh.confirmed_at or fresh.ended_at or _end_of(fresh) <= clock.now():
        raise NotWaiting("It was confirmed before, or has ended.")
    fresh.confirmed_by, fresh.confirmed_at = str(actor), clock.now()
    fresh.save(update_fields=["confirmed_by", "confirmed_at"])
    _settle(case)
    _record(fresh, CONFIRMED, actor)


@transaction.atomic
def end(hold: LegalHold, actor: Actor) -> None:
    """It holds no more; what was due meanwhile is due now. Raises NotWaiting."""
    case = hold_case(hold.case_id)
    fresh = LegalHold.objects.get(pk=hold.pk)
    if fresh.ended_at:
        raise NotWaiting("It has ended before.")
    fresh.ended_by, fresh.ended_at = str(actor), clock.now()
    fresh.save(update_fields=["ended_by", "ended_at"])
    _settle(case)
    _record(fresh, ENDED, actor)


def _record(hold: LegalHold, kind: str, actor: Actor, data: dict[str, str] | None = None) -> None:
    """In the case's ledger, and in the audit log, which names no case."""
    ledger.record(hold.case, kind, actor, data={"hold": hold.pk, **(data or {})})
    if actor != WORKER:  # whose time is over has ended by nobody's deed
        audit.record(kind, actor, {"hold": hold.pk, **(data or {})})


def _end_of(hold: LegalHold) -> dt.datetime:
    return hold.until if hold.confirmed_at else min(hold.until, hold.asked_at + ALONE)


def _settle(case: Case) -> None:
    """Write into the case's row until when it is held; what waited for an end that has moved is due then."""
    now = clock.now()
    ends = [_end_of(hold) for hold in LegalHold.objects.filter(case=case, ended_at=None)]
    until = max((one for one in ends if one > now), default=None)
    if case.kept_until is not None and (until is None or until < case.kept_until):
        Item.objects.filter(case=case, due_at=case.kept_until).update(due_at=until or now)
    Case.objects.filter(pk=case.pk).update(kept_until=until)
    case.kept_until = until


def open_holds() -> QuerySet[LegalHold]:
    """Those that have not ended."""
    return LegalHold.objects.filter(ended_at=None).select_related("case")


def over() -> Iterator[int]:
    """Holds whose time is over, or that nobody confirmed in time."""
    now = clock.now()
    done = Q(until__lte=now) | Q(confirmed_at=None, asked_at__lte=now - ALONE)
    return LegalHold.objects.filter(done, ended_at=None).values_list("pk", flat=True).iterator()


@transaction.atomic
def close(hold_id: int) -> None:
    """Write down that a hold has ended by itself. Idempotent."""
    found = LegalHold.objects.get(pk=hold_id)
    if found.ended_at is None and _end_of(found) <= clock.now():
        end(found, WORKER)


@transaction.atomic
def park(item: Item) -> bool:
    """Whether the item's next step would destroy what is held: it is due when the hold ends, then."""
    locked = hold_item(item)
    something = locked.vault_id or (locked.state == ItemState.WITHDRAWN and locked.declared is not None)
    if not (something and keeps(locked.case)):
        return False
    Item.objects.filter(pk=locked.pk).update(due_at=locked.case.kept_until)
    return True
