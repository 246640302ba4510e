"""What partners say of our fingerprints, and which they propose: who, when, what, and of which case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from disrupt.hotline.bank.models import BankEntry, EntrySource
from disrupt.hotline.cases.models import Item
from disrupt.hotline.exchange.models import Feedback, Opinion, SubmittedHash, WireHash
from disrupt.hotline.exchange.wirehashes import wires_of


@dataclass(frozen=True)
class Said:
    """One partner's latest word on one hash; `disputed`: they looked, and did not block it."""

    partner: str
    signal: str
    value: str
    opinion: str
    disputed: bool
    tags: tuple[str, ...]
    first_at: dt.datetime
    at: dt.datetime
    items: tuple[Item, ...] = ()


def of_entry(entry: BankEntry) -> list[Said]:
    """What partners found when this entry matched, the latest first."""
    values = [value for _signal, value in wires_of(entry.kind, entry.md5, entry.prints)]
    rows = Feedback.objects.filter(value__in=values).select_related("partner").order_by("-changed_at")
    return [_said(row) for row in rows]


def newest(limit: int = 200) -> list[Said]:
    """The latest words of all partners: those that dispute an entry of ours first, each with its items."""
    rows = list(Feedback.objects.select_related("partner").order_by("-changed_at")[:limit])
    items = _items_of({row.value for row in rows})
    said = [_said(row, items.get(row.value, ())) for row in rows]
    return sorted(said, key=lambda one: not (one.disputed and one.items))


def proposed(limit: int = 200) -> list[Said]:
    """Hashes that partners propose, the latest first. Nobody is offered them."""
    rows = SubmittedHash.objects.select_related("partner").order_by("-changed_at")[:limit]
    found = list(rows)
    items = _items_of({row.value for row in found})
    return [_said(row, items.get(row.value, ())) for row in found]


def _said(row: Feedback | SubmittedHash, items: Iterable[Item] = ()) -> Said:
    return Said(
        partner=row.partner.name,
        signal=row.signal,
        value=row.value,
        opinion=str(row.get_opinion_display()),
        disputed=row.opinion == Opinion.NOT_BLOCKED,
        tags=tuple(row.tags),
        first_at=row.first_at,
        at=row.changed_at,
        items=tuple(items),
    )


def _items_of(values: set[str]) -> dict[str, tuple[Item, ...]]:
    """The items behind each hash, while they stand behind it."""
    wires = list(WireHash.objects.filter(value__in=values).values_list("value", "entry_id"))
    sources = EntrySource.objects.filter(entry__in={entry for _value, entry in wires}, withdrawn_at=None)
    entries = dict(sources.values_list("item_id", "entry_id"))
    items = Item.objects.filter(pk__in=entries).select_related("case").order_by("created_at")
    of_entry: dict[object, list[Item]] = {}
    for item in items:
        of_entry.setdefault(entries[item.pk], []).append(item)
    found: dict[str, tuple[Item, ...]] = {}
    for value, entry in wires:
        found[value] = (*found.get(value, ()), *of_entry.get(entry, ()))
    return found
