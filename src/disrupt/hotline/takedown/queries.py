"""Reading notices."""

from __future__ import annotations

import uuid

from django.db.models import Q, QuerySet

from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.common import clock
from disrupt.hotline.common.once import GRACE, LEASE
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import NEEDS_PERSON, NoticeState

BATCH = 100


def notices_of_case(case: Case) -> QuerySet[Notice]:
    """Every notice of a case, by item, the first due first."""
    return Notice.objects.filter(item__case=case).select_related("item").order_by("item__position", "due_at")


def notices_of_item(item: Item) -> QuerySet[Notice]:
    """Every notice about an item, the first due first."""
    return Notice.objects.filter(item=item).order_by("due_at")


def all_notices() -> QuerySet[Notice]:
    """Every notice: those that need a person first, then the first due."""
    return Notice.objects.select_related("item__case").order_by("-created_at", "due_at")


def needing_a_person() -> QuerySet[Notice]:
    """Notices that go no further by themselves, and are due."""
    return (
        Notice.objects.filter(state__in=NEEDS_PERSON)
        .exclude(state=NoticeState.TASK, due_at__gt=clock.now())
        .select_related("item__case")
        .order_by("item__case__priority", "due_at")
    )


def due_to_send() -> list[uuid.UUID]:
    """Notices to send now: due, or claimed by a worker that died before it transmitted anything."""
    now = clock.now()
    return list(
        Notice.objects.filter(
            Q(state=NoticeState.SCHEDULED, due_at__lte=now)
            | Q(state=NoticeState.SENDING, claimed_at__lte=now - LEASE)
        )
        .order_by("item__case__priority", "due_at")
        .values_list("pk", flat=True)[:BATCH]
    )


def in_doubt() -> list[uuid.UUID]:
    """Notices whose transmission began and whose end nobody wrote down."""
    return list(
        Notice.objects.filter(
            state=NoticeState.TRANSMITTING, transmitting_at__lte=clock.now() - GRACE
        ).values_list("pk", flat=True)[:BATCH]
    )
