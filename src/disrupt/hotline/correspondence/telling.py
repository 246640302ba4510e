"""Who is to be told that something is new, as the rows say it: the ledger, the contact, the last time.

A case is due when its ledger holds an event of `TELL_REPORTER_OF` beyond what the reporter knows, when a day
has passed since the last time, when a channel is marked safe, and when it is not night, unless the reporter
wants to be told at any hour. Who opens the status page knows.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from disrupt.hotline.cases import ledger, news
from disrupt.hotline.cases.locking import hold_case
from disrupt.hotline.cases.models import Case, LedgerEvent, Letter, LetterState, SealedKind, SealedNote
from disrupt.hotline.common import clock, quiet
from disrupt.hotline.common.actors import Actor

AT_MOST_EVERY = dt.timedelta(days=1)
UNDERWAY = (LetterState.SCHEDULED, LetterState.SENDING, LetterState.TRANSMITTING)


def _news() -> Exists:
    return Exists(
        LedgerEvent.objects.filter(
            case=OuterRef("pk"), kind__in=settings.TELL_REPORTER_OF, number__gt=OuterRef("told_number")
        )
    )


def _safe(kind: SealedKind) -> QuerySet[SealedNote]:
    return SealedNote.objects.filter(kind=kind, safe=True, bounced_at=None)


def _reachable(kind: SealedKind) -> Exists:
    return Exists(_safe(kind).filter(case=OuterRef("pk")))


def awake() -> QuerySet[SealedNote]:
    """The e-mail addresses to which a letter may go at this hour."""
    safe = _safe(SealedKind.EMAIL)
    return safe.filter(any_hour=True) if quiet.now_quiet() else safe


def _to_write_to() -> QuerySet[Case]:
    rested = Q(told_at=None) | Q(told_at__lte=clock.now() - AT_MOST_EVERY)
    underway = Letter.objects.filter(case=OuterRef("pk"), state__in=UNDERWAY)
    reached = Exists(awake().filter(case=OuterRef("pk")))
    return Case.objects.filter(rested, _news(), ~Exists(underway), reached)


def cases_to_write_to() -> Iterator[uuid.UUID]:
    """Cases with news and a safe e-mail address, not written to today."""
    found = _to_write_to().filter(to_tell=True).order_by("priority", "created_at")
    return found.values_list("pk", flat=True).iterator()


@transaction.atomic(durable=True)
def plan(case_id: uuid.UUID) -> None:
    """Schedule one letter and note what it stands for; does nothing when it is not due any more."""
    case = hold_case(case_id)
    if not _to_write_to().filter(pk=case_id).exists():
        return
    note = awake().filter(case=case).order_by("-pk").first()
    if note is None:
        return
    now = clock.now()
    Letter.objects.create(
        case=case,
        note_id=note.pk,
        due_at=now,
        created_at=now,
        knew=case.told_number,
        tells=case.ledger_length,
    )
    news.is_told(case.pk, now)


def cases_to_call() -> QuerySet[Case]:
    """Cases with news whose reporter is told by telephone or not at all: a person calls, never a machine."""
    behind = Case.objects.filter(to_call=True, told_number__lt=F("ledger_length"))
    by_call_only = _reachable(SealedKind.TELEPHONE), ~_reachable(SealedKind.EMAIL)
    return behind.filter(_news(), *by_call_only).order_by("priority", "created_at")


def bounced() -> QuerySet[SealedNote]:
    """Addresses from which mail came back, in cases that still have no other."""
    return SealedNote.objects.filter(bounced_at__isnull=False).select_related("case").order_by("-bounced_at")


@transaction.atomic
def called(case: Case, actor: Actor) -> None:
    """An analyst has called, or tried to: it waits for the next news."""
    locked = hold_case(case.pk)
    ledger.record(locked, "reporter.called", actor)
    news.is_told(case.pk, clock.now())


@transaction.atomic
def mark_bounced(note_id: int, codes: str, actor: Actor) -> bool:
    """Mail to this address came back for good; False when the address is gone or was marked before."""
    known = SealedNote.objects.filter(pk=note_id).first()
    if known is None:
        return False
    case = hold_case(known.case_id)
    note = SealedNote.objects.select_for_update().filter(pk=note_id, bounced_at=None).first()
    if note is None:
        return False
    note.bounced_at, note.bounce = clock.now(), codes[:16]
    note.save(update_fields=["bounced_at", "bounce"])
    letter = Letter.objects.filter(note_id=note.pk).order_by("-pk").first()
    if letter is not None:
        # They were not told after all (unless they have looked since): another channel may, or their code.
        news.was_not_told(note.case_id, letter.tells, letter.knew)
    ledger.record(case, "contact.bounced", actor, data={"code": note.bounce})
    return True
