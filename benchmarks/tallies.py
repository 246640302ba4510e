"""What `benchmarks.robustness` counts: a tally for each edit at each level, over one bench of photographs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disrupt.matching import BankEntry, HammingIndex
from disrupt.matching._bank._figures import BankMatch
from disrupt.matching._index._likely import Likely
from disrupt.matching.guessing.plans import Level
from disrupt.matching.index import Matches

LEVELS: tuple[Level, ...] = ("fast", "standard", "thorough")
ACT = 31
Pixels = NDArray[np.uint8]


@dataclass
class Tally:
    """What was counted for one edit at one level."""

    uploads: int = 0
    plain: int = 0
    matched: int = 0
    found: int = 0
    pairs: int = 0
    false_matches: int = 0
    false_probables: int = 0
    stored: int = 0  # found without derived entries

    def add(self, other: Tally) -> None:
        """Sum two tallies."""
        for name in (one.name for one in fields(self)):
            setattr(self, name, getattr(self, name) + getattr(other, name))


Table = dict[str, dict[Level, Tally]]


def kept(path: Path | None) -> tuple[dict[str, Table], int]:
    """What an earlier run wrote by `keep`, and of how many photographs; nothing where there is no file."""
    if path is None or not path.exists():
        return {}, 0
    said = json.loads(path.read_text())
    tables: dict[str, Table] = {
        name: {edit: {level: Tally(**counts) for level, counts in row.items()} for edit, row in table.items()}
        for name, table in said["tables"].items()
    }
    return tables, int(said["photographs"])


def keep(path: Path, tables: dict[str, Table], photographs: int) -> None:
    """Write what was counted, of the first so many photographs."""
    counted = {
        name: {edit: {level: asdict(tally) for level, tally in row.items()} for edit, row in table.items()}
        for name, table in tables.items()
    }
    path.write_text(json.dumps({"photographs": photographs, "tables": counted}))


class Entries:
    """Hashes that answer as a bank does: what `find_views` looks uploads up in, without files."""

    def __init__(self, hashes: NDArray[np.uint8], numbers: NDArray[np.int64]) -> None:
        self.index = HammingIndex.from_hashes(hashes, np.arange(len(hashes)))
        self.hashes, self.numbers = hashes, numbers

    def query_pdq(self, hashes: ArrayLike, radius: ArrayLike, *, threads: int = 1) -> tuple[BankMatch, ...]:
        """As `Bank.query_pdq`; an entry's id is its number."""
        return self._matches(self.index.query(hashes, radius, threads=threads))

    def near_pdq(
        self, hashes: Pixels, radius: ArrayLike, likely: Likely, *, most: int
    ) -> tuple[BankMatch, ...]:
        """As `Bank.near_pdq`."""
        return self._matches(self.index.near(hashes, radius, likely).nearest(most))

    def _matches(self, found: Matches) -> tuple[BankMatch, ...]:
        rows = zip(found.query.tolist(), found.entry.tolist(), found.distance.tolist(), strict=True)
        return tuple(
            BankMatch(
                query,
                BankEntry(str(self.numbers[row]), "image", "benchmark"),
                distance,
                self.hashes[row].tobytes().hex(),
                "stored",
            )
            for query, row, distance in rows
        )


_ALIKE = (("149", "150"), ("038", "207"))
"""Photographs of the same thing from the same place (a circuit board, a castle), by the names of their files:
seen by looking at every pair that had come within the radius. One is no other picture than the other."""


def alike(paths: list[Path], number: int) -> set[int]:
    """The numbers of the photographs that show what that one shows."""
    names = {name for pair in _ALIKE if paths[number].stem in pair for name in pair}
    return {other for other, path in enumerate(paths) if path.stem in names and other != number}


@dataclass(frozen=True)
class Bench:
    """The photographs, their entries, and an index of them without and with derived entries."""

    paths: list[Path]
    entries: NDArray[np.uint8]
    usable: NDArray[np.bool_]
    strangers: int  # pictures of which there is only the hash; numbered on after the photographs
    plain: Entries
    derived: Entries
