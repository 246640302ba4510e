"""How far each partner has read the list: what is said to be fetched was asked beyond, not only offered."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db.models import F

from disrupt.hotline.bank.models import BankChange, BankReader, ChangeKind, EntrySource, ReaderName, ReadOn
from disrupt.hotline.bank.sight import FIELDS, Facts, Sight
from disrupt.hotline.common import clock

# A partner that has not read for so long does not read any more, and is not counted.
READS_WITHIN = dt.timedelta(days=30)
# So long it is known on which day a partner had read how far.
DAYS_KEPT = dt.timedelta(days=400)


@dataclass(frozen=True)
class Confirmed:
    """The day on which a partner heard of a withdrawal, and its name where it lets that be told."""

    on: dt.date
    name: str


@dataclass(frozen=True)
class Fetched:
    """By how many of the partners that read the list an entry was fetched."""

    by: int
    of: int
    confirmed: tuple[Confirmed, ...] = ()


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
    if new:
        _note_day([row.pk], seq, today)
    elif row.seq < seq or row.read_on != today:
        _advance([row.pk], max(seq, row.seq), today)


def _advance(rows: list[int], newest: int, today: dt.date) -> None:
    """Who begins afresh has fetched all the same what it fetched before."""
    BankReader.objects.filter(pk__in=rows, seq__lte=newest).update(seq=newest, read_on=today)
    _note_day(rows, newest, today)


def _note_day(rows: list[int], seq: int, today: dt.date) -> None:
    """Its furthest on this day; written in one question for all, and older days go."""
    ReadOn.objects.bulk_create(
        [ReadOn(reader_id=row, on=today, seq=seq) for row in rows],
        update_conflicts=True,
        unique_fields=["reader", "on"],
        update_fields=["seq"],
    )
    ReadOn.objects.filter(reader__in=rows, on__lt=today - DAYS_KEPT).delete()


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
        _advance(rows, newest, today)


def let_be_named(reader: uuid.UUID, name: str) -> None:
    """A partner lets its name be told to those whose fingerprints it fetched; "": no longer."""
    if name:
        ReaderName.objects.update_or_create(reader=reader, defaults={"name": name})
    else:
        ReaderName.objects.filter(reader=reader).delete()


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
    told = {item: (numbers[e], facts) for item, (e, facts) in entries.items() if e in numbers}
    confirmed = _confirmed(told)
    return {
        item: replace(found, confirmed=confirmed[item] if found.by else ())
        for item, found in _beyond(told).items()
    }


def _confirmed(told: dict[uuid.UUID, tuple[int, Facts]]) -> dict[uuid.UUID, tuple[Confirmed, ...]]:
    """The day on which each partner that may see it was beyond each number first, the earliest first."""
    if not told:
        return {}
    marks = ReadOn.objects.filter(
        seq__gte=min(number for number, _facts in told.values()),
        reader__read_on__gte=clock.now().date() - READS_WITHIN,
    ).order_by("on")
    rows = marks.values_list("reader__reader", "reader__sees", "on", "seq")
    read = [(reader, Sight.from_json(sees), on, seq) for reader, sees, on, seq in rows]
    names = dict(ReaderName.objects.filter(reader__in={row[0] for row in read}).values_list("reader", "name"))
    found = {}
    for item, (number, facts) in told.items():
        days: dict[uuid.UUID, dt.date] = {}
        for reader, sight, on, seq in read:
            if reader not in days and seq >= number and sight.shows(facts):
                days[reader] = on
        found[item] = tuple(Confirmed(on, names.get(reader, "")) for reader, on in days.items())
    return found


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
