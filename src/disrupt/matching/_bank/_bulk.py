"""A bank made at once from a stream of entries, however many: memory holds a part of them at a time.

Columns of what the tables need go to files of their own; at the end they are sorted and written one by one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike, NDArray

from disrupt.matching._bank._columns import Column
from disrupt.matching._bank._folder import kept_pieces
from disrupt.matching._bank._pictures.columns import Made
from disrupt.matching._bank._progress import PROGRESS, Progress, read_progress, write_progress
from disrupt.matching._bank._snapshot import TABLES, Manifest, completed, write_journal
from disrupt.matching._bank._stream import ArrayWriter
from disrupt.matching._bank._tables import class_of, digests_of, items_of, key_of
from disrupt.matching._index import _kernels as kernels
from disrupt.matching._index._segment import SMALLEST_WITH_TABLES
from disrupt.matching.entries import BankEntry, check_entry, entry_to_json
from disrupt.matching.index import KIND, HammingIndex

_PART, _TOGETHER = 20_000, 1000  # entries held in memory at a time, and made ready together
_ROWS = 1 << 18  # rows written at a time
_BLOCK = 1 << 24
_WITHDRAWN = "withdrawn"  # the class of what is no entry but takes one back

_COLUMNS = {
    name: np.dtype(kind)
    for name, kind in (
        *(("length", np.uint32), ("class", np.uint16), ("id", np.uint64), ("hash", np.uint64)),
        *(("row_entry", np.uint32), ("row_item", np.uint32)),
        *(("digest", np.uint64), ("digest_entry", np.uint32)),
    )
}


class BulkLoad:
    """Entries go in by `add`, and become the first generation of a bank by `finish`.

    A `lasting` one keeps what it has as of the last `keep`, also over a kill: the next goes on with it, where
    it is for the same source.
    """

    def __init__(self, folder: Path, manifest: Manifest, *, lasting: bool = False) -> None:
        self._folder, self._manifest, self._lasting = folder, manifest, lasting
        before = read_progress(folder) if lasting else None
        if before is not None and (before.source != manifest.source or not self._is_there(before)):
            before = None
        kept: Mapping[str, int] = before.kept if before else {}
        self.cursor = before.cursor if before else None
        self.count = kept.get("length", 0)
        self._classes = {name: number for number, name in enumerate(before.classes if before else ())}
        self._text = Column(self._path("entries"), np.uint8, lasting=True, kept=kept.get("text", 0))
        self._of = {
            name: Column(self._path(name), dtype, lasting=self._lasting, kept=kept.get(name, 0))
            for name, dtype in _COLUMNS.items()
        }
        self._lines: list[bytes] = []
        self._hashes: list[str] = []

    def _is_there(self, before: Progress) -> bool:
        """Whether no file is shorter than it was."""
        try:
            sizes = {name: self._path(name).stat().st_size for name in _COLUMNS}
            whole = self._path("entries").stat().st_size >= before.kept["text"]
            return whole and all(sizes[name] >= before.kept[name] * _COLUMNS[name].itemsize for name in sizes)
        except (OSError, KeyError):
            return False

    def _path(self, name: str) -> Path:
        return self._folder / f".load-{name}.tmp"

    def add(self, entries: Iterable[BankEntry]) -> None:
        """Take entries in. Raises `BadEntry`."""
        rest = iter(entries)
        while some := [check_entry(entry) for entry in islice(rest, _TOGETHER)]:
            self.add_lines(
                [entry_to_json(entry).encode() for entry in some],
                [class_of(entry) for entry in some],
                [entry.id for entry in some],
                [items_of(entry) for entry in some],
                [digests_of(entry) for entry in some],
            )

    def add_lines(
        self,
        lines: Sequence[bytes],
        kinds: Sequence[str],
        ids: Sequence[str],
        items: Sequence[Sequence[tuple[int, str]]],
        digests: Sequence[Sequence[str]],
    ) -> None:
        """Take in entries that were checked: the JSON of each, and what `_tables` says of it."""
        of = {name: column.values for name, column in self._of.items()}
        self._lines += [line + b"\n" for line in lines]
        of["length"] += [len(line) + 1 for line in lines]
        of["class"] += [self._classes.setdefault(kind, len(self._classes)) for kind in kinds]
        of["id"] += map(key_of, ids)
        for number, some in enumerate(items, self.count):
            for item, text in some:
                of["row_entry"].append(number)
                of["row_item"].append(item)
                self._hashes.append(text)
        of["digest"] += [key_of(digest) for some in digests for digest in some]
        of["digest_entry"] += [number for number, some in enumerate(digests, self.count) for _ in some]
        self.count += len(lines)
        if len(self._lines) >= _PART:
            self._flush()

    def add_made(self, made: Made, kinds: Sequence[str], kind_of: NDArray[np.int64]) -> None:
        """Take in entries that are there as columns; `kind_of`: the place of each one's class in `kinds`."""
        self._flush()
        numbers = [self._classes.setdefault(kind, len(self._classes)) for kind in kinds]
        self._text.append(made.text)
        for name, array in (
            *(("length", made.lengths), ("class", np.array(numbers)[kind_of]), ("id", made.ids)),
            *(("row_entry", made.row_entries + np.uint32(self.count)), ("row_item", made.row_items)),
            *(("hash", made.hashes.reshape(-1).view(np.uint64)), ("digest", made.digests)),
            ("digest_entry", made.digest_entries + np.uint32(self.count)),
        ):
            self._of[name].append(array)
        self.count += len(made.lengths)

    def withdraw(self, entry_id: str) -> None:
        """Let go of an entry of this id that came before, if any did."""
        self.add_lines([json.dumps({"id": entry_id}).encode()], [_WITHDRAWN], [entry_id], [()], [()])

    def _flush(self) -> None:
        self._text.append(np.frombuffer(b"".join(self._lines), np.uint8))
        self._lines.clear()
        self._of["hash"].append(np.frombuffer(bytes.fromhex("".join(self._hashes)), np.uint64))
        self._hashes.clear()
        for column in self._of.values():
            column.flush()

    def keep(self, cursor: str) -> None:
        """From now on what was added so far lasts, with this cursor."""
        self._flush()
        kept = {name: column.kept() for name, column in (("text", self._text), *self._of.items())}
        write_progress(self._folder, Progress(self._manifest.source, cursor, list(self._classes), kept))
        self.cursor = cursor

    def finish(self, cursor: str | None = None) -> tuple[int, int]:
        """Write tables, index and, last, the manifest. Of entries with the same id the last one counts.

        Returns how many entries there are, and how many had been withdrawn.
        """
        self._flush()
        if cursor is not None:
            self._manifest = replace(self._manifest, cursor=cursor)
        kept, withdrawn = self._kept()
        rows = kept[self._of["row_entry"].array()]
        path = self._manifest.path(self._folder, "entries")
        size, sha256 = self._write_entries(kept)
        self._write_tables(kept, rows)
        self._write_index(rows)
        self._path("entries").replace(path)
        counts = int(kept.sum()), int(rows.sum())
        done = completed(self._folder, self._manifest, counts, size, path.stat().st_mtime_ns, sha256)
        write_journal(self._folder, done, b"")
        if self._lasting:
            self.forget()
        return counts[0], withdrawn

    def forget(self) -> None:
        """Leave nothing that another could go on with."""
        (self._folder / PROGRESS).unlink(missing_ok=True)
        for column in (self._text, *self._of.values()):
            column.forget()

    def close(self) -> None:
        """Let go of every file."""
        if not self._lasting:
            self._text.forget()
        for column in (self._text, *self._of.values()):
            column.close()

    def _kept(self) -> tuple[NDArray[np.bool_], int]:
        """Which entries stay: not followed by another of the same id, nor withdrawn; and how many were."""
        gone, withdrawn = np.zeros(self.count, np.bool_), 0
        number = self._classes.get(_WITHDRAWN)
        taken = np.zeros(0, np.bool_) if number is None else self._of["class"].array() == number
        keys = self._of["id"].array()
        order = np.argsort(keys, kind="stable")
        same = np.flatnonzero(keys[order[1:]] == keys[order[:-1]])
        if len(same):
            starts = self._starts()
            for place in same.tolist():  # two ids may share their key
                early, late = int(order[place]), int(order[place + 1])
                gone[early] = self._id_at(starts, early) == self._id_at(starts, late)
                if len(taken) and gone[early]:
                    withdrawn += bool(taken[late] and not taken[early])
        return (~(gone | taken) if len(taken) else ~gone), withdrawn

    def _starts(self) -> NDArray[np.uint64]:
        lengths = self._of["length"].array()
        return np.concatenate([np.zeros(1, np.uint64), np.cumsum(lengths, dtype=np.uint64)])

    def _id_at(self, starts: NDArray[np.uint64], number: int) -> str:
        text = self._text.array()[int(starts[number]) : int(starts[number + 1])]
        return str(json.loads(text.tobytes())["id"])

    def _write_entries(self, kept: NDArray[np.bool_]) -> tuple[int, str]:
        """The lines of what stays, on the disk; their size and SHA-256."""
        path, digest, size = self._path("entries"), hashlib.sha256(), 0
        data = memoryview(self._text.array().data)
        if kept.all():
            for start in range(0, len(data), _BLOCK):
                digest.update(data[start : start + _BLOCK])
            return self._text.kept(), digest.hexdigest()
        # What was withdrawn or replaced must not come back from the file, should the tables be lost.
        beside = self._path("rewritten")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            for piece in kept_pieces(data, self._starts(), ~kept):
                digest.update(piece)
                size += out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
        return size, digest.hexdigest()

    def _write_tables(self, kept: NDArray[np.bool_], rows: NDArray[np.bool_]) -> None:
        renumbered = (np.cumsum(kept) - 1).astype(np.uint32)
        digests = kept[self._of["digest_entry"].array()]
        entries, row_count, digest_count = int(kept.sum()), int(rows.sum()), int(digests.sum())
        layout: dict[str, tuple[DTypeLike, tuple[int, ...]]] = {
            "lines": (np.uint64, (entries + 1,)),
            "classes": (np.uint16, (entries,)),
            "row_entry": (np.uint32, (row_count,)),
            "row_item": (np.uint32, (row_count,)),
            "id_key": (np.uint64, (entries,)),
            "id_entry": (np.uint32, (entries,)),
            "digest_key": (np.uint64, (digest_count,)),
            "digest_entry": (np.uint32, (digest_count,)),
        }
        path = self._manifest.path(self._folder, "tables")
        with ArrayWriter(path, TABLES, {"classes": list(self._classes)}, layout) as out:
            lengths = np.cumsum(self._of["length"].array()[kept], dtype=np.uint64)
            out.write("lines", np.concatenate([np.zeros(1, np.uint64), lengths]))
            del lengths
            out.write("classes", self._of["class"].array()[kept])
            out.write("row_entry", renumbered[self._of["row_entry"].array()[rows]])
            out.write("row_item", self._of["row_item"].array()[rows])
            for name, keys, owners in (
                ("id", self._of["id"].array()[kept], np.arange(entries, dtype=np.uint32)),
                (
                    "digest",
                    self._of["digest"].array()[digests],
                    renumbered[self._of["digest_entry"].array()[digests]],
                ),
            ):
                order = np.argsort(keys, kind="stable")
                out.write(f"{name}_key", keys[order])
                out.write(f"{name}_entry", owners[order])
                del order

    def _write_index(self, rows: NDArray[np.bool_]) -> None:
        path, hashes = self._manifest.path(self._folder, "index"), self._of["hash"].array().reshape(-1, 4)
        if not rows.all():
            hashes = hashes[rows]
        count = len(hashes)
        if count < SMALLEST_WITH_TABLES:
            HammingIndex.from_hashes(np.array(hashes).view(np.uint8).reshape(-1, 32)).save(path)
            return
        stride = kernels.lane_stride(count)
        layout: dict[str, tuple[DTypeLike, tuple[int, ...]]] = {
            "hashes": (np.uint64, (count, 4)),
            "ids": (np.uint64, (count,)),
            "offsets": (np.uint32, (kernels.WORDS * kernels.STRIDE,)),
            "nexts": (np.uint16, (kernels.WORDS * stride,)),
            "positions": (np.uint32, (kernels.WORDS * count,)),
        }
        meta = {"words": kernels.WORDS, "bits": 256, "next_id": count}
        with ArrayWriter(path, KIND, meta, layout) as out:
            words = np.array(hashes)  # the one copy in memory: tables are filled at random
            for start in range(0, count, _ROWS):
                out.write("hashes", words[start : start + _ROWS])
                out.write("ids", np.arange(start, min(count, start + _ROWS), dtype=np.uint64))
            offsets = np.empty(kernels.STRIDE, np.uint32)
            nexts, positions = np.zeros(stride, np.uint16), np.empty(count, np.uint32)
            for part in range(kernels.WORDS):
                nexts[:] = 0
                kernels.fill_table(words.view(np.uint16), part, offsets, nexts, positions)
                out.write("offsets", offsets)
                out.write("nexts", nexts)
                out.write("positions", positions)
