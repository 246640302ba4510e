"""The list as this process holds it to match against: PDQs in an index, and what decides who may see each."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from disrupt.hotline.bank.models import DERIVED
from disrupt.hotline.bank.sight import Facts
from disrupt.matching.entries import MINIMUM_QUALITY
from disrupt.matching.index import HammingIndex
from disrupt.protocol.binary_list import ROLES as ROLES

WHOLE, PART, FRAME = 0, 1, 2
_BITS = 2  # of an index's id, for the role; the rest is the number of the entry's addition
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Offered:
    """An entry that partners are offered: the number of its addition, and what there is of it."""

    seq: int
    entry: uuid.UUID
    facts: Facts
    prints: Mapping[str, Any]

    def hashes(self) -> Iterator[tuple[int, str]]:
        """Each PDQ that is good enough to be looked up, with its role."""
        for role, row in hashes_in(self.prints):
            yield role, row["hex"]


def hashes_in(prints: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Each PDQ of an entry that is good enough to be looked up: its role, and all that is known of it."""
    for row in prints.get("pdq", ()):
        if row["quality"] >= MINIMUM_QUALITY:
            yield (PART if row.get("role") == DERIVED else WHOLE), row
    for row in prints.get("vpdq", ()):
        if row["quality"] >= MINIMUM_QUALITY:
            yield FRAME, row


@dataclass(frozen=True, slots=True)
class Hit:
    """A hash of an entry within the radius of the look-up number `query`."""

    query: int
    distance: int
    role: int
    seq: int


class HeldList:
    """One writer at a time (`take`, `drop`), any number of readers meanwhile.

    An entry is known by the number of its addition: 16 bytes of id and 2 of facts stand under it, in chunks
    that are never moved, so that no reader waits while the list grows.
    """

    def __init__(self) -> None:
        self.index = HammingIndex()
        self.seq = 0
        self._facts: list[Facts] = []
        self._numbers: dict[Facts, int] = {}
        self._entries: list[npt.NDArray[np.uint8]] = []
        self._classes: list[npt.NDArray[np.uint16]] = []

    def __len__(self) -> int:
        return len(self.index)

    def take(self, offered: Iterable[Offered]) -> None:
        """Add entries; each is found by the next query."""
        texts: list[str] = []
        ids: list[int] = []
        for one in offered:
            self._note(one)
            for role, text in one.hashes():
                texts.append(text)
                ids.append(one.seq << _BITS | role)
        if texts:
            bits = np.frombuffer(bytes.fromhex("".join(texts)), np.uint8).reshape(-1, 32)
            self.index.add(bits, np.array(ids, np.uint64))

    def _note(self, one: Offered) -> None:
        chunk, place = divmod(one.seq, _CHUNK)
        while len(self._entries) <= chunk:
            self._entries.append(np.zeros((_CHUNK, 16), np.uint8))
            self._classes.append(np.zeros(_CHUNK, np.uint16))
        number = self._numbers.setdefault(one.facts, len(self._facts))
        if number == len(self._facts):
            self._facts.append(one.facts)
        self._entries[chunk][place] = np.frombuffer(one.entry.bytes, np.uint8)
        self._classes[chunk][place] = number

    def drop(self, additions: Sequence[int]) -> None:
        """Forget the entries that were added under these numbers."""
        if additions:
            ids = [number << _BITS | role for number in additions for role in range(len(ROLES))]
            self.index.remove(np.array(ids, np.uint64))

    def query(self, texts: Sequence[str], radii: Sequence[int], threads: int) -> list[Hit]:
        """Every hash within each look-up's radius, by look-up, then distance."""
        bits = np.frombuffer(bytes.fromhex("".join(texts)), np.uint8).reshape(-1, 32)
        found = self.index.query(bits, np.array(radii, np.int64), threads=threads)
        rows = zip(found.query.tolist(), found.distance.tolist(), found.entry.tolist(), strict=True)
        return [Hit(query, distance, row & 3, row >> _BITS) for query, distance, row in rows]

    def classes_of(self, seqs: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.uint16], list[Facts]]:
        """For each entry the place of its facts, and the facts."""
        return self._of(self._classes, seqs, np.zeros(0, np.uint16)), list(self._facts)

    def entries_of(self, seqs: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint8]:
        """The ids of entries, uint8 (N, 16)."""
        return self._of(self._entries, seqs, np.zeros((0, 16), np.uint8))

    def _of(
        self, chunks: list[npt.NDArray[Any]], seqs: npt.NDArray[np.uint64], nothing: npt.NDArray[Any]
    ) -> npt.NDArray[Any]:
        if not len(seqs):
            return nothing
        found = np.empty((len(seqs), *chunks[0].shape[1:]), chunks[0].dtype)
        for chunk in np.unique(seqs // _CHUNK).tolist():
            rows = np.flatnonzero(seqs // _CHUNK == chunk)
            found[rows] = chunks[chunk][seqs[rows] % _CHUNK]
        return found

    def facts_of(self, seq: int) -> Facts:
        chunk, place = divmod(seq, _CHUNK)
        return self._facts[int(self._classes[chunk][place])]

    def entry_of(self, seq: int) -> str:
        chunk, place = divmod(seq, _CHUNK)
        return str(uuid.UUID(bytes=self._entries[chunk][place].tobytes()))


class Holder:
    """The list that this process holds now; another one stands in its place when the bank went back."""

    def __init__(self) -> None:
        self.list = HeldList()
        self.lock = threading.Lock()  # held by whoever takes changes in


HOLDER = Holder()
