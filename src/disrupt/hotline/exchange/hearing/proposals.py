"""What analysts decide about hashes that partners propose: one transaction, one event a partner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, QuerySet

from disrupt.hotline.bank.services import take_turn
from disrupt.hotline.cases.categories import Category, UnknownCategory, to_choose
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.exchange.hearing import proposed
from disrupt.hotline.exchange.models import Partner, ProposalState, SubmittedHash
from disrupt.hotline.exchange.services import leave_trace


class NotForTheBank(ValueError):
    """What is of this category shows no intimate picture: no fingerprint of it is offered."""


@dataclass(frozen=True)
class Done:
    """How many proposals were decided, and how many the negative bank keeps off the lists."""

    decided: int
    kept_off: int = 0


def to_decide() -> QuerySet[SubmittedHash]:
    """Those that wait, and those on the lists that a partner has disputed; the disputed first."""
    wait = SubmittedHash.objects.filter(state=ProposalState.WAITING).exclude(opinion__in=proposed.TAKEN_BACK)
    again = SubmittedHash.objects.filter(state=ProposalState.OFFERED, disputed_at__isnull=False)
    found = (wait | again).select_related("partner")
    return found.order_by(F("disputed_at").asc(nulls_last=True), "changed_at", "pk")


def by_partner() -> list[tuple[Partner, int]]:
    """Who has proposed what is to be decided, and how much."""
    counted = dict(to_decide().order_by().values_list("partner").annotate(n=Count("pk")))
    return [(one, counted[one.pk]) for one in Partner.objects.filter(pk__in=counted)]


def categories() -> list[Category]:
    """Under which a proposal may be offered."""
    return [one for one in to_choose(clock.now()).values() if one.bank]


def _category(code: str) -> Category:
    try:
        found = to_choose(clock.now())[code]
    except UnknownCategory:
        raise NotForTheBank(f"There is no category “{code}”.") from None
    if not found.bank:
        raise NotForTheBank(f"Nothing of the category “{code}” is offered.")
    return found


@transaction.atomic
def offer(numbers: Iterable[int], code: str, actor: Actor, motive: str) -> Done:
    """Offer these to partners, as told by a partner and seen by nobody here. Raises NotForTheBank."""
    category = _category(code)
    take_turn()
    rows = list(
        to_decide().select_for_update(of=("self",)).filter(pk__in=list(numbers), partner__active=True)
    )
    good = [row for row in rows if row.state == ProposalState.OFFERED or proposed.put_on(row, category)]
    for row in good:
        row.category = row.category if row.state == ProposalState.OFFERED else code
    _decided(good, ProposalState.OFFERED, actor, motive, "proposals-offered")
    return Done(len(good), len(rows) - len(good))


@transaction.atomic
def refuse(numbers: Iterable[int], actor: Actor, motive: str) -> Done:
    """Offer these to nobody; what is on the lists leaves them."""
    take_turn()
    rows = list(to_decide().select_for_update(of=("self",)).filter(pk__in=list(numbers)))
    proposed.take_off(rows, ProposalState.REFUSED)
    _decided(rows, ProposalState.REFUSED, actor, motive, "proposals-refused")
    return Done(len(rows))


def _decided(
    rows: Sequence[SubmittedHash], state: ProposalState, actor: Actor, motive: str, kind: str
) -> None:
    now = clock.now()
    for row in rows:
        row.state, row.motive, row.decided_by, row.decided_at = state, motive, str(actor), now
        row.disputed_at = None
    SubmittedHash.objects.bulk_update(
        rows,
        ["state", "category", "motive", "decided_by", "decided_at", "disputed_at", "source"],
        batch_size=200,
    )
    for partner in {row.partner for row in rows}:
        number = sum(row.partner_id == partner.pk for row in rows)
        leave_trace(partner, kind, actor, {"number": number, "motive": motive})
