"""One generation of a bank on disk: its entries (JSON Lines), tables and index, named by a manifest."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from disrupt.matching._bank._container import fsync_directory, open_arrays, write_arrays
from disrupt.matching._bank._tables import TableBuilder, Tables
from disrupt.matching.entries import BankEntry, entry_from_json, entry_to_json, sealed
from disrupt.matching.errors import (
    CONTRADICTION,
    BadEntry,
    BankFileError,
    BankMissing,
    BankTooNew,
    IndexFileError,
)
from disrupt.matching.index import HammingIndex

FORMAT = 2
MANIFEST = "manifest.json"
TABLES = "bank-tables"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which files make up the bank now. `size`, `mtime_ns` and `sha256` are of the entries' file.

    `tables_ns` and `index_ns` are when those files were written (0 in format 1, which did not say): a file of
    another time is compared with its checksums before it is believed.
    """

    generation: int
    source: str
    cursor: str | None
    entries: int
    rows: int
    size: int
    mtime_ns: int
    sha256: str
    format: int = FORMAT
    tables_ns: int = 0
    index_ns: int = 0

    def path(self, folder: Path, part: str) -> Path:
        """The file of this generation for `part`: entries, journal, index or tables."""
        suffix = ".jsonl" if part in ("entries", "journal") else ".bin"
        return folder / f"{part}-{self.generation:06d}{suffix}"


def _seal(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Raises `BankMissing`, `BankFileError` (altered, or of a newer version)."""
    path = folder / MANIFEST
    try:
        body = json.loads(path.read_bytes())
        checksum = body.pop("checksum")
        if body["format"] > FORMAT:
            raise BankTooNew(path, 0, f"format {body['format']} is newer than this program: upgrade disrupt")
        if checksum != _seal(body):
            raise BankFileError(path, 0, "it was altered: its checksum does not match")
        return Manifest(**body)
    except FileNotFoundError as error:
        if has_entries(folder):
            raise BankFileError(path, 0, "it is missing") from error
        raise BankMissing(
            f"{folder}: no bank here; make one with `disrupt sync` or `disrupt bank add`"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BankFileError(path, 0, "it is not a bank's manifest") from error


def has_entries(folder: Path) -> bool:
    """Whether there is anything to lose: a file of entries, or of changes, that is not empty."""
    files = (path for part in ("entries", "journal") for path in folder.glob(f"{part}-*.jsonl"))
    return any(path.stat().st_size for path in files)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Atomically: this is the instant at which a new generation begins."""
    body = asdict(manifest)
    temporary = folder / f".{MANIFEST}.tmp"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump({**body, "checksum": _seal(body)}, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(folder / MANIFEST)
    fsync_directory(folder)


@dataclass(frozen=True)
class Snapshot:
    """The entries of one generation, read lazily from the mapped file."""

    data: mmap.mmap | bytes
    tables: Tables
    class_names: tuple[str, ...]
    index: HammingIndex
    problems: tuple[BankFileError, ...] = ()

    def __len__(self) -> int:
        return len(self.tables.classes)

    def line(self, number: int) -> bytes:
        if not 0 <= number < len(self):
            raise IndexFileError(CONTRADICTION)
        start, stop = self.tables.lines[number], self.tables.lines[number + 1]
        return self.data[int(start) : int(stop)].partition(b"\n")[0]

    def entry(self, number: int) -> BankEntry:
        return entry_from_json(self.line(number))

    def numbers_of_id(self, entry_id: str) -> list[int]:
        return [n for n in self.tables.entries_of_id(entry_id) if self.entry(n).id == entry_id]


def _written_ns(path: Path) -> int:
    return path.stat().st_mtime_ns


def _mapped(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as source:
        if os.fstat(source.fileno()).st_size == 0:
            return b""
        return mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)


def sha256_of(data: mmap.mmap | bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def scan(path: Path, data: mmap.mmap | bytes, problems: list[BankFileError]) -> Snapshot:
    """Read an entries file line by line, as after a change by hand; appends to `problems`."""
    builder = TableBuilder([])
    offset = line = 0
    while offset < len(data):
        stop = data.find(b"\n", offset)
        stop = len(data) if stop < 0 else stop
        line += 1
        text = bytes(data[offset:stop])
        try:
            if text.strip():
                builder.add(entry_from_json(text), stop + 1 - offset)
            else:
                builder.skip(stop + 1 - offset)
        except BadEntry as error:
            builder.skip(stop + 1 - offset)
            problems.append(BankFileError(path, line, str(error)))
        offset = stop + 1
    tables, hashes = builder.finish()
    return Snapshot(
        data, tables, tuple(builder.class_names), HammingIndex.from_hashes(hashes), tuple(problems)
    )


def open_snapshot(folder: Path, manifest: Manifest) -> Snapshot:
    """Map the files of `manifest`; where they are not as written, read the entries again and say so."""
    path = manifest.path(folder, "entries")
    data = _mapped(path)
    status = path.stat()
    as_written = len(data) == manifest.size
    if as_written and status.st_mtime_ns != manifest.mtime_ns:
        as_written = sha256_of(data) == manifest.sha256
    problems: list[BankFileError] = []
    if as_written:
        try:
            file = open_arrays(manifest.path(folder, "tables"), TABLES)
            index = HammingIndex.load(manifest.path(folder, "index"))
            if _written_ns(manifest.path(folder, "tables")) != manifest.tables_ns:
                file.verify()
            if _written_ns(manifest.path(folder, "index")) != manifest.index_ns:
                index.verify()
            tables = Tables.from_arrays(file.arrays)
            if len(index) == len(tables.row_entry) and len(tables.classes) == manifest.entries:
                return Snapshot(data, tables, tuple(file.meta["classes"]), index)
            problems.append(BankFileError(manifest.path(folder, "index"), 0, "it is of another bank"))
        except IndexFileError as error:
            problems.append(BankFileError(manifest.path(folder, "index"), 0, str(error)))
    else:
        problems.append(BankFileError(path, 0, "it was changed since it was written"))
    return scan(path, data, problems)


def write_files(
    folder: Path,
    manifest: Manifest,
    pieces: Iterable[bytes | memoryview],
    tables: Tables,
    class_names: Iterable[str],
    hashes: NDArray[np.uint8],
) -> Manifest:
    """Write a generation's files but for its journal and the manifest, which is returned completed."""
    path = manifest.path(folder, "entries")
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        for piece in pieces:
            digest.update(piece)
            size += out.write(piece)
        out.flush()
        os.fsync(out.fileno())
        mtime_ns = os.fstat(out.fileno()).st_mtime_ns
    write_arrays(manifest.path(folder, "tables"), TABLES, {"classes": list(class_names)}, tables.arrays())
    HammingIndex.from_hashes(hashes).save(manifest.path(folder, "index"))
    counts = len(tables.classes), len(tables.row_entry)
    return completed(folder, manifest, counts, size, mtime_ns, digest.hexdigest())


def completed(
    folder: Path, manifest: Manifest, counts: tuple[int, int], size: int, mtime_ns: int, sha256: str
) -> Manifest:
    """The manifest of a generation whose files are there. `counts`: entries and rows; the rest is of the
    entries' file.
    """
    return Manifest(
        generation=manifest.generation,
        source=manifest.source,
        cursor=manifest.cursor,
        entries=counts[0],
        rows=counts[1],
        size=size,
        mtime_ns=mtime_ns,
        sha256=sha256,
        tables_ns=_written_ns(manifest.path(folder, "tables")),
        index_ns=_written_ns(manifest.path(folder, "index")),
    )


def write_journal(folder: Path, manifest: Manifest, data: bytes) -> None:
    """Begin the generation whose files are there: its journal with these batches and, last, the manifest."""
    journal = manifest.path(folder, "journal")
    with os.fdopen(os.open(journal, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        if data:
            os.fsync(out.fileno())
    write_manifest(folder, manifest)


def encode_entries(
    entries: Iterable[BankEntry], class_names: list[str]
) -> tuple[bytes, Tables, NDArray[np.uint8]]:
    """The lines of some entries, with their tables and hashes."""
    return encode_lines(((entry, entry_to_json(entry).encode()) for entry in entries), class_names)


def encode_lines(
    entries: Iterable[tuple[BankEntry, bytes]], class_names: list[str]
) -> tuple[bytes, Tables, NDArray[np.uint8]]:
    """The same of entries whose JSON is there already."""
    builder = TableBuilder(class_names)
    lines = []
    for entry, line in entries:
        lines.append(sealed(line) + b"\n")
        builder.add(entry, len(lines[-1]))
    tables, hashes = builder.finish()
    return b"".join(lines), tables, hashes
