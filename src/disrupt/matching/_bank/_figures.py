"""What a bank answers with: matches, what a change did, and figures about itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disrupt.matching._bank._live import Live
from disrupt.matching._bank._tables import FRAME
from disrupt.matching.entries import BankEntry, Role
from disrupt.matching.errors import CONTRADICTION, BankFileError, IndexFileError
from disrupt.matching.index import Matches


@dataclass(frozen=True, slots=True)
class BankMatch:
    """An entry within the radius of query number `query`, through its PDQ `hex`.

    `role` says which of its hashes: a picture's (stored, upright, derived) or a video's frame, with `frame`
    and `timestamp` (seconds).
    """

    query: int
    entry: BankEntry
    distance: int
    hex: str
    role: Role | Literal["frame"]
    frame: int | None = None
    timestamp: float | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What `Bank.apply` did; `digest_only`: ids of entries with too poor a PDQ: exact copies only."""

    added: int
    withdrawn: int
    digest_only: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BankStat:
    """`hashes`: PDQs that are looked up; `counts`: entries by (kind, origin, status, category)."""

    path: str
    source: str
    cursor: str | None
    generation: int
    entries: int
    hashes: int
    bytes: int
    journal_bytes: int
    counts: dict[tuple[str, str, str, str], int]
    problems: tuple[BankFileError, ...]


def match_of_item(query: int, entry: BankEntry, item: int, distance: int) -> BankMatch:
    """A match through one of an entry's items. Raises IndexFileError where it has no such item."""
    if (item & ~FRAME) >= len(entry.vpdq if item & FRAME else entry.pdq):
        raise IndexFileError(CONTRADICTION)
    if item & FRAME:
        frame = entry.vpdq[item ^ FRAME]
        return BankMatch(query, entry, distance, frame.hex, "frame", frame.frame, frame.timestamp)
    value = entry.pdq[item]
    return BankMatch(query, entry, distance, value.hex, value.role)


def confirmed(match: BankMatch, asked: NDArray[np.uint8]) -> BankMatch:
    """The match: the index says where to look, what is true stands in the entry. Raises IndexFileError."""
    if (int(match.hex, 16) ^ int.from_bytes(asked.tobytes())).bit_count() != match.distance:
        raise IndexFileError(CONTRADICTION)
    return match


def matches_of(live: Live, found: Matches, asked: ArrayLike) -> tuple[BankMatch, ...]:
    """What the index found, in the entries' words; without what was withdrawn meanwhile."""
    bits = np.asarray(asked, np.uint8).reshape(-1, 32)
    matches = []
    for query, row, distance in zip(
        found.query.tolist(), found.entry.tolist(), found.distance.tolist(), strict=True
    ):
        entry, item = live.by_row(row)
        if entry is not None:
            matches.append(confirmed(match_of_item(query, entry, item, distance), bits[query]))
    return tuple(matches)


def figures(path: Path, live: Live) -> BankStat:
    """Figures about a bank as it is in memory."""
    counts: dict[tuple[str, str, str, str], int] = {}
    tallies = np.bincount(live.snapshot.tables.classes[~live.gone], minlength=len(live.snapshot.class_names))
    for name, tally in zip(live.snapshot.class_names, tallies.tolist(), strict=True):
        if tally:
            counts[_class(name)] = tally
    for entry in [live.get(key) for key, place in live.changed.items() if place is not None]:
        if entry is not None:
            key = (entry.kind, entry.origin, entry.status, entry.category)
            counts[key] = counts.get(key, 0) + 1
    return BankStat(
        path=str(path),
        source=live.source,
        cursor=live.cursor,
        generation=live.manifest.generation,
        entries=len(live),
        hashes=len(live.index),
        bytes=sum(child.stat().st_size for child in path.iterdir()),
        journal_bytes=live.end,
        counts=counts,
        problems=tuple(live.problems),
    )


def _class(name: str) -> tuple[str, str, str, str]:
    kind, origin, status, category = name.split("|", 3)
    return kind, origin, status, category
