"""Fingerprints of a catalogue, kept so that a new entry is compared with it and no file is read again.

A folder of `prints.bin`, records of 40 bytes in the order of the results' rows: a PDQ, and the number of its
row; and of `known.bin`, which entries of the bank the catalogue was compared with.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from disrupt.matching._bank._tables import key_of
from disrupt.matching._index import _kernels as kernels
from disrupt.matching.store import Bank
from disrupt.partner.scan.results import CannotGoOn

RECORD = np.dtype([("hash", np.uint64, 4), ("row", np.uint64)])
_CHUNK = 1 << 20  # records compared at a time
_ALIVE = np.zeros(0, np.uint8)


class Prints:
    """The folder, open for a scan whose results have `rows` rows so far: what is beyond them is cut off."""

    def __init__(self, folder: Path, rows: int, banks: Sequence[Bank]) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._handle = os.open(folder / "prints.bin", os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(self._handle, _records_before(folder / "prints.bin", rows) * RECORD.itemsize)
        os.lseek(self._handle, 0, os.SEEK_END)
        if rows == 0:  # what comes into the bank from now on may have been missed by the first files
            note_known(folder, banks)

    def write(self, row: int, hashes: NDArray[np.uint8]) -> None:
        """The hashes, uint8 (N, 32), of the file whose row is written next."""
        records = np.empty(len(hashes), RECORD)
        records["hash"] = np.ascontiguousarray(hashes).view(np.uint64)
        records["row"] = row
        view = memoryview(records.tobytes())
        while view:
            view = view[os.write(self._handle, view) :]

    def close(self) -> None:
        os.fsync(self._handle)
        os.close(self._handle)


def _records_before(path: Path, rows: int) -> int:
    """How many whole records are of rows under `rows`; they are in order."""
    whole = path.stat().st_size // RECORD.itemsize
    if not whole:
        return 0
    records = np.memmap(path, RECORD, "r", shape=(whole,))
    return int(np.searchsorted(records["row"], np.uint64(rows), "left"))


def keys_of(banks: Sequence[Bank]) -> NDArray[np.uint64]:
    """What stands for each entry that is banked, sorted."""
    keys = np.fromiter((key_of(entry.id) for bank in banks for entry in bank.entries()), np.uint64)
    return np.unique(keys)


def note_known(folder: Path, banks: Sequence[Bank]) -> None:
    """From now on these entries are known to the catalogue; atomically."""
    temporary = folder / ".known.tmp"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(keys_of(banks).tobytes())
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(folder / "known.bin")


def known(folder: Path) -> NDArray[np.uint64]:
    """Which entries were compared with the catalogue already. Raises CannotGoOn."""
    try:
        keys = np.frombuffer((folder / "known.bin").read_bytes(), np.uint64)
    except FileNotFoundError:
        return np.zeros(0, np.uint64)
    except ValueError as error:
        raise CannotGoOn(f"{folder}: known.bin is damaged: scan anew") from error
    if (keys[1:] < keys[:-1]).any():
        raise CannotGoOn(f"{folder}: known.bin is damaged: scan anew")
    return keys


def compare(
    folder: Path, queries: NDArray[np.uint8], radius: int
) -> Iterator[tuple[int, int, int, NDArray[np.uint8]]]:
    """Every print within `radius` of a query, uint8 (Q, 32): query, row, distance and the print."""
    path = folder / "prints.bin"
    count = path.stat().st_size // RECORD.itemsize
    if not count or not len(queries):
        return
    words = np.ascontiguousarray(queries).view(np.uint64)
    radii = np.full(len(words), radius, np.uint16)
    records = np.memmap(path, RECORD, "r", shape=(count,))
    for start in range(0, count, _CHUNK):
        chunk = np.array(records[start : start + _CHUNK])
        hashes = np.ascontiguousarray(chunk["hash"])
        for query, place, distance in kernels.scan(hashes, len(hashes), _ALIVE, words, radii).tolist():
            yield query, int(chunk["row"][place]), distance, hashes[place].view(np.uint8)
