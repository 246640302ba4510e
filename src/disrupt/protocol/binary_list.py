"""The list as columns of bytes (`GET /v1/list`), for who matches by hash only: 42 bytes a hash.

A line of JSON (the head), then columns one after the other, little-endian, then the SHA-256 of all of it.
docs/api.md says the same. An entry is named by the number of its addition in the feed, as `number >> 2`; the
two lowest bits say which of its hashes this is (ROLES).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from disrupt.protocol.feed import KINDS, MINORS, ORIGINS

FORMAT = "disrupt-list/1"
ROLES = ("stored", "derived", "frame")
_MOST_HEAD = 1 << 20
_BLOCK = 1 << 20
_SUM = 32


class NotAList(ValueError):
    """What was received is not a list of this version, or was cut or altered on the way."""


@dataclass(frozen=True, slots=True)
class About:
    """What is said of every entry of one class."""

    kind: str
    category: str
    origin: str
    minors: str | None
    jurisdiction: str | None


@dataclass(frozen=True, slots=True)
class BinaryList:
    """Hashes of entries added after change `after` and still offered at change `seq`; uint8 (N, 32).

    `numbers` uint64 and `classes` uint16 (a place in `abouts`) are of each hash, `entries` uint8 (N, 16) are
    UUIDs, where they were asked for; `gone` uint64: additions up to `after` that were withdrawn since. `life`
    is told with the next question; an exchange that is older tells none.
    """

    seq: int
    after: int
    abouts: tuple[About, ...]
    gone: npt.NDArray[np.uint64]
    numbers: npt.NDArray[np.uint64]
    classes: npt.NDArray[np.uint16]
    hashes: npt.NDArray[np.uint8]
    entries: npt.NDArray[np.uint8] | None = None
    life: int | None = None

    def __len__(self) -> int:
        return len(self.numbers)


def _columns(one: BinaryList) -> Sequence[npt.NDArray[Any]]:
    told = (one.gone, one.numbers, one.classes, one.hashes)
    return told if one.entries is None else (*told, one.entries)


def write_list(one: BinaryList) -> Iterator[bytes]:
    """The bytes that go over the wire, a megabyte at a time."""
    head = {
        "format": FORMAT,
        "seq": one.seq,
        "after": one.after,
        "hashes": len(one),
        "gone": len(one.gone),
        "entries": one.entries is not None,
        **({} if one.life is None else {"life": one.life}),
        "classes": [asdict(about) for about in one.abouts],
    }
    line = json.dumps(head, separators=(",", ":")).encode() + b"\n"
    digest = hashlib.sha256(line)
    yield line
    for column in _columns(one):
        data = np.ascontiguousarray(column).view(np.uint8).reshape(-1)
        for start in range(0, len(data), _BLOCK):
            block = data[start : start + _BLOCK].tobytes()
            digest.update(block)
            yield block
    yield digest.digest()


def _whole(head: dict[str, Any], name: str) -> int:
    value = head.get(name)
    if type(value) is not int or not 0 <= value < 2**62:
        raise NotAList(f"{name} is not a number")
    return value


def _about(raw: object) -> About:
    if not isinstance(raw, dict) or raw.keys() != About.__dataclass_fields__.keys():
        raise NotAList("a class is not described")
    one = About(**raw)
    words = all(isinstance(word, str) for word in (one.category, one.jurisdiction or ""))
    if one.kind not in KINDS or one.origin not in ORIGINS or one.minors not in MINORS or not words:
        raise NotAList("a class is described in words of another version")
    return one


def read_list(data: bytes) -> BinaryList:
    """The list in these bytes, its columns not copied. Raises NotAList."""
    end = data.find(b"\n", 0, _MOST_HEAD)
    try:
        head = json.loads(data[:end]) if end > 0 else None
    except (ValueError, RecursionError):
        head = None
    if (
        not isinstance(head, dict)
        or head.get("format") != FORMAT
        or not isinstance(head.get("classes"), list)
    ):
        raise NotAList(f"this is no list of format {FORMAT}")
    count, gone, named = _whole(head, "hashes"), _whole(head, "gone"), head.get("entries") is True
    if len(data) != end + 1 + 8 * gone + (42 + 16 * named) * count + _SUM:
        raise NotAList("the list was cut: its length is not what its head says")
    if hashlib.sha256(memoryview(data)[:-_SUM]).digest() != data[-_SUM:]:
        raise NotAList("the list was altered on the way: its sum is another")
    at = end + 1

    def column(dtype: str, rows: int, width: int = 1) -> npt.NDArray[Any]:
        nonlocal at
        found = np.frombuffer(data, dtype, rows * width, at)
        at += found.nbytes
        return found if width == 1 else found.reshape(-1, width)

    abouts = tuple(map(_about, head["classes"]))
    one = BinaryList(
        _whole(head, "seq"),
        _whole(head, "after"),
        abouts,
        column("<u8", gone),
        column("<u8", count),
        column("<u2", count),
        column("u1", count, 32),
        column("u1", count, 16) if named else None,
        _whole(head, "life") if "life" in head else None,
    )
    if count and (int(one.classes.max()) >= len(abouts) or int((one.numbers & 3).max()) >= len(ROLES)):
        raise NotAList("a hash is of a class or a role that is not described")
    return one
