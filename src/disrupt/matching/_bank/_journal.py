"""The journal of a bank: changes since its snapshot, one checksummed JSON line each, in committed batches."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from disrupt.matching.entries import BankEntry, entry_from_dict, entry_to_json
from disrupt.matching.errors import BadEntry, BankFileError

_ADD = '{"add": '


@dataclass(frozen=True, slots=True)
class Add:
    """Bank this entry (in place of one of the same id, if any)."""

    entry: BankEntry


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take this id out; an unknown one is fine."""

    id: str


Change = Add | Withdraw


@dataclass(frozen=True, slots=True)
class Commit:
    """The end of a batch: everything before it counts."""

    cursor: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes that count together, with where the line of each begins and stops; `end` follows the commit."""

    changes: tuple[tuple[Change, int, int], ...]
    commit: Commit
    end: int
    problems: tuple[BankFileError, ...]


def _line(body: str) -> bytes:
    data = body.encode()
    return b"%08x %s\n" % (zlib.crc32(data), data)


def encode_batch(changes: Sequence[Change], cursor: str | None, source: str | None) -> list[bytes]:
    """The lines of one batch, its commit last."""
    lines = [
        _line(_ADD + entry_to_json(change.entry) + "}")
        if isinstance(change, Add)
        else _line(json.dumps({"withdraw": change.id}, ensure_ascii=False))
        for change in changes
    ]
    return [*lines, _line(json.dumps({"commit": len(changes), "cursor": cursor, "source": source}))]


def entry_of_line(line: bytes) -> bytes:
    """The entry's JSON within the line of an `Add`."""
    return line[line.index(b" ") + 1 + len(_ADD) : -1]


def decode_line(line: bytes) -> Change | Commit:
    """One line without its end; raises `BadEntry`. The entry was checked before it was written."""
    checksum, _, data = line.partition(b" ")
    if checksum != b"%08x" % zlib.crc32(data):
        raise BadEntry("its checksum does not match its content")
    body: Any = json.loads(data)
    if "add" in body:
        return Add(entry_from_dict(body["add"]))
    if "withdraw" in body:
        return Withdraw(body["withdraw"])
    return Commit(body["cursor"], body["source"])


def read_batches(path: Path, start: int, line: int) -> Iterator[tuple[Batch, int]]:
    """Committed batches from byte `start`, the line numbered `line`, on; with each, the next line's number.

    What follows the last commit (a writer was stopped in the middle) is not yielded: a writer that is stopped
    leaves good lines and at most a part of one. A whole line that cannot be read is damage, and is a problem
    of its batch, whose other lines count; also of the last one, whose commit it may have been.
    """
    with path.open("rb") as source:
        source.seek(start)
        data = source.read()
    changes: list[tuple[Change, int, int]] = []
    problems: list[BankFileError] = []
    offset = 0
    damage: Batch | None = None  # what is read so far, if it ends with a damaged line
    while (stop := data.find(b"\n", offset)) >= 0:
        try:
            change = decode_line(data[offset:stop])
        except (BadEntry, ValueError, KeyError, TypeError) as error:
            problems.append(BankFileError(path, line, str(error)))
            unsure = Commit(None, None)
            damage = Batch(tuple(changes), unsure, start + stop + 1, tuple(problems))
            next_line = line + 1
        else:
            if isinstance(change, Commit):
                yield Batch(tuple(changes), change, start + stop + 1, tuple(problems)), line + 1
                changes, problems, damage = [], [], None
            else:
                changes.append((change, start + offset, start + stop))
        offset, line = stop + 1, line + 1
    if damage is not None:
        yield damage, next_line


def spoiled_end(path: Path, start: int, line: int) -> tuple[BankFileError, ...]:
    """Whole lines after the last commit that cannot be read: a stopped writer leaves none, damage does.

    A writer that was stopped leaves whole lines that are right, and half a line.
    """
    with path.open("rb") as source:
        source.seek(start)
        lines = source.read().split(b"\n")[:-1]
    problems = []
    for number, one in enumerate(lines, line):
        try:
            decode_line(one)
        except (BadEntry, ValueError, KeyError, TypeError) as error:
            problems.append(BankFileError(path, number, str(error)))
    return tuple(problems)


def append(path: Path, committed: int, data: bytes) -> None:
    """Write `data` after the last commit, durably; a torn end left by an earlier writer is cut off."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        os.ftruncate(handle, committed)
        os.lseek(handle, committed, os.SEEK_SET)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(handle, view) :]
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, committed)
            raise
    finally:
        os.close(handle)
