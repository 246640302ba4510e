"""What partners say of our fingerprints, and which they propose: who, when, what, and of which case."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from disrupt.hotline.bank.models import BankEntry, EntrySource
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.door.sight import sight_of
from disrupt.hotline.exchange.figures import SAID, figures
from disrupt.hotline.exchange.models import EntryWord, Feedback, Opinion, Partner, SubmittedHash, WireHash
from disrupt.hotline.exchange.stopncii.wirehashes import wires_of
from disrupt.hotline.insight import wording as w
from disrupt.hotline.insight.document import Table
from disrupt.protocol.feedback import DISPUTING


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


def figures_of_partners() -> Table:
    """Of each partner what it reads of itself (`/v1/figures`), since the beginning."""
    rows = []
    for partner in Partner.objects.filter(active=True).prefetch_related("keys").order_by("name"):
        keys = [key for key in partner.keys.all() if not key.revoked_at and key.expires_at > clock.now()]
        found = figures(partner.pk, [sight_of(key) for key in keys])
        said = [sum(month[name] for month in found["months"]) for name in SAID.values()]
        changes = found["changes"]
        rows.append(
            (partner.name, *map(w.number, (found["offered"], changes["fetched"], changes["last"], *said)))
        )
    columns = (
        _("Partner"), _("Entries offered"), _("Changes fetched"), _("of"), _("Matched"), _("Blocked"),
        _("Disputed"), _("Found among older uploads"),
    )  # fmt: skip
    return Table("partners", _("Figures of each partner"), columns, tuple(rows), numbers=9)


ANSWERS_OF = dt.timedelta(days=90)


def how_fast() -> str:
    """How long partners waited for the answer to a dispute of an entry, and since when one waits."""
    words = EntryWord.objects.filter(opinion__in=DISPUTING)
    done = words.filter(answered_at__gte=clock.now() - ANSWERS_OF).values_list("changed_at", "answered_at")
    took = sorted(end - start for start, end in done if end is not None)
    open_ones = words.filter(answered_at=None).order_by("changed_at").values_list("changed_at", flat=True)
    parts = []
    if took:
        half = took[(len(took) - 1) // 2]
        parts.append(
            ngettext(
                "%(n)d dispute answered in 90 days, half of them within %(hours)s h.",
                "%(n)d disputes answered in 90 days, half of them within %(hours)s h.",
                len(took),
            )
            % {"n": len(took), "hours": w.number(-(-int(half.total_seconds()) // 3600))}
        )
    if open_ones:
        hours = int((clock.now() - open_ones[0]).total_seconds()) // 3600
        parts.append(
            ngettext(
                "%(n)d waits for an answer, the oldest for %(hours)s h.",
                "%(n)d wait for an answer, the oldest for %(hours)s h.",
                len(open_ones),
            )
            % {"n": len(open_ones), "hours": w.number(hours)}
        )
    return " ".join(parts)


def of_entry(entry: BankEntry) -> list[Said]:
    """What partners found when this entry matched, the latest first."""
    values = [value for _signal, value in wires_of(entry.kind, entry.md5, entry.prints)]
    rows = Feedback.objects.filter(value__in=values).select_related("partner").order_by("-changed_at")
    words = EntryWord.objects.filter(entry=entry).select_related("partner", "entry")
    said = [*map(_said, rows), *map(_word, words)]
    return sorted(said, key=lambda one: one.at, reverse=True)


def newest(limit: int = 200) -> list[Said]:
    """The latest words of all partners: those that dispute an entry of ours first, each with its items."""
    rows = list(Feedback.objects.select_related("partner").order_by("-changed_at")[:limit])
    items = _items_of({row.value for row in rows})
    words = list(EntryWord.objects.select_related("partner", "entry").order_by("-changed_at")[:limit])
    behind = _items_behind({word.entry_id for word in words})
    said = [_said(row, items.get(row.value, ())) for row in rows]
    said += [_word(word, behind.get(word.entry_id, ())) for word in words]
    said.sort(key=lambda one: one.at, reverse=True)
    return sorted(said[:limit], key=lambda one: not (one.disputed and one.items))


def proposed(limit: int = 200) -> list[Said]:
    """Hashes that partners propose, the latest first, and what became of them."""
    rows = SubmittedHash.objects.select_related("partner").order_by("-changed_at")[:limit]
    found = list(rows)
    items = _items_of({row.value for row in found})
    said = [(row, _said(row, items.get(row.value, ()))) for row in found]
    return [replace(one, opinion=f"{one.opinion} · {row.get_state_display()}") for row, one in said]


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


def _word(row: EntryWord, items: Iterable[Item] = ()) -> Said:
    tags = [str(row.get_why_display())] if row.why else []
    tags += [ngettext("%(n)d upload in a day", "%(n)d uploads in a day", row.seen) % {"n": row.seen}]
    return Said(
        partner=row.partner.name,
        signal=str(row.entry.get_kind_display()),
        value=str(row.entry_id),
        opinion=str(row.get_opinion_display()),
        disputed=row.opinion in DISPUTING,
        tags=tuple(tags),
        first_at=row.first_at,
        at=row.changed_at,
        items=tuple(items),
    )


def _items_of(values: set[str]) -> dict[str, tuple[Item, ...]]:
    """The items behind each hash, while they stand behind it."""
    wires = list(WireHash.objects.filter(value__in=values).values_list("value", "entry_id"))
    of_entry = _items_behind({entry for _value, entry in wires})
    found: dict[str, tuple[Item, ...]] = {}
    for value, entry in wires:
        found[value] = (*found.get(value, ()), *of_entry.get(entry, ()))
    return found


def _items_behind(entry_ids: set[uuid.UUID]) -> dict[uuid.UUID, tuple[Item, ...]]:
    """The items behind each entry, while they stand behind it."""
    sources = EntrySource.objects.filter(entry__in=entry_ids, withdrawn_at=None)
    entries = dict(sources.values_list("item_id", "entry_id"))
    items = Item.objects.filter(pk__in=entries).select_related("case").order_by("created_at")
    found: dict[uuid.UUID, tuple[Item, ...]] = {}
    for item in items:
        found[entries[item.pk]] = (*found.get(entries[item.pk], ()), item)
    return found
