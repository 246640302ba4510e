"""A bank made at once from a stream of entries, however many: memory holds a part of them at a time.

Columns of what the tables need go to unnamed files; at the end they are sorted and written one by one.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from disrupt.matching import _kernels as kernels
from disrupt.matching._segment import SMALLEST_WITH_TABLES
from disrupt.matching._snapshot import TABLES, Manifest, complete
from disrupt.matching._stream import ArrayWriter
from disrupt.matching._tables import class_of, digests_of, items_of, key_of
from disrupt.matching.entries import BankEntry, check_entry, entry_from_json, entry_to_json
from disrupt.matching.index import KIND, HammingIndex

_PART = 20_000  # entries held in memory at a time
_ROWS = 1 << 18  # rows written at a time


class _Column:
    """Values of one type, in a file that goes away by itself."""

    def __init__(self, folder: Path, dtype: DTypeLike) -> None:
        self._dtype = np.dtype(dtype)
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # closed with the column
        self.values: list[int] = []

    def flush(self) -> None:
        np.array(self.values, self._dtype).tofile(self._file)
        self.values.clear()

    def append(self, array: NDArray[Any]) -> None:
        array.astype(self._dtype, copy=False).tofile(self._file)

    def array(self) -> NDArray[Any]:
        """All of them, mapped."""
        self._file.flush()
        if not os.fstat(self._file.fileno()).st_size:
            return np.zeros(0, self._dtype)
        return np.memmap(self._file, self._dtype, "r")

    def close(self) -> None:
        self._file.close()


class BulkLoad:
    """Entries go in by `add`, and become the first generation of a bank by `finish`."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self._folder, self._manifest = folder, manifest
        path = manifest.path(folder, "entries")
        self._out = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b")
        self._digest, self._size = hashlib.sha256(), 0
        self._lines: list[bytes] = []
        self._hashes: list[str] = []
        self._classes: dict[str, int] = {}
        self._of = {
            name: _Column(folder, dtype)
            for name, dtype in (
                *(("length", np.uint32), ("class", np.uint16), ("id", np.uint64), ("hash", np.uint64)),
                *(("row_entry", np.uint32), ("row_item", np.uint32)),
                *(("digest", np.uint64), ("digest_entry", np.uint32)),
            )
        }
        self.count = 0

    def add(self, entries: Iterable[BankEntry]) -> None:
        """Take entries in. Raises `BadEntry`."""
        of = {name: column.values for name, column in self._of.items()}
        for entry in entries:
            line = entry_to_json(check_entry(entry)).encode() + b"\n"
            self._lines.append(line)
            of["length"].append(len(line))
            of["class"].append(self._classes.setdefault(class_of(entry), len(self._classes)))
            of["id"].append(key_of(entry.id))
            for item, text in items_of(entry):
                of["row_entry"].append(self.count)
                of["row_item"].append(item)
                self._hashes.append(text)
            for digest in digests_of(entry):
                of["digest"].append(key_of(digest))
                of["digest_entry"].append(self.count)
            self.count += 1
            if len(self._lines) >= _PART:
                self._flush()

    def _flush(self) -> None:
        data = b"".join(self._lines)
        self._digest.update(data)
        self._size += self._out.write(data)
        self._lines.clear()
        self._of["hash"].append(np.frombuffer(bytes.fromhex("".join(self._hashes)), np.uint64))
        self._hashes.clear()
        for column in self._of.values():
            column.flush()

    def finish(self) -> None:
        """Write tables, index and, last, the manifest. Of entries with the same id the last one counts."""
        self._flush()
        self._out.flush()
        os.fsync(self._out.fileno())
        kept = ~self._replaced()
        rows = kept[self._of["row_entry"].array()]
        self._write_tables(kept, rows)
        self._write_index(rows)
        mtime_ns = os.fstat(self._out.fileno()).st_mtime_ns
        counts = int(kept.sum()), int(rows.sum())
        complete(self._folder, self._manifest, counts, self._size, mtime_ns, self._digest.hexdigest())

    def close(self) -> None:
        """Let go of every file."""
        self._out.close()
        for column in self._of.values():
            column.close()

    def _replaced(self) -> NDArray[np.bool_]:
        """Which entries are followed by another of the same id."""
        gone = np.zeros(self.count, np.bool_)
        keys = self._of["id"].array()
        order = np.argsort(keys, kind="stable")
        same = np.flatnonzero(keys[order[1:]] == keys[order[:-1]])
        if len(same):
            starts = self._starts()
            for place in same.tolist():  # two ids may share their key
                early, late = int(order[place]), int(order[place + 1])
                gone[early] = self._id_at(starts, early) == self._id_at(starts, late)
        return gone

    def _starts(self) -> NDArray[np.uint64]:
        lengths = self._of["length"].array()
        return np.concatenate([np.zeros(1, np.uint64), np.cumsum(lengths, dtype=np.uint64)])

    def _id_at(self, starts: NDArray[np.uint64], number: int) -> str:
        start, stop = int(starts[number]), int(starts[number + 1])
        return entry_from_json(os.pread(self._out.fileno(), stop - start, start)).id

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
            # The bytes of an entry that was replaced hang behind its neighbour's line, as `skip` leaves them.
            starts = self._starts()
            out.write("lines", np.concatenate([starts[:-1][kept], starts[-1:]]))
            del starts
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
