"""The file of results, which is its own record of what was done: a row a file, never two, never half."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from disrupt.errors import DisruptError

_SYNC_SECONDS = 5.0
_BLOCK = 1 << 20


class CannotGoOn(DisruptError):
    """The file of results is of another scan, in use, or no such file."""


def key_of(path: str) -> int:
    """64 bits that stand for a path: among 100 million, the odds that any two share them are 1 in 3,700."""
    return int.from_bytes(hashlib.blake2b(os.fsencode(path), digest_size=8).digest(), "little")


class Results:
    """Rows that are there stay; one that a kill cut off is removed, and its file is done anew."""

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        self.path = path
        self._settings_path = path.with_name(path.name + ".scan")
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            self._lock()
            self._agree(settings)
            self.rows, keys, end = _read(path)
            self._earlier: NDArray[np.uint64] = np.sort(keys)
        except BaseException:
            os.close(self._handle)
            raise
        self._now: set[int] = set()
        os.ftruncate(self._handle, end)
        os.lseek(self._handle, end, os.SEEK_SET)
        self._synced = time.monotonic()

    def _lock(self) -> None:
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotGoOn(f"{self.path}: another scan is writing to it") from error

    def _agree(self, settings: dict[str, Any]) -> None:
        """A scan goes on as it began."""
        if os.fstat(self._handle).st_size == 0:
            temporary = self._settings_path.with_name(f".{self._settings_path.name}.tmp")
            temporary.write_text(json.dumps(settings))
            temporary.replace(self._settings_path)
            return
        try:
            before = json.loads(self._settings_path.read_text())
            if not isinstance(before, dict):
                raise ValueError("not an object")
        except (OSError, ValueError, RecursionError) as error:
            raise CannotGoOn(f"{self.path}: is not of a scan: name another file for the results") from error
        if before != settings:
            changed = [name for name in settings if before.get(name) != settings[name]]
            raise CannotGoOn(
                f"{self.path}: this scan began with another {', '.join(changed) or 'version'}: go on with "
                "the same, or name another file for the results"
            )

    def has(self, path: str) -> bool:
        """Whether there is a row of this file."""
        key = key_of(path)
        if key in self._now:
            return True
        place = int(np.searchsorted(self._earlier, np.uint64(key)))
        return place < len(self._earlier) and int(self._earlier[place]) == key

    def claim(self, path: str) -> bool:
        """Whether this file is still to be done; from now on it is not."""
        if self.has(path):
            return False
        self._now.add(key_of(path))
        return True

    def write(self, row: dict[str, Any]) -> None:
        """Append a row, whole."""
        view = memoryview(json.dumps(row).encode() + b"\n")
        while view:
            view = view[os.write(self._handle, view) :]
        self.rows += 1
        if time.monotonic() - self._synced > _SYNC_SECONDS:
            os.fsync(self._handle)
            self._synced = time.monotonic()

    def __enter__(self) -> Results:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.fsync(self._handle)
        os.close(self._handle)


def rows_of(path: Path) -> Iterator[dict[str, Any]]:
    """Every whole row. Raises CannotGoOn for one that is none."""
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                return
            try:
                row = json.loads(line)
                os.fsencode(row["path"])
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                raise CannotGoOn(f"{path}: line {number}: is not a row of a scan") from error
            yield row


def _read(path: Path) -> tuple[int, NDArray[np.uint64], int]:
    """How many rows, the keys of their files, and where the last whole one ends."""
    keys = np.fromiter((key_of(row["path"]) for row in rows_of(path)), np.uint64)
    size = path.stat().st_size
    with path.open("rb") as file:
        end = size
        while end > 0:
            start = max(0, end - _BLOCK)
            file.seek(start)
            block = file.read(end - start)
            newline = block.rfind(b"\n")
            if newline >= 0:
                return len(keys), keys, start + newline + 1
            end = start
    return len(keys), keys, 0
