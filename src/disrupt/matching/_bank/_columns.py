"""Columns of numbers that are written to files as they come, for more of them than memory should hold."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Column:
    """Values of one type in a file, which goes away by itself unless it is `lasting`.

    `kept`: how many values of an earlier life of the file count; the rest of it is cut off.
    """

    def __init__(self, path: Path, dtype: DTypeLike, *, lasting: bool = False, kept: int = 0) -> None:
        self._dtype = np.dtype(dtype)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self._file: IO[bytes] = os.fdopen(os.open(path, flags, 0o600), "r+b")
        self._path = path
        if not lasting:
            path.unlink()
        size = kept * self._dtype.itemsize
        self._file.truncate(size)
        self._file.seek(size)
        self.values: list[int] = []

    def flush(self) -> None:
        np.array(self.values, self._dtype).tofile(self._file)
        self.values.clear()

    def append(self, array: NDArray[Any]) -> None:
        array.astype(self._dtype, copy=False).tofile(self._file)

    def kept(self) -> int:
        """How many values are on the disk now, and stay there."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return os.fstat(self._file.fileno()).st_size // self._dtype.itemsize

    def array(self) -> NDArray[Any]:
        """All of them, mapped."""
        self._file.flush()
        if not os.fstat(self._file.fileno()).st_size:
            return np.zeros(0, self._dtype)
        return np.memmap(self._file, self._dtype, "r")

    def close(self) -> None:
        self._file.close()

    def forget(self) -> None:
        """Take a lasting file away."""
        self._path.unlink(missing_ok=True)
