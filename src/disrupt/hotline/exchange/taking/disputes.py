"""Entries of other lists that a partner disputes: set aside by rule, decided by a person, the list told.

Nobody here can look at what such an entry is of. A person weighs who disputes it, why, and whose list it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from disrupt.hotline.bank import services as bank
from disrupt.hotline.bank.models import BankEntry, EntryKind, EntrySource, EntryState, Minors
from disrupt.hotline.bank.prints import Prints
from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.exchange.taking import services
from disrupt.hotline.exchange.taking.judging import Offer
from disrupt.hotline.exchange.taking.models import TakenEntry, Telling, Verdict
from disrupt.protocol.feed import Came
from disrupt.protocol.taking.sources import ASIDE


def to_decide() -> QuerySet[TakenEntry]:
    """One row of each entry that a partner disputes, the oldest dispute first."""
    before = TakenEntry.objects.filter(
        first=OuterRef("first"), disputed_at__isnull=False, pk__lt=OuterRef("pk")
    )
    found = TakenEntry.objects.filter(disputed_at__isnull=False).exclude(Exists(before))
    return found.select_related("source").order_by("disputed_at", "pk")


def _of(firsts: Iterable[str]) -> list[TakenEntry]:
    """All ways of these entries; the one that is, or was, offered first, then the shortest."""
    rows = TakenEntry.objects.select_for_update(of=("self",)).filter(first__in=list(firsts))
    ways = F("item").asc(nulls_last=True)
    return list(rows.select_related("source").order_by("first", ways, "hops", "pk"))


def behind(entry_id: uuid.UUID) -> list[TakenEntry]:
    """The ways by which an active entry came; none where it is not of another list."""
    items = EntrySource.objects.filter(entry=entry_id, withdrawn_at=None).values_list("item_id", flat=True)
    return _of(TakenEntry.objects.filter(item__in=list(items)).values_list("first", flat=True))


def wanted_aside(rows: Sequence[TakenEntry]) -> bool:
    """Whether the rules of its list have it set aside while a person decides."""
    offered = [row for row in rows if row.verdict == Verdict.OFFERED]
    return any(row.source.rules.get("on_dispute", ASIDE) == ASIDE for row in offered)


def dispute(entry_id: uuid.UUID, rows: Sequence[TakenEntry], *, aside: bool) -> int:
    """A person is to decide on what came by these ways, which leaves the lists meanwhile, or stays.

    The caller has the bank's turn where it is set aside. How many entries that opens.
    """
    new = {row.first for row in rows if row.disputed_at is None and row.verdict == Verdict.OFFERED}
    for row in rows:
        if row.first not in new or row.verdict not in (Verdict.OFFERED, Verdict.ANOTHER_WAY):
            continue
        row.disputed_at, row.entry = clock.now(), entry_id
        if aside:
            _set_aside(row)
        row.save(update_fields=["disputed_at", "entry", "verdict", "waits"])
    return len(new)


def _set_aside(row: TakenEntry) -> None:
    """Off the lists with the next batch; what would be offered is kept until it is decided."""
    if row.item is not None:
        row.waits = row.waits or offer_of(row.item)
        bank.withdraw_source(row.item)
    row.verdict = Verdict.DISPUTED


def offer_of(item: uuid.UUID) -> dict[str, object] | None:
    """What is offered of an item, as its row keeps it; None where nothing is."""
    entry = BankEntry.objects.filter(sources__item_id=item, state=EntryState.ACTIVE).first()
    if entry is None or entry.came is None:
        return None
    pdq, vpdq = (tuple(entry.prints.get(name, ())) for name in ("pdq", "vpdq"))
    prints = Prints(EntryKind(entry.kind), entry.sha256, entry.md5, pdq, vpdq)
    return Offer(prints, entry.category, Minors(entry.minors), Came.from_wire(entry.came)).as_json()


@transaction.atomic
def keep(numbers: Iterable[int], actor: Actor, motive: str) -> int:
    """These are offered (again): a person has weighed what was said. How many entries."""
    bank.take_turn()
    rows = _chosen(numbers)
    on_lists = {row.first for row in rows if row.verdict == Verdict.OFFERED}
    for row in rows:
        if row.verdict == Verdict.DISPUTED:
            if row.first in on_lists or row.waits is None:
                row.verdict = Verdict.ANOTHER_WAY
            elif services.put_on(row, Offer.from_json(row.waits)):
                on_lists.add(row.first)
    return _decided(rows, actor, motive, "taken-kept")


@transaction.atomic
def refuse(numbers: Iterable[int], actor: Actor, motive: str) -> int:
    """These are offered to nobody, by whichever way they come, and their lists are told. How many entries."""
    bank.take_turn()
    rows = _chosen(numbers)
    for row in rows:
        if row.verdict == Verdict.OFFERED and row.item is not None:
            row.waits = offer_of(row.item)
            bank.withdraw_source(row.item)
        row.verdict, row.telling = Verdict.REFUSED, Telling.DUE
    return _decided(rows, actor, motive, "taken-refused")


def _chosen(numbers: Iterable[int]) -> list[TakenEntry]:
    firsts = to_decide().filter(pk__in=list(numbers)).values_list("first", flat=True)
    return [row for row in _of(firsts) if row.disputed_at is not None]


def _decided(rows: Sequence[TakenEntry], actor: Actor, motive: str, kind: str) -> int:
    now = clock.now()
    for row in rows:
        row.disputed_at, row.decided_at, row.decided_by, row.motive = None, now, str(actor), motive
        row.save()
    for source in {row.source for row in rows}:
        firsts = [row.first for row in rows if row.source == source]
        audit.record(f"exchange.{kind}", actor, {"list": source.name, "entries": firsts, "motive": motive})
    return len({row.first for row in rows})


def undecided() -> QuerySet[TakenEntry, uuid.UUID | None]:
    """The entries on which a person has to decide."""
    open_ones = TakenEntry.objects.filter(disputed_at__isnull=False, entry__isnull=False)
    return open_ones.values_list("entry", flat=True)
