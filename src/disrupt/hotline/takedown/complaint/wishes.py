"""What the person says of a step is followed: refused, it is cancelled; asked for again, it is opened."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.cases.models import SIGNED, Allowed, Mandate, Wish
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.models import Concern, Notice, Presence
from disrupt.hotline.takedown.planning import escalation, plans
from disrupt.hotline.takedown.planning.allowed import steps_of
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.states import NoticeState, Step, WrongState

_OPEN = frozenset({NoticeState.TASK, NoticeState.SCHEDULED})


def asked() -> QuerySet[Mandate]:
    """Steps that a person asks for and nobody has signed for yet, the oldest first."""
    # The few first: joined at once, SQLite begins with all open cases.
    found = Mandate.objects.filter(wish=Wish.ASKED, what__in=SIGNED, signed_on=None).values_list(
        "pk", flat=True
    )
    open_ = Mandate.objects.filter(pk__in=list(found), case__closed_at=None)
    return open_.select_related("case").order_by("wished_at")


def _concerned() -> QuerySet[Concern]:
    """Whoever is still concerned by an address."""
    same = Concern.objects.filter(target=OuterRef("target"), category=OuterRef("category"))
    return same.exclude(item__state=ItemState.WITHDRAWN)


def _of_minors() -> list[str]:
    """The categories of minors' content: the prosecutor may be told of it without asking."""
    return [code for code, category in scheme_at(clock.now()).items() if category.minors]


def _about(what: Allowed, wish: Wish) -> QuerySet[Notice]:
    """Notices about what somebody with such a wish reported: from the few wishes on, not from all notices."""
    cases = Mandate.objects.filter(what=what, wish=wish).values("case")
    mentioned = Concern.objects.filter(item__case__in=cases).values("target")
    return Notice.objects.filter(target__in=mentioned).order_by()


def _refused(what: Allowed) -> QuerySet[Notice]:
    """Steps that everybody concerned refuses."""
    no = Exists(Mandate.objects.filter(case=OuterRef("item__case"), what=what, wish=Wish.REFUSED))
    found = _about(what, Wish.REFUSED).filter(step__in=steps_of(what), state__in=_OPEN)
    if what == Allowed.PROSECUTOR:
        found = found.exclude(category__in=_of_minors())
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
    found = _about(what, Wish.ASKED).filter(step__in=steps_of(what), state=NoticeState.CANCELLED)
    return found.exclude(Q(target__url="") | Q(target__presence=Presence.GONE)).filter(Exists(again))


def wanted() -> Iterator[uuid.UUID]:
    """Hosts that were told, whose person asked for a step since that nobody has prepared yet."""
    for what, step in ((Allowed.PROSECUTOR, Step.PROSECUTOR), (Allowed.COURT, Step.COURT)):
        yes = Mandate.objects.filter(case=OuterRef("item__case"), what=what, wish=Wish.ASKED)
        same = {name: OuterRef(name) for name in ("target", "category", "round")}
        made = Notice.objects.filter(step=step, **same)
        told = _about(what, Wish.ASKED).filter(step=Step.HOST, state=NoticeState.SENT, plan__in=_with(step))
        told = told.exclude(Q(target__url="") | Q(target__presence=Presence.GONE))
        yield from (
            told.filter(Exists(_concerned().filter(Exists(yes))), ~Exists(made))
            .values_list("pk", flat=True)
            .iterator()
        )


def _with(step: Step) -> list[str]:
    """The plans that have such a step."""
    return [one.version for one in plans.plans() if any(planned.step == step for planned in one.steps)]


@transaction.atomic
def prepare(pk: uuid.UUID) -> None:
    """Make it, at its time or now. Idempotent."""
    try:
        row = services.locked(Notice.objects.get(pk=pk), {NoticeState.SENT})
    except WrongState:
        return
    escalation.follow(row, row.sent_at or clock.now(), REPORTER)


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
            state = NoticeState.SCHEDULED if row.step == Step.FLAGGER else NoticeState.TASK
            groups.change(row, state=state, due_at=now, message=b"", message_sha256="")
            services.note(row, "notice.scheduled", REPORTER, step=row.step, due_at=now.isoformat())
