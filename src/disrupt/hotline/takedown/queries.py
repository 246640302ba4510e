"""Reading notices."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock, switches
from disrupt.hotline.common.mail.once import GRACE, LEASE
from disrupt.hotline.takedown.models import Concern, Notice, Presence, Target
from disrupt.hotline.takedown.planning import halts
from disrupt.hotline.takedown.states import (
    NEEDS_PERSON,
    RECONCILED,
    REMOVED,
    Channel,
    Decision,
    NoticeState,
    Step,
)

UNSEEN = dt.timedelta(days=7)
ASKED_FOR = dt.timedelta(days=1)
STAYS = dt.timedelta(days=30)
# The most urgent of the cases that it is about.
_URGENCY = Subquery(
    Concern.objects.filter(target=OuterRef("target"), category=OuterRef("category"))
    .order_by("item__case__priority")
    .values("item__case__priority")[:1]
)


def notices_of_case(case: Case) -> list[Notice]:
    """Every notice of a case, by item, the first due first."""
    found = []
    concerns = Concern.objects.filter(item__case=case).select_related("item").order_by("item__position")
    for concern in concerns:
        notices = Notice.objects.filter(target=concern.target_id, category=concern.category)
        for notice in notices.select_related("target", "within").order_by("due_at"):
            notice.item = concern.item
            found.append(notice)
    return found


def notices_of_target(notice: Notice) -> QuerySet[Notice]:
    """Every notice about the same address, the first due first."""
    return Notice.objects.filter(target=notice.target_id).select_related("target").order_by("due_at")


def needing_a_person() -> QuerySet[Notice]:
    """Notices that go no further by themselves, and are due: the most urgent first."""
    return ordered_by_urgency(in_need()).select_related("target", "within")


def ordered_by_urgency(keys: Collection[uuid.UUID] | QuerySet[Notice, Any]) -> QuerySet[Notice]:
    """These, by the most urgent of the cases that each is about; of one moment, as they were reported."""
    found = Notice.objects.filter(pk__in=keys).annotate(urgency=_URGENCY)
    return found.order_by("urgency", "due_at", "created_at", "target")


def in_need() -> set[uuid.UUID]:
    """The keys of those: a query each reason, so that each reads an index of its own."""
    now = clock.now()
    # One state at a time: SQLite goes through all of them for several.
    stopped = [Q(state=state, within=None) for state in NEEDS_PERSON - {NoticeState.TASK}]
    # Whoever can be asked is asked first.
    patient = ~Q(state=NoticeState.UNCERTAIN, channel__in=RECONCILED, transmitting_at__gt=now - ASKED_FOR)
    task = Q(state=NoticeState.TASK, due_at__lte=now, held=False)
    # The host's turn has come, and the police are not reached: a person sees to it, or waives it.
    stuck = Q(state=NoticeState.SCHEDULED, waits_for_police=True, due_at__lte=now)
    # Nothing could be seen of its address for a week, or only in a browser.
    failing = list(Target.objects.filter(failing_since__lte=now - UNSEEN).values_list("pk", flat=True))
    unseen = Q(step=Step.HOST, state=NoticeState.SENT, target__in=failing)
    found = _still_there(now)
    for why in (*(one & patient for one in stopped), task, stuck, unseen):
        found.update(Notice.objects.filter(why).order_by().values_list("pk", flat=True))
    return found


def _still_there(now: dt.datetime) -> set[uuid.UUID]:
    """Sent, and somebody must say what comes now. The few notices first, then where their content is: joined,
    a database may begin with the millions that are gone."""
    sent = Notice.objects.filter(step=Step.HOST, state=NoticeState.SENT).order_by()
    # They asked something, or say that it is not theirs, and it is not gone.
    asked = list(sent.filter(decision=Decision.OTHER).values_list("pk", "target"))
    # All was tried for a month, and it is there: a person says so to whoever reported it.
    stays = sent.filter(sent_at__lte=now - STAYS, stays_told_at=None).exclude(action=REMOVED)
    old = list(stays.values_list("pk", "target"))
    targets = Target.objects.filter(pk__in={target for _key, target in (*asked, *old)})
    presence = {key: (seen, look) for key, seen, look in targets.values_list("pk", "presence", "look_at")}
    return {key for key, target in asked if presence[target][0] != Presence.GONE} | {
        key for key, target in old if presence[target][0] == Presence.LIVE and presence[target][1]
    }


def due_by_mail() -> Iterator[uuid.UUID]:
    """Mails to send now."""
    return _due_to_send(Q(channel=Channel.EMAIL))


def due_elsewhere() -> Iterator[uuid.UUID]:
    """Notices to give to interfaces now."""
    return _due_to_send(~Q(channel=Channel.EMAIL))


def _due_to_send(which: Q) -> Iterator[uuid.UUID]:
    """Notices to send now: due, or claimed by a worker that died before it transmitted anything."""
    if switches.is_on(switches.Stop.NOTICES):
        return iter(())
    now = clock.now()
    due = Q(state=NoticeState.SCHEDULED, due_at__lte=now, waits_for_police=False, held=False)
    left = Q(state=NoticeState.SENDING, claimed_at__lte=now - LEASE)
    # Each reads the index of states: for one or the other, SQLite goes through all.
    keys = [
        halts.may_go(Notice.objects.filter(why, which, within=None)).order_by().values("pk")
        for why in (due, left)
    ]
    return ordered_by_urgency(keys[0].union(*keys[1:])).values_list("pk", flat=True).iterator()


def in_doubt() -> Iterator[uuid.UUID]:
    """Notices whose transmission began and whose end nobody wrote down."""
    late = Notice.objects.filter(
        state=NoticeState.TRANSMITTING, within=None, transmitting_at__lte=clock.now() - GRACE
    )
    return late.values_list("pk", flat=True).iterator()
