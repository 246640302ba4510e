"""A bank as it is in memory: a snapshot, and the journal replayed on top of it."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from disrupt.matching._bank._journal import (
    Add,
    Batch,
    Change,
    Commit,
    decode_line,
    entry_of_line,
    read_batches,
    spoiled_end,
)
from disrupt.matching._bank._snapshot import Manifest, Snapshot, open_snapshot, read_manifest
from disrupt.matching._bank._tables import digests_of, items_of
from disrupt.matching.entries import BankEntry
from disrupt.matching.errors import CONTRADICTION, BadEntry, BankFileError, IndexFileError

_CACHED = 4096  # parsed entries kept


class Live:
    """Readers may use it while one writer replays more of the journal into it."""

    def __init__(self, folder: Path, manifest: Manifest, stamp: tuple[int, int]) -> None:
        self.manifest, self.stamp = manifest, stamp
        self._files = tuple(manifest.path(folder, part) for part in ("entries", "tables", "index"))
        self._as_opened = _written(self._files)
        self.journal = manifest.path(folder, "journal")
        self.snapshot: Snapshot = open_snapshot(folder, manifest)
        self.index = self.snapshot.index
        self.cursor, self.source = manifest.cursor, manifest.source
        self._problems: list[BankFileError] = list(self.snapshot.problems)
        self._spoiled_end: tuple[BankFileError, ...] = ()
        self.end, self.next_line = 0, 1
        # Entries that the journal changed: where their line stands in it, or None for withdrawn ones.
        self.changed: dict[str, tuple[int, int] | None] = {}
        self.gone = np.zeros(len(self.snapshot), np.bool_)
        self._base_rows = len(self.snapshot.tables.row_entry)
        self._rows: list[tuple[str, int]] = []  # (id, item) of each row that the journal added
        self._rows_of: dict[str, list[int]] = {}
        self._digests: dict[str, list[str]] = {}
        self._cache: dict[int, BankEntry] = {}
        self._handle = os.open(self.journal, os.O_RDONLY)
        weakref.finalize(self, os.close, self._handle)
        self.replay()

    @classmethod
    def open(cls, folder: Path) -> Live:
        """Read the newest generation; a writer may replace it meanwhile, hence the tries."""
        for attempt in range(20):
            manifest = read_manifest(folder)
            try:
                return cls(folder, manifest, stamp_of(folder))
            except FileNotFoundError as error:
                missing = error
                if attempt and read_manifest(folder).generation == manifest.generation:
                    break
        raise BankFileError(missing.filename, 0, "it is missing") from missing

    def __len__(self) -> int:
        added = sum(place is not None for place in self.changed.values())
        return len(self.snapshot) - int(self.gone.sum()) + added

    def is_current(self, folder: Path) -> bool:
        """Whether its files are still the bank, and were not changed in place, which nobody of us does."""
        return stamp_of(folder) == self.stamp and _written(self._files) == self._as_opened

    @property
    def problems(self) -> list[BankFileError]:
        """What could not be read."""
        return [*self._problems, *self._spoiled_end]

    def replay(self) -> bool:
        """Take in what was committed to the journal since; whether there was anything."""
        before = self.end
        if self.journal_size() > self.end:
            for batch, line in read_batches(self.journal, self.end, self.next_line):
                self._take(batch)
                self.end, self.next_line = batch.end, line
        rest = self.journal_size() > self.end
        self._spoiled_end = spoiled_end(self.journal, self.end, self.next_line) if rest else ()
        return self.end != before

    def take_written(
        self, changes: Sequence[Change], lines: Sequence[bytes], cursor: str | None, source: str | None
    ) -> None:
        """Take in a batch that was just appended, without reading it again."""
        places, at = [], self.end
        for change, line in zip(changes, lines, strict=False):
            places.append((change, at, at + len(line) - 1))
            at += len(line)
        self._take(Batch(tuple(places), Commit(cursor, source), at + len(lines[-1]), ()))
        self.end, self.next_line = at + len(lines[-1]), self.next_line + len(lines)
        self._spoiled_end = ()  # whatever stood there was cut off before

    def journal_size(self) -> int:
        return os.fstat(self._handle).st_size

    def _take(self, batch: Batch) -> None:
        old_rows: list[int] = []
        new_rows: list[int] = []
        new_hashes: list[str] = []
        keys = [change.entry.id if isinstance(change, Add) else change.id for change, _, _ in batch.changes]
        banked = self.snapshot.tables.may_have(keys)
        for change, start, stop in batch.changes:
            key = change.entry.id if isinstance(change, Add) else change.id
            old_rows += self._forget(key, key in banked)
            self.changed[key] = None
            if isinstance(change, Add):
                rows = []
                for item, text in items_of(change.entry):
                    rows.append(self._base_rows + len(self._rows))
                    self._rows.append((key, item))
                    new_hashes.append(text)
                new_rows += rows
                self._rows_of[key] = rows
                for digest in digests_of(change.entry):
                    self._digests.setdefault(digest, []).append(key)
                self.changed[key] = (start, stop)
        # First add, then remove: an entry that is replaced is never missing.
        hashes = np.frombuffer(bytes.fromhex("".join(new_hashes)), np.uint8).reshape(-1, 32)
        self.index.add(hashes, np.array(new_rows, np.uint64))
        self.index.remove(np.array(old_rows, np.uint64))
        self._problems += batch.problems
        self.cursor = self.cursor if batch.commit.cursor is None else batch.commit.cursor
        self.source = self.source if batch.commit.source is None else batch.commit.source

    def _forget(self, key: str, banked: bool) -> list[int]:
        """The rows of an entry about to be replaced or withdrawn; `banked`: the snapshot may have it."""
        if key in self.changed:
            return self._rows_of.pop(key, [])
        if not banked:
            return []
        rows: list[int] = []
        for number in self.snapshot.numbers_of_id(key):
            self.gone[number] = True
            owner = self.snapshot.tables.row_entry
            rows += range(*np.searchsorted(owner, [number, number + 1]).tolist())
        return rows

    def get(self, key: str) -> BankEntry | None:
        """The entry of this id, if it is banked now."""
        if key in self.changed:
            place = self.changed[key]
            return None if place is None else self._from_journal(place)
        numbers = self.snapshot.numbers_of_id(key)
        return self.snapshot.entry(numbers[-1]) if numbers else None

    def _from_journal(self, place: tuple[int, int]) -> BankEntry:
        return self._read(place)[0]

    def _read(self, place: tuple[int, int]) -> tuple[BankEntry, bytes]:
        line = os.pread(self._handle, place[1] - place[0], place[0])
        change = decode_line(line)
        assert isinstance(change, Add)
        return change.entry, entry_of_line(line)

    def added(self) -> Iterator[tuple[BankEntry, bytes]]:
        """The entries that the journal holds, each with its JSON, oldest first."""
        return self.read_all(place for place in list(self.changed.values()) if place is not None)

    def read_all(self, places: Iterable[tuple[int, int]]) -> Iterator[tuple[BankEntry, bytes]]:
        """The entries whose lines stand at these places of the journal."""
        return map(self._read, places)

    def journal_bytes(self, start: int, end: int) -> bytes:
        """A part of the journal."""
        return os.pread(self._handle, end - start, start) if end > start else b""

    def entries(self, *, bad_too: bool = True) -> Iterator[BankEntry]:
        """All of them, oldest first. One that rotted meanwhile raises BadEntry, or is left out."""
        gone, added = self.gone.copy(), self.added()
        for number in np.flatnonzero(~gone):
            try:
                yield self.snapshot.entry(int(number))
            except BadEntry:
                if bad_too:
                    raise
        for entry, _ in added:
            yield entry

    def by_row(self, row: int) -> tuple[BankEntry | None, int]:
        """The entry of an index row and which of its items; None where it was withdrawn meanwhile."""
        if row >= self._base_rows:
            if row - self._base_rows >= len(self._rows):
                raise IndexFileError(CONTRADICTION)
            key, item = self._rows[row - self._base_rows]
            return self.get(key), item
        tables = self.snapshot.tables
        number = int(tables.row_entry[row])
        if len(self._cache) > _CACHED:
            self._cache.clear()
        entry = self._cache.get(number)
        if entry is None:
            entry = self._cache[number] = self.snapshot.entry(number)
        return (None if self.gone[number] else entry), int(tables.row_item[row])

    def by_digest(self, digest: str) -> Iterator[BankEntry]:
        """The active entries with this SHA-256 or MD5."""
        for number in self.snapshot.tables.entries_of_digest(digest):
            entry = self.snapshot.entry(number)
            if not self.gone[number] and digest in digests_of(entry):
                yield entry
        for key in dict.fromkeys(self._digests.get(digest, ())):
            found = self.get(key)
            if found is not None and digest in digests_of(found):
                yield found


def _written(files: Iterable[Path]) -> tuple[tuple[int, int, int] | None, ...]:
    """What tells a file from the same file changed; None for one that is not there."""
    found: list[tuple[int, int, int] | None] = []
    for path in files:
        try:
            status = path.stat()
            found.append((status.st_ino, status.st_size, status.st_mtime_ns))
        except FileNotFoundError:
            found.append(None)
    return tuple(found)


def stamp_of(folder: Path) -> tuple[int, int]:
    """What tells one manifest file from the next."""
    status = (folder / "manifest.json").stat()
    return status.st_ino, status.st_mtime_ns
