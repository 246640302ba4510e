"""A file of named arrays written piece by piece, for arrays that memory had better not hold whole."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from disrupt.matching._bank._container import MAGIC, PAGE, PREFIX, VERSION, fsync_directory


class ArrayWriter:
    """Writes what `_container.write_arrays` writes; each array's pieces in order, arrays in any.

    On leaving without an error every array must be whole; the file then replaces `path` in one instant.
    """

    def __init__(
        self,
        path: Path,
        kind: str,
        meta: Mapping[str, Any],
        layout: Mapping[str, tuple[DTypeLike, tuple[int, ...]]],
    ) -> None:
        self._path = path
        self._directory: dict[str, Any] = {"kind": kind, "meta": dict(meta), "arrays": {}}
        for name, (dtype, shape) in layout.items():
            plain = np.dtype(dtype).newbyteorder("<")
            self._directory["arrays"][name] = {
                "dtype": plain.str,
                "shape": list(shape),
                "offset": 10**15,  # as wide as any real offset, and the checksum as any real one
                "sha256": "0" * 64 if all(shape) else "",
            }
        offset = -(-(PREFIX.size + len(json.dumps(self._directory))) // PAGE) * PAGE
        self._at: dict[str, int] = {}
        self._end: dict[str, int] = {}
        self._sums = {name: hashlib.sha256() for name in layout}
        for name, (dtype, shape) in layout.items():
            size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
            self._directory["arrays"][name]["offset"] = offset
            self._at[name], self._end[name] = offset, offset + size
            offset = -(-(offset + size) // PAGE) * PAGE
        self._size = offset
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        self._handle = os.open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def write(self, name: str, piece: NDArray[Any]) -> None:
        """The next piece of an array."""
        view = memoryview(np.ascontiguousarray(piece).reshape(-1).view(np.uint8).data)
        self._sums[name].update(view)
        while view:
            written = os.pwrite(self._handle, view, self._at[name])
            self._at[name] += written
            view = view[written:]

    def __enter__(self) -> ArrayWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                assert self._at == self._end, "an array is not whole"
                self._finish()
        finally:
            os.close(self._handle)
            self._temporary.unlink(missing_ok=True)

    def _finish(self) -> None:
        for name, told in self._directory["arrays"].items():
            if told["sha256"]:
                told["sha256"] = self._sums[name].hexdigest()
        text = json.dumps(self._directory).encode()
        head = PREFIX.pack(MAGIC, VERSION, len(text), hashlib.sha256(text).digest()) + text
        os.pwrite(self._handle, head, 0)
        os.ftruncate(self._handle, self._size)
        os.fsync(self._handle)
        self._temporary.replace(self._path)
        fsync_directory(self._path.parent)
