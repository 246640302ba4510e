"""The small tables that lead from an index row, an id or a digest to the line of a bank's entry."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from disrupt.matching.entries import MINIMUM_QUALITY, BankEntry

FRAME = 1 << 31  # marks an item that is a frame of a video, not a PDQ of a picture


def key_of(text: str) -> int:
    """64 bits that stand for an id or a digest in the sorted tables (confirmed on the entry itself)."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def class_of(entry: BankEntry) -> str:
    """What `stat` counts by."""
    return "|".join((entry.kind, entry.origin, entry.status, entry.category))


def items_of(entry: BankEntry) -> list[tuple[int, str]]:
    """What of an entry is looked up: (item, PDQ in hex); repeated frames only once."""
    if entry.status != "active":
        return []
    found: dict[str, int] = {}
    for number, value in enumerate(entry.pdq):
        if value.quality >= MINIMUM_QUALITY:
            found.setdefault(value.hex, number)
    for number, frame in enumerate(entry.vpdq):
        if frame.quality >= MINIMUM_QUALITY:
            found.setdefault(frame.hex, number | FRAME)
    return [(item, text) for text, item in found.items()]


def digests_of(entry: BankEntry) -> list[str]:
    """The digests under which an entry is found."""
    return [d for d in (entry.sha256, entry.md5) if d is not None and entry.status == "active"]


@dataclass(frozen=True)
class Tables:
    """E entries, R index rows, D digests: line E+1 offsets; the keyed tables are sorted by key."""

    lines: NDArray[np.uint64]  # (E + 1,) where each entry's line begins; the last is the file's size
    classes: NDArray[np.uint16]  # (E,) what `stat` counts by, a number into the list kept beside
    row_entry: NDArray[np.uint32]  # (R,)
    row_item: NDArray[np.uint32]  # (R,)
    id_key: NDArray[np.uint64]  # (E,)
    id_entry: NDArray[np.uint32]  # (E,)
    digest_key: NDArray[np.uint64]  # (D,)
    digest_entry: NDArray[np.uint32]  # (D,)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Tables:
        return cls(**{f.name: arrays[f.name] for f in fields(cls)})  # type: ignore[arg-type]  # by name

    def may_have(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of some ids that may be here; all others are not. Far cheaper than asking for each."""
        if not len(self.id_key) or not ids:
            return frozenset()
        keys = np.fromiter((key_of(text) for text in ids), np.uint64, len(ids))
        places = np.minimum(np.searchsorted(self.id_key, keys), len(self.id_key) - 1)
        return frozenset(ids[number] for number in np.flatnonzero(self.id_key[places] == keys).tolist())

    def entries_of_id(self, entry_id: str) -> list[int]:
        return _lookup(self.id_key, self.id_entry, entry_id)

    def entries_of_digest(self, digest: str) -> list[int]:
        return _lookup(self.digest_key, self.digest_entry, digest)

    def without(self, gone: NDArray[np.bool_]) -> tuple[Tables, NDArray[np.int64]]:
        """These tables without some entries (bool (E,)), and the rows that stay."""
        kept = ~gone
        renumbered = (np.cumsum(kept) - 1).astype(np.uint32)
        sizes = np.diff(self.lines)[kept]
        rows = np.flatnonzero(kept[self.row_entry])
        ids, digests = kept[self.id_entry], kept[self.digest_entry]
        tables = Tables(
            np.concatenate([np.zeros(1, np.uint64), np.cumsum(sizes, dtype=np.uint64)]),
            self.classes[kept],
            renumbered[self.row_entry[rows]],
            self.row_item[rows],
            self.id_key[ids],
            renumbered[self.id_entry[ids]],
            self.digest_key[digests],
            renumbered[self.digest_entry[digests]],
        )
        return tables, rows

    def followed_by(self, other: Tables) -> Tables:
        """The tables of two files put end to end."""
        entries = np.uint32(len(self.lines) - 1)
        ids = _merged(self.id_key, self.id_entry, other.id_key, other.id_entry + entries)
        digests = _merged(self.digest_key, self.digest_entry, other.digest_key, other.digest_entry + entries)
        return Tables(
            np.concatenate([self.lines, other.lines[1:] + self.lines[-1]]),
            np.concatenate([self.classes, other.classes]),
            np.concatenate([self.row_entry, other.row_entry + entries]),
            np.concatenate([self.row_item, other.row_item]),
            *ids,
            *digests,
        )


class TableBuilder:
    """Collects entries, one line each, into `Tables` and the hashes of their rows."""

    def __init__(self, classes: list[str]) -> None:
        self.class_names = classes
        self._numbers = {name: number for number, name in enumerate(classes)}
        self._lines, self._classes = [0], list[int]()
        self._row_entry, self._row_item, self._hashes = list[int](), list[int](), list[str]()
        self._ids, self._digests, self._digest_entry = list[int](), list[int](), list[int]()

    def add(self, entry: BankEntry, length: int) -> None:
        """The next entry, whose line is `length` bytes long."""
        number = len(self._classes)
        name = class_of(entry)
        if name not in self._numbers:
            self._numbers[name] = len(self.class_names)
            self.class_names.append(name)
        self._lines.append(self._lines[-1] + length)
        self._classes.append(self._numbers[name])
        self._ids.append(key_of(entry.id))
        for item, text in items_of(entry):
            self._row_entry.append(number)
            self._row_item.append(item)
            self._hashes.append(text)
        for digest in digests_of(entry):
            self._digests.append(key_of(digest))
            self._digest_entry.append(number)

    def skip(self, length: int) -> None:
        """Bytes that belong to no entry (they hang behind the last one; readers stop at its line's end)."""
        self._lines[-1] += length

    def finish(self) -> tuple[Tables, NDArray[np.uint8]]:
        """The tables, and uint8 (R, 32)."""
        everyone = np.arange(len(self._classes), dtype=np.uint32)
        hashes = np.frombuffer(bytes.fromhex("".join(self._hashes)), np.uint8).reshape(-1, 32)
        return Tables(
            np.array(self._lines, np.uint64),
            np.array(self._classes, np.uint16),
            np.array(self._row_entry, np.uint32),
            np.array(self._row_item, np.uint32),
            *_sorted(np.array(self._ids, np.uint64), everyone),
            *_sorted(np.array(self._digests, np.uint64), np.array(self._digest_entry, np.uint32)),
        ), hashes


Keyed = tuple[NDArray[np.uint64], NDArray[np.uint32]]


def _sorted(keys: NDArray[np.uint64], values: NDArray[np.uint32]) -> Keyed:
    order = np.argsort(keys, kind="stable")
    return keys[order], values[order]


def _merged(
    keys: NDArray[np.uint64],
    values: NDArray[np.uint32],
    more_keys: NDArray[np.uint64],
    more_values: NDArray[np.uint32],
) -> Keyed:
    return _sorted(np.concatenate([keys, more_keys]), np.concatenate([values, more_values]))


def _lookup(keys: NDArray[np.uint64], values: NDArray[np.uint32], text: str) -> list[int]:
    key = np.uint64(key_of(text))
    low, high = np.searchsorted(keys, key, "left"), np.searchsorted(keys, key, "right")
    return [int(value) for value in values[low:high]]
