"""Stopping without a code: whoever has the very same file may ask, and whoever has the code may say no.

The portal only writes down that somebody asked: it never looks whether a report holds the file, so that its
answer and its time are the same for all. The worker tells the report, waits, and stops (docs/adr/0041).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.cases.locking import hold_case, hold_item, hold_items
from disrupt.hotline.cases.models import Case, Item, Qualification, StopRequest
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER, WORKER, Actor

ASKED, REFUSED, STOPPED = "item.stop_asked", "item.stop_refused", "item.stopped"


def ask(digests: Iterable[str]) -> None:
    """Somebody has these files (keyed digests). Asked twice, the first time counts."""
    now = clock.now()
    rows = [StopRequest(possession=one, asked_at=now) for one in sorted(set(digests))]
    StopRequest.objects.bulk_create(rows, ignore_conflicts=True)


def remember(item: Item, digest: str) -> None:
    """This is the file of an item, from now on; a request that came before counts as well.

    Of a report of a threat nothing is remembered: who threatens has the file too.
    """
    if not digest or item.case.threat or _decided_a_threat(item.case_id):
        return
    Item.objects.filter(pk=item.pk).update(possession=digest)
    StopRequest.objects.filter(possession=digest).update(noted=False)


def _decided_a_threat(case_id: uuid.UUID) -> bool:
    """Whether an analyst found a threat in a case, whatever its reporter called it."""
    decisions = Qualification.objects.filter(item__case=case_id, undone_at=None).exclude(in_force_at=None)
    return any(speaks_of_a_threat(decision) for decision in decisions)


def speaks_of_a_threat(decision: Qualification) -> bool:
    """Whether one of the categories that an analyst decided on is a threat."""
    known = scheme(decision.scheme)
    return any(known[code].threat for code in (decision.category, *decision.secondary))


def forget(items: QuerySet[Item]) -> None:
    """Nobody can ask by their file any more."""
    items.update(possession="", stop_at=None)


def to_note() -> Iterator[int]:
    """Requests of which the reports that hold the file do not know yet."""
    return StopRequest.objects.filter(noted=False).values_list("pk", flat=True).iterator()


@transaction.atomic
def note(request_id: int) -> None:
    """Let each report that holds the file know: it is news, of which they are written to. Idempotent."""
    request = StopRequest.objects.select_for_update().filter(pk=request_id, noted=False).first()
    if request is None:
        return
    for item in hold_items(Item.objects.filter(possession=request.possession)):
        if item.possession != request.possession or item.stop_at or item.state == ItemState.WITHDRAWN:
            continue
        item.stop_at = clock.now() + settings.STOP_WAIT
        item.save(update_fields=["stop_at"])
        ledger.record(item.case, ASKED, WORKER, item=item, data={"stops_at": item.stop_at.isoformat()})
    StopRequest.objects.filter(pk=request_id).update(noted=True)


def over() -> Iterator[int]:
    """Requests that have waited: what was to be found by them was found."""
    before = clock.now() - settings.STOP_WAIT
    return (
        StopRequest.objects.filter(noted=True, asked_at__lte=before).values_list("pk", flat=True).iterator()
    )


def drop(request_id: int) -> None:
    """Forget a request."""
    StopRequest.objects.filter(pk=request_id).delete()


def waiting(case: Case) -> QuerySet[Item]:
    """The items of a case that are about to be stopped, unless the holder of the code says no."""
    return case.items.exclude(stop_at=None).order_by("position")


@transaction.atomic
def refuse(case: Case, actor: Actor = REPORTER) -> None:
    """The holder of the code says no: it all goes on, and no file can ask again for these items."""
    hold_case(case.pk)
    for item in waiting(case).select_for_update():
        ledger.record(case, REFUSED, actor, item=item)
    forget(waiting(case))


def due() -> Iterator[uuid.UUID]:
    """Items that nobody said no for."""
    found = Item.objects.filter(stop_at__lte=clock.now()).order_by("stop_at")
    return found.values_list("pk", flat=True).iterator()


@transaction.atomic
def stop(item_id: uuid.UUID) -> None:
    """Take the item back, as its reporter would with the code. Idempotent."""
    item = hold_item(Item.objects.get(pk=item_id))
    if item.stop_at is None or item.stop_at > clock.now():
        return
    forget(Item.objects.filter(pk=item_id))
    if item.state != ItemState.WITHDRAWN:
        advance(item, ItemState.WITHDRAWN, WORKER, kind=STOPPED, due_at=clock.now())
