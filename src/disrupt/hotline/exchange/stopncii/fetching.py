"""The pages of the StopNCII protocol's FetchHashes, made from the bank's numbered changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import BigIntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from disrupt.hotline.bank.models import BankChange, BankSequence, ChangeKind, EntryState
from disrupt.hotline.exchange.door.sight import FIELDS, Facts, Sight, sight_of
from disrupt.hotline.exchange.models import ApiKey, WireHash
from disrupt.hotline.exchange.stopncii import reading, wirehashes
from disrupt.hotline.exchange.stopncii.numbering import Numbering, Place
from disrupt.hotline.exchange.stopncii.reading import Run
from disrupt.hotline.exchange.stopncii.wirehashes import Wire
from disrupt.protocol.stopncii import HashRecord, Signal, Status


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page: its records, the number it ends at, and whether there is more."""

    records: tuple[HashRecord, ...]
    end: int
    more: bool


@dataclass(frozen=True, slots=True)
class _Seen:
    """One change, as this protocol needs it. `added` is the number of the entry's own addition; `shown`:
    whether the entry is for this reader."""

    seq: int
    entry: str
    gone: bool
    is_addition: bool
    added: int
    shown: bool
    wires: tuple[Wire, ...]
    last: int


@dataclass(frozen=True, slots=True)
class _Reader:
    """Who asks: where it stands, what it was handed while behind, and what it may see. `known`: up to there
    it had read a list that was lost since, and reads it anew."""

    position: int
    runs: tuple[Run, ...]
    sight: Sight
    saw_all_until: int
    known: int


def _seen_after(position: int, limit: int, sight: Sight) -> Iterator[_Seen]:
    last = Subquery(BankSequence.objects.filter(pk=1).values("last")[:1], output_field=BigIntegerField())
    added = BankChange.objects.filter(entry=OuterRef("entry_id"), kind=ChangeKind.ADDED).order_by("seq")
    rows = (
        BankChange.objects.filter(seq__gt=position)
        .annotate(last_now=Coalesce(last, 0, output_field=BigIntegerField()))
        .annotate(added=Coalesce(Subquery(added.values("seq")[:1]), 0, output_field=BigIntegerField()))
        .order_by("seq")
        .values_list(
            "seq", "kind", "entry_id", "entry__state", "entry__md5", "entry__prints", "added", "last_now",
            *FIELDS,
        )[:limit]
    )  # fmt: skip
    for seq, kind, entry, state, md5, prints, first, last_now, *facts in rows.iterator(chunk_size=100):
        about = Facts(*facts)
        wires = wirehashes.wires_of(about.kind, md5, prints)
        gone, is_addition = state != EntryState.ACTIVE, kind == ChangeKind.ADDED
        yield _Seen(seq, str(entry), gone, is_addition, first, sight.shows(about), wires, last_now)


def _take(position: int, page_size: int, sight: Sight) -> list[_Seen]:
    """As many changes as make a page of records, at least one."""
    taken: list[_Seen] = []
    room = page_size
    for seen in _seen_after(position, page_size, sight):
        if taken and len(seen.wires) > room:
            break
        room -= len(seen.wires)
        taken.append(seen)
    return taken


def _records(taken: list[_Seen], reader: _Reader, numbers: Numbering) -> tuple[HashRecord, ...]:
    """What to say of these changes; of a hash that several of them touch, only the last word."""
    shared = _active_entries({value for seen in taken for _, value in seen.wires}, reader.sight)
    said: dict[Wire, HashRecord] = {}
    for seen in taken:
        at = numbers.number(seen.seq)
        for wire in seen.wires:
            signal, value = wire
            active = shared.get(wire, [])
            if seen.is_addition and not seen.gone and seen.shown:
                cases = dict.fromkeys([*active, seen.entry], Status.ACTIVE)
                record = HashRecord(at, signal, value, Status.ACTIVE, cases)
            elif seen.is_addition or active or not _was_handed(seen, reader):
                continue
            else:
                cases = {seen.entry: Status.WITHDRAWN}
                record = HashRecord(at, signal, value, Status.WITHDRAWN, cases)
            said.pop(wire, None)
            said[wire] = record
    return tuple(said.values())


def _was_handed(seen: _Seen, reader: _Reader) -> bool:
    """Whether this key has the entry: its addition is on an earlier page, and was still active then."""
    if not seen.shown and seen.added > reader.saw_all_until:
        return False
    if 0 < seen.added <= reader.known:  # what was withdrawn before that it knows, or never had
        return seen.seq > reader.known
    return seen.added <= reader.position and reading.was_handed(reader.runs, seen.added, seen.seq)


def _active_entries(values: set[str], sight: Sight) -> dict[Wire, list[str]]:
    found: dict[Wire, list[str]] = {}
    rows = WireHash.objects.filter(value__in=values, entry__state=EntryState.ACTIVE).order_by("pk")
    for signal, value, entry, *facts in rows.values_list("signal", "value", "entry_id", *FIELDS):
        if sight.shows(Facts(*facts)):
            found.setdefault((Signal(signal), value), []).append(str(entry))
    return found


def fetch(key: ApiKey, start: Place, position: int, page_size: int, last: int, numbers: Numbering) -> Fetched:
    """The page after `position`, for a key whose client holds the cursor `start`; `last` is the newest."""
    wirehashes.catch_up(last)
    before = reading.runs_of(key)
    runs = reading.pruned(before, start.known if start.lost else start.seq, position)
    sight = sight_of(key)
    taken = _take(position, page_size, sight)
    records = _records(taken, _Reader(position, runs, sight, key.saw_all_until, start.known), numbers)
    end = taken[-1].seq if taken else position
    last = max([last, end, *(seen.last for seen in taken[-1:])])
    # What it had of the lost list it has, however it reads it now: only what lies behind is remembered.
    run = Run(max(position, start.known), end, last)
    reading.remember(key, before, reading.extended(runs, run))
    return Fetched(records, end, more=end < last)
