"""The changes of a window, as entries of that list: what a key may see, and what is gone."""

from __future__ import annotations

import bisect
import datetime as dt
import uuid
from collections.abc import Iterator, Sequence

from disrupt.hotline.bank.models import BankChange, ChangeKind, EntryState
from disrupt.hotline.exchange.door.sight import FIELDS, Facts, Sight
from disrupt.hotline.exchange.ncmec.windows import Window, times
from disrupt.hotline.exchange.stopncii import wirehashes
from disrupt.protocol.ncmec import Entry
from disrupt.protocol.stopncii import Signal

FORMS = 2
"""A picture's hashes: as it is stored, and upright; each is an entry there, which has one PDQ."""


def page(window: Window, start: int, size: int, sight: Sight) -> tuple[list[Entry], int]:
    """The entries of so many changes of a window after `start`, and the number that they end at."""
    rows = list(
        BankChange.objects.filter(seq__gt=max(window.start, start), seq__lte=window.end)
        .order_by("seq")
        .values_list("seq", "kind", "entry_id", "entry__state", "entry__md5", "entry__prints", *FIELDS)[:size]
    )
    marks = times(window)
    found: list[Entry] = []
    for seq, kind, entry, state, md5, prints, *facts in rows:
        about = Facts(*facts)
        if sight.shows(about):
            at = _time_of(seq, marks)
            if kind == ChangeKind.WITHDRAWN:
                found += [Entry(about.kind, one, at, True) for one in _ids(entry, about.kind)]
            elif state == EntryState.ACTIVE:
                found += _added(entry, about, at, md5, prints)
    return found, rows[-1][0] if rows else window.end


def _time_of(seq: int, marks: Sequence[tuple[int, dt.datetime]]) -> dt.datetime:
    return marks[bisect.bisect_left(marks, seq, key=lambda mark: mark[0])][1]


def _ids(entry: uuid.UUID, kind: str) -> list[str]:
    """Under which the entry may have been shown."""
    more = [f"{entry}.{number}" for number in range(2, FORMS + 1)] if kind == "image" else []
    return [str(entry), *more]


def entry_of(text: str) -> str:
    """The entry that one of its ids names."""
    return text.partition(".")[0]


def _added(
    entry: uuid.UUID, about: Facts, at: dt.datetime, md5: str, prints: dict[str, object]
) -> Iterator[Entry]:
    digest: tuple[tuple[str, str], ...] = (("md5", md5),) if md5 else ()
    wires = wirehashes.wires_of(about.kind, md5, prints)
    pdqs = [value for signal, value in wires if signal is Signal.IMAGE_PDQ]
    forms: list[tuple[tuple[str, str], ...]] = [(("pdq", value),) for value in pdqs] or [()]
    for one, shown in zip(_ids(entry, about.kind), forms, strict=False):
        if digest or shown:
            yield Entry(about.kind, one, at, False, about.category, digest + shown)
