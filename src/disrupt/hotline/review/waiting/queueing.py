"""The queue as one analyst wants it: filters, the time that is left, and what she has put aside."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from disrupt.hotline.cases.models import AgeWhenTaken, Case, HostOf, Item
from disrupt.hotline.cases.states import HeldFor, ItemKind, ItemState
from disrupt.hotline.cases.waiting import decided_as
from disrupt.hotline.common import clock
from disrupt.hotline.common.amending import dials
from disrupt.hotline.decisions import opinions
from disrupt.hotline.review.models import Claim, Skip

# So long a case that somebody skipped is not given to them.
SKIPPED = dt.timedelta(hours=24)


def target_of(priority: int) -> dt.timedelta:
    """Within what time somebody should have looked at a case of this priority."""
    targets = dials.targets()
    return targets[min(priority, len(targets) - 1)]


def left_of(case: Case) -> dt.timedelta:
    """The time until its target; below zero where it has passed."""
    return left(case.priority, case.created_at)


def left(priority: int, since: dt.datetime) -> dt.timedelta:
    """The same of a case of which only this is known."""
    return since + target_of(priority) - clock.now()


def late() -> Q:
    """Cases whose target has passed."""
    now, passed = clock.now(), Q()
    for priority in range(len(dials.targets())):
        passed |= Q(priority=priority, created_at__lt=now - target_of(priority))
    return passed


def filtered(cases: QuerySet[Case], wanted: Mapping[str, Any], user: Any) -> QuerySet[Case]:
    """The part of a queue that was asked for; `wanted` is a QueueForm's."""
    of_case = Item.objects.filter(case=OuterRef("pk"), state=ItemState.RECEIVED)
    beside = _beside(wanted.get("kind", ""))
    if beside is not None:
        # They wait for somebody else, or for nobody: not in the queue, but on its page where asked for.
        cases = Case.objects.filter(pk__in=beside).order_by(*cases.query.order_by)
    match wanted.get("kind"):
        case "file":
            cases = cases.filter(Exists(of_case.filter(kind=ItemKind.FILE)))
        case "url":
            cases = cases.filter(Exists(of_case.filter(kind=ItemKind.URL)))
        case "read":
            cases = cases.filter(unread=True)
        case "held":
            cases = cases.filter(pk__in=_held().values("case"))
        case "promised":
            cases = cases.filter(promise_due=True)
    if wanted.get("category"):
        cases = cases.filter(decided_as(wanted["category"]))
    if wanted.get("minors"):
        adult = Q(age_when_taken=AgeWhenTaken.ADULT)
        cases = cases.filter(adult if wanted["minors"] == "none" else ~adult)
    if wanted.get("threat"):
        cases = cases.filter(threat=True)
    if wanted.get("late"):
        cases = cases.filter(late())
    if wanted.get("mine"):
        cases = cases.filter(pk__in=Claim.objects.filter(user=user, until__gt=clock.now()).values("case_id"))
    if wanted.get("language"):
        cases = cases.filter(language=wanted["language"].strip().lower())
    if wanted.get("host"):
        host = wanted["host"].strip().lower().removeprefix("https://").removeprefix("http://").strip("/")
        waiting = Item.objects.filter(state=ItemState.RECEIVED, kind=ItemKind.URL)
        cases = cases.filter(pk__in=waiting.annotate(at=HostOf("url")).filter(at=host[:255]).values("case"))
    return cases


def _beside(kind: str) -> QuerySet[Any] | None:
    """The cases of what is no analyst's to decide now, by their keys; None for what is in the queue."""
    match kind:
        case "asked":
            return Item.objects.filter(asked_until__isnull=False).order_by().values("case")
        case "back":
            return Item.objects.filter(state=ItemState.BACK_ONLINE).order_by().values("case")
        case "disputed":
            by_partners = _held().filter(held_for=HeldFor.DISPUTED).values("case")
            among_us = opinions.disputed().order_by().values("decision__item__case")
            return by_partners.union(among_us)
        case _:
            return None


def _held() -> QuerySet[Item]:
    """What waits before it is offered; said as the index of it says it."""
    return Item.objects.exclude(held_for="").order_by()


def skip(case_id: uuid.UUID, user: Any) -> None:
    """This analyst is not given the case for a day; nobody asks why, and it waits for the others."""
    Skip.objects.update_or_create(case_id=case_id, user=user, defaults={"until": clock.now() + SKIPPED})


def skipped_by(user: Any) -> QuerySet[Skip]:
    """What this analyst has put aside."""
    return Skip.objects.filter(user=user, until__gt=clock.now())


def ended() -> list[int]:
    """What was put aside long ago, to be deleted."""
    return list(Skip.objects.filter(until__lt=clock.now()).values_list("pk", flat=True)[:500])


def forget(number: int) -> None:
    """Delete one that has ended."""
    Skip.objects.filter(pk=number, until__lt=clock.now()).delete()
