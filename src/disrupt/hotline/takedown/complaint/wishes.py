"""What the person says of a step is followed: refused, it is cancelled; asked for again, it is opened."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from disrupt.hotline.cases.models import Allowed, Mandate, Wish
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.models import Concern, Notice, Presence
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.states import NoticeState, Step, WrongState

_STEPS = {
    Allowed.REGULATOR: (Step.REGULATOR,),
    Allowed.TAKE_IT_DOWN: (Step.TAKE_DOWN, Step.FTC),
}
_OPEN = frozenset({NoticeState.TASK, NoticeState.SCHEDULED})


def asked() -> QuerySet[Mandate]:
    """Steps that a person asks for and nobody has signed for yet, the oldest first."""
    open_ = Mandate.objects.filter(wish=Wish.ASKED, signed_on=None, case__closed_at=None)
    return open_.select_related("case").order_by("wished_at")


def _concerned() -> QuerySet[Concern]:
    """Whoever is still concerned by an address."""
    same = Concern.objects.filter(target=OuterRef("target"), category=OuterRef("category"))
    return same.exclude(item__state=ItemState.WITHDRAWN)


def _refused(what: Allowed) -> QuerySet[Notice]:
    """Steps that everybody concerned refuses."""
    no = Exists(Mandate.objects.filter(case=OuterRef("item__case"), what=what, wish=Wish.REFUSED))
    found = Notice.objects.filter(step__in=_STEPS[what], state__in=_OPEN)
    return found.filter(Exists(_concerned().filter(no)), ~Exists(_concerned().filter(~no)))


def _asked_again(what: Allowed) -> QuerySet[Notice]:
    """Steps that were cancelled before somebody asked for them, about what is still there."""
    yes = Mandate.objects.filter(
        case=OuterRef("item__case"),
        what=what,
        wish=Wish.ASKED,
        wished_at__gt=OuterRef(OuterRef("changed_at")),
    )
    again = _concerned().filter(Exists(yes))
    found = Notice.objects.filter(step__in=_STEPS[what], state=NoticeState.CANCELLED)
    return found.exclude(Q(target__url="") | Q(target__presence=Presence.GONE)).filter(Exists(again))


def due() -> Iterator[uuid.UUID]:
    """Steps whose person has said something else than what stands there."""
    for what in Allowed:
        for rows in (_refused(what), _asked_again(what)):
            yield from rows.values_list("pk", flat=True).iterator()


@transaction.atomic
def follow(pk: uuid.UUID) -> None:
    """Do as the person says. Idempotent."""
    try:
        row = services.locked(Notice.objects.get(pk=pk), _OPEN | {NoticeState.CANCELLED})
    except WrongState:
        return
    for what in Allowed:
        if _refused(what).filter(pk=pk).exists():
            groups.change(row, state=NoticeState.CANCELLED, claim="", within=None)
            services.note(row, "notice.cancelled", REPORTER, reason="refused")
        elif _asked_again(what).filter(pk=pk).exists():
            now = clock.now()
            groups.change(row, state=NoticeState.TASK, due_at=now, message=b"", message_sha256="")
            services.note(row, "notice.scheduled", REPORTER, step=row.step, due_at=now.isoformat())
