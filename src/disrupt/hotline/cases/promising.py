"""What was promised to a person by a day: then the case is back in the queue, until it was done."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db import transaction

from disrupt.hotline.cases import ledger, waiting
from disrupt.hotline.cases.locking import hold_case, hold_living
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor

MADE, KEPT = "promise.made", "promise.kept"
LONGEST = dt.timedelta(days=366)


class BadDay(ValueError):
    """A promise is for a day to come, within a year."""


@transaction.atomic
def promise(case: Case, until: dt.datetime, actor: Actor) -> None:
    """By then; instead of what was promised before. Raises BadDay, CaseErased."""
    now = clock.now()
    if not now < until <= now + LONGEST:
        raise BadDay("A day to come, within a year.")
    held = hold_living(case.pk)
    Case.objects.filter(pk=held.pk).update(promise_at=until, promise_due=False)
    waiting.sort_in([held.pk])
    ledger.record(held, MADE, actor, data={"until": until.isoformat()})


@transaction.atomic
def kept(case: Case, actor: Actor) -> bool:
    """It was done: the case waits for it no more; False where nothing was promised (any more)."""
    held = hold_case(case.pk)
    if held.promise_at is None:
        return False
    forget(held)
    ledger.record(held, KEPT, actor, data={"until": held.promise_at.isoformat()})
    return True


def forget(case: Case) -> None:
    """Nothing is promised any more; to be called with the case's row held."""
    Case.objects.filter(pk=case.pk).update(promise_at=None, promise_due=False)
    waiting.sort_in([case.pk])


def due() -> Iterator[uuid.UUID]:
    """Cases whose day has come."""
    found = Case.objects.filter(promise_at__lte=clock.now(), promise_due=False)
    return found.values_list("pk", flat=True).iterator()


@transaction.atomic
def bring_back(case_id: uuid.UUID) -> None:
    """Into the queue. Idempotent."""
    hold_case(case_id)
    if Case.objects.filter(pk=case_id, promise_at__lte=clock.now()).update(promise_due=True):
        waiting.sort_in([case_id])
