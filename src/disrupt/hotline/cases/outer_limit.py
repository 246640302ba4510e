"""What a person told us ends, even where the case goes on: they are told before, and may prolong it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from disrupt.hotline.cases import ledger, legal_holds, retention
from disrupt.hotline.cases.locking import hold_case
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER, WORKER, Actor

# The person is told so long before; nothing ends sooner after they were told.
TOLD_BEFORE = dt.timedelta(days=14)
# Of a closed case, whose texts are kept two weeks: it was told when it closed, and is so once more.
TOLD_BEFORE_PURGE = dt.timedelta(days=3)
ENDING, ENDED, PROLONGED = "texts.ending", "texts.ended", "texts.prolonged"


@transaction.atomic
def prolong(case: Case, actor: Actor = REPORTER) -> None:
    """Keep what the person told us for the whole time again, from now on."""
    locked = hold_case(case.pk)
    if locked.texts_until is None:
        return
    Case.objects.filter(pk=case.pk).update(texts_until=clock.now() + settings.KEEP_OPEN, texts_told_at=None)
    ledger.record(locked, PROLONGED, actor)


def _open() -> QuerySet[Case]:
    """A closed case ends sooner, by its own date (retention.purge); one that is held, not before its hold."""
    # Said so that no database begins with all that is open: few of them end soon.
    return legal_holds.free(Case.objects.exclude(closed_at__isnull=False))


def ending() -> Iterator[uuid.UUID]:
    """Cases whose texts and contact end soon, and whose person was not told yet."""
    soon = _open().filter(texts_until__lte=clock.now() + TOLD_BEFORE, texts_told_at=None)
    return soon.values_list("pk", flat=True).iterator()


def purged_soon() -> Iterator[uuid.UUID]:
    """Closed cases whose texts and contact are destroyed soon, and whose person was not told so yet."""
    now = clock.now()
    soon = legal_holds.free(Case.objects.filter(purge_at__lte=now + TOLD_BEFORE_PURGE, purge_at__gt=now))
    return soon.filter(texts_told_at=None).values_list("pk", flat=True).iterator()


@transaction.atomic
def tell(case_id: uuid.UUID) -> None:
    """Let the person know: the event is news, of which they are written to and which their page shows."""
    if Case.objects.filter(pk=case_id, texts_told_at=None).update(texts_told_at=clock.now()):
        ledger.record(Case.objects.get(pk=case_id), ENDING, WORKER)


def _over() -> QuerySet[Case]:
    now = clock.now()
    # What nobody has read yet does not end unread.
    return _open().filter(texts_until__lte=now, texts_told_at__lte=now - TOLD_BEFORE, unread=False)


def over() -> Iterator[uuid.UUID]:
    """Cases whose texts and contact have come to their end."""
    return _over().values_list("pk", flat=True).iterator()


@transaction.atomic
def end(case_id: uuid.UUID) -> None:
    """Destroy the texts, the contact and the messages of a case that goes on. Idempotent."""
    hold_case(case_id)
    case = _over().filter(pk=case_id).first()
    if case is None:
        return
    retention.destroy_notes(case, WORKER)
    Case.objects.filter(pk=case_id).update(texts_until=None, texts_told_at=None)
    ledger.record(case, ENDED, WORKER)
