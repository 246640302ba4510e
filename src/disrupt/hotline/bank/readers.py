"""How far each partner has read the list: what is said to be fetched was asked beyond, not only offered."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F

from disrupt.hotline.bank.models import BankChange, BankReader, ChangeKind, EntrySource
from disrupt.hotline.bank.sight import FIELDS, Facts, Sight
from disrupt.hotline.common import clock

# A partner that has not read for so long does not read any more, and is not counted.
READS_WITHIN = dt.timedelta(days=30)


@dataclass(frozen=True)
class Fetched:
    """By how many of the partners that read the list an entry was fetched."""

    by: int
    of: int


def acknowledge(reader: uuid.UUID, seq: int, sight: Sight) -> None:
    """A partner asks for what comes after `seq`: it holds everything up to there that its key lets it see.

    Nothing is written for a partner that polls and finds nothing new on the same day.
    """
    today = clock.now().date()
    row, new = BankReader.objects.get_or_create(
        reader=reader,
        sight=sight.digest,
        defaults={"seq": seq, "read_on": today, "sees": sight.as_json()},
    )
    if not new and (row.seq < seq or row.read_on != today):
        # Who begins afresh has fetched all the same what it fetched before.
        newest = max(seq, row.seq)
        BankReader.objects.filter(pk=row.pk, seq__lte=newest).update(seq=newest, read_on=today)


@dataclass(frozen=True)
class Held:
    """What a partner says that it holds, by asking for what comes after `seq`."""

    reader: uuid.UUID
    seq: int
    sight: Sight


def acknowledge_all(held: Collection[Held]) -> None:
    """The same of many at once: one question, and a write for each number that is asked for."""
    today = clock.now().date()
    known = {
        (row.reader, row.sight): row
        for row in BankReader.objects.filter(reader__in={one.reader for one in held})
    }
    beyond: dict[int, list[int]] = {}
    for one in held:
        row = known.get((one.reader, one.sight.digest))
        if row is None:
            acknowledge(one.reader, one.seq, one.sight)
        elif row.seq < one.seq or row.read_on != today:
            beyond.setdefault(max(one.seq, row.seq), []).append(row.pk)
    for newest, rows in sorted(beyond.items()):
        BankReader.objects.filter(pk__in=rows, seq__lte=newest).update(seq=newest, read_on=today)


def forget(reader: uuid.UUID) -> None:
    """A partner that may not read any more."""
    BankReader.objects.filter(reader=reader).delete()


def fetched(items: list[uuid.UUID]) -> dict[uuid.UUID, Fetched]:
    """For each of these items with an entry in the list: how many of the partners that may see it have it."""
    sources = EntrySource.objects.filter(item_id__in=items, withdrawn_at=None)
    rows = sources.values_list("item_id", "entry_id", *FIELDS)
    entries = {item: (entry, Facts(*facts)) for item, entry, *facts in rows}
    added = BankChange.objects.filter(
        entry__in={entry for entry, _ in entries.values()}, kind=ChangeKind.ADDED
    )
    numbers = dict(added.order_by("seq").values_list("entry_id", "seq"))
    told = {item: (numbers[entry], facts) for item, (entry, facts) in entries.items() if entry in numbers}
    return _beyond(told)


def withdrawal_fetched(items: list[uuid.UUID]) -> dict[uuid.UUID, Fetched]:
    """For each of these items whose entry is withdrawn with it: how many of the partners have heard that.

    Of an entry that outlived the item nothing is said: somebody else is behind it.
    """
    to_the_end = EntrySource.objects.filter(item_id__in=items, withdrawn_at=F("entry__withdrawn_at"))
    rows = to_the_end.values_list("item_id", "entry_id", *FIELDS)
    entries = {item: (entry, Facts(*facts)) for item, entry, *facts in rows}
    gone = BankChange.objects.filter(
        entry__in={entry for entry, _ in entries.values()}, kind=ChangeKind.WITHDRAWN
    )
    numbers = dict(gone.values_list("entry_id", "seq"))
    return _beyond({item: (numbers[e], facts) for item, (e, facts) in entries.items() if e in numbers})


def _beyond(told: dict[uuid.UUID, tuple[int, Facts]]) -> dict[uuid.UUID, Fetched]:
    """How many of the partners that read now, and may see it, have asked for what comes after each number."""
    if not told:
        return {}
    since = clock.now().date() - READS_WITHIN
    known = BankReader.objects.filter(read_on__gte=since).order_by("seq")
    reading = [(r, Sight.from_json(sees), seq) for r, sees, seq in known.values_list("reader", "sees", "seq")]
    found = {}
    for item, (number, facts) in told.items():
        may_see = {r: seq for r, sight, seq in reading if sight.shows(facts)}
        found[item] = Fetched(sum(seq >= number for seq in may_see.values()), len(may_see))
    return found
