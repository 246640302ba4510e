"""A file of named arrays: versioned, checksummed, written atomically, memory-mapped.

Layout: 8 bytes of magic, then little-endian uint32 version and uint32 directory length, the SHA-256 of the
directory, the directory (JSON: kind, meta, and for each array its dtype, shape, offset and SHA-256), then the
arrays, each on a 4096-byte boundary.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from disrupt.matching.errors import IndexFileError

MAGIC = b"DISRUPT\x1a"
VERSION = 1
PREFIX = struct.Struct("<8sII32s")
PAGE = 4096
_CHUNK = 1 << 24
_REBUILD = "fetch or build it again"
Array = NDArray[Any]


def fsync_directory(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flat(array: Array) -> memoryview:
    return memoryview(array.reshape(-1).view(np.uint8).data)


def write_arrays(path: Path, kind: str, meta: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
    """Write `arrays` to `path`: the old file or the new one is there at any instant, never half."""
    plain = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    directory: dict[str, Any] = {"kind": kind, "meta": dict(meta), "arrays": {}}
    for name, array in plain.items():
        directory["arrays"][name] = {
            "dtype": array.dtype.newbyteorder("<").str,
            "shape": list(array.shape),
            "offset": 10**15,  # as wide as any real offset, so that the directory's length is known
            "sha256": hashlib.sha256(_flat(array)).hexdigest() if array.size else "",
        }
    room = PREFIX.size + len(json.dumps(directory))
    offset = -(-room // PAGE) * PAGE
    for name, array in plain.items():
        directory["arrays"][name]["offset"] = offset
        offset = -(-(offset + array.nbytes) // PAGE) * PAGE
    text = json.dumps(directory).encode()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        # Hashes are as secret as the bank they are of: nobody else on the machine may read them.
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(PREFIX.pack(MAGIC, VERSION, len(text), hashlib.sha256(text).digest()) + text)
            for name, array in plain.items():
                out.seek(directory["arrays"][name]["offset"])
                if array.size:
                    out.write(_flat(array))
            out.truncate(offset)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    fsync_directory(path.parent)


@dataclass(frozen=True)
class ArrayFile:
    """An open file of arrays; the arrays are views of the mapped file (private: writing changes no file)."""

    path: Path
    meta: Mapping[str, Any]
    arrays: Mapping[str, Array]
    sums: Mapping[str, str]

    def verify(self) -> None:
        """Read everything and compare the checksums; raises `IndexFileError`."""
        for name, array in self.arrays.items():
            digest = hashlib.sha256()
            data = _flat(array) if array.size else memoryview(b"")
            for start in range(0, len(data), _CHUNK):
                digest.update(data[start : start + _CHUNK])
            if array.size and digest.hexdigest() != self.sums[name]:
                raise IndexFileError(f"{self.path}: part {name!r} was altered (checksum): {_REBUILD}")


def open_arrays(path: Path, kind: str) -> ArrayFile:
    """Map the file `path`; checks its frame, not its content (`ArrayFile.verify` does).

    Raises `IndexFileError` (truncated, altered directory, another kind of file, newer version) or `OSError`.
    """
    with path.open("rb") as source:
        prefix = source.read(PREFIX.size)
        if not MAGIC.startswith(prefix[: len(MAGIC)]):
            raise IndexFileError(f"{path}: not a file of disrupt: check the path")
        if len(prefix) < PREFIX.size:
            raise IndexFileError(f"{path}: truncated in its header: {_REBUILD}")
        _, version, length, checksum = PREFIX.unpack(prefix)
        if version > VERSION:
            raise IndexFileError(
                f"{path}: format {version} is newer than this program reads ({VERSION}): upgrade disrupt"
            )
        text = source.read(length)
        if len(text) < length:
            raise IndexFileError(f"{path}: truncated in its directory: {_REBUILD}")
        if hashlib.sha256(text).digest() != checksum:
            raise IndexFileError(f"{path}: its directory was altered (checksum): {_REBUILD}")
        directory = json.loads(text)
        if directory["kind"] != kind:
            raise IndexFileError(f"{path}: holds {directory['kind']!r}, not {kind!r}: check the path")
        size = os.fstat(source.fileno()).st_size
        mapped = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_COPY)
    arrays: dict[str, Array] = {}
    for name, entry in directory["arrays"].items():
        dtype, shape, offset = np.dtype(entry["dtype"]), tuple(entry["shape"]), entry["offset"]
        count = int(np.prod(shape, dtype=np.int64))
        if offset + count * dtype.itemsize > size:
            raise IndexFileError(f"{path}: truncated in part {name!r}: {_REBUILD}")
        arrays[name] = np.frombuffer(mapped, dtype, count, offset).reshape(shape)
    sums = {name: entry["sha256"] for name, entry in directory["arrays"].items()}
    return ArrayFile(path, directory["meta"], arrays, sums)
