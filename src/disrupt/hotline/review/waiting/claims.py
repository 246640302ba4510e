"""Who works on which case: taken by opening an item, prolonged while one works, free again after a while.

A claim says nothing of what becomes of a case, so that it leaves no event in its ledger.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from disrupt.hotline.common import clock
from disrupt.hotline.common.amending import dials
from disrupt.hotline.common.permissions import ITEM_QUALIFY, holders
from disrupt.hotline.review.models import Claim


@transaction.atomic
def take(case_id: uuid.UUID, user: Any, *, force: bool = False) -> Claim:
    """The claim on a case: this user's from now on, unless somebody else's is in force (and no `force`)."""
    now = clock.now()
    mine = {"user": user, "until": now + dials.claim_time()}
    try:
        with transaction.atomic():
            claim, new = Claim.objects.select_for_update().get_or_create(case_id=case_id, defaults=mine)
    except IntegrityError:  # pragma: no cover  # somebody was faster by a moment, and has it
        return Claim.objects.get(case_id=case_id)
    if new or (claim.user_id != user.pk and claim.until > now and not force):
        return claim
    claim.user, claim.until = user, mine["until"]
    claim.save(update_fields=["user", "until"])
    return claim


@transaction.atomic
def give(case_id: uuid.UUID, user: Any, to: Any | None) -> bool:
    """Hand a claim over to somebody, or to nobody; False where it is not this user's (any more)."""
    mine = Claim.objects.select_for_update().filter(case_id=case_id, user=user)
    if to is None:
        return bool(mine.delete()[0])
    return bool(mine.update(user=to, until=clock.now() + dials.claim_time()))


def give_all(user: Any) -> int:
    """Everything that this user works on goes back to the queue; how many cases."""
    return Claim.objects.filter(user=user).delete()[0]


def in_force(case_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Claim]:
    """The claims on these cases that have not ended."""
    rows = Claim.objects.filter(case_id__in=list(case_ids), until__gt=clock.now()).select_related("user")
    return {claim.case_id: claim for claim in rows}


def of_others(user: Any) -> QuerySet[Claim]:
    """What this user need not open now: somebody else works on it."""
    return Claim.objects.filter(until__gt=clock.now()).exclude(user=user)


def colleagues(user: Any) -> QuerySet[Any]:
    """To whom a case can be handed over."""
    return holders(ITEM_QUALIFY).exclude(pk=user.pk)


def ended() -> list[uuid.UUID]:
    """Claims that nobody has taken up again, to be deleted."""
    old = Claim.objects.filter(until__lt=clock.now() - dials.claim_time())
    return list(old.values_list("pk", flat=True)[:500])


def forget(case_id: uuid.UUID) -> None:
    """Delete a claim that has ended."""
    Claim.objects.filter(pk=case_id, until__lt=clock.now()).delete()
