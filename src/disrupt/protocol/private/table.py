"""The list as tags: what an evaluated band is compared with. Who has not had a band evaluated reads nothing.

A line of JSON, then rows of 26 bytes in the order of their tags, so that their order says nothing of which
belong together: the first 8 bytes of a band's output, then the entry's id and the place of what is told of
it, covered by bytes that only this output gives.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from disrupt.protocol.binary_list import About

FORMAT = "disrupt-private/1"
TAG = 8
_ID, _PLACE = 16, 2
_ROW = np.dtype([("tag", ">u8"), ("covered", "u1", _ID + _PLACE)])
_OUTPUT = 64


class NotATable(ValueError):
    """The bytes are no table of tags."""


@dataclass(frozen=True, slots=True)
class Row:
    """One band of one hash: its output (64 bytes), the entry's id, the place of what is told of it."""

    output: bytes
    entry: bytes
    about: int


def _cover(output: bytes, number: int) -> bytes:
    """For the row of this number among those of one band: never the same bytes twice."""
    return hashlib.blake2b(number.to_bytes(4, "big"), key=output[TAG:], digest_size=_ID + _PLACE).digest()


def write_table(seq: int, key: str, abouts: Sequence[About], rows: Iterable[Row]) -> bytes:
    """`key` is the public key (hexadecimal) of whoever evaluates."""
    by_output: dict[bytes, list[bytes]] = {}
    for row in rows:
        by_output.setdefault(row.output, []).append(row.entry + row.about.to_bytes(_PLACE, "big"))
    parts = []
    for output, told in sorted(by_output.items()):
        for number, one in enumerate(sorted(set(told))):
            covered = bytes(a ^ b for a, b in zip(one, _cover(output, number), strict=True))
            parts.append(output[:TAG] + covered)
    named = [[one.kind, one.category, one.origin, one.minors, one.jurisdiction] for one in abouts]
    head = {"format": FORMAT, "seq": seq, "key": key, "rows": len(parts), "abouts": named}
    return json.dumps(head, separators=(",", ":")).encode() + b"\n" + b"".join(parts)


@dataclass(frozen=True, slots=True)
class Told:
    """An entry that agrees with what was asked in a band."""

    entry: str
    about: About


class Table:
    """The tags as a partner holds them."""

    def __init__(self, body: bytes) -> None:
        """Raises NotATable."""
        line, _, rest = body.partition(b"\n")
        try:
            head = json.loads(line)
            if head["format"] != FORMAT or len(rest) != int(head["rows"]) * _ROW.itemsize:
                raise NotATable("not a table of tags, or cut short")
            self.seq, self.key = int(head["seq"]), str(head["key"])
            self._abouts = [About(*map(_word, one)) for one in head["abouts"]]  # type: ignore[arg-type]  # five words
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise NotATable("not a table of tags, or cut short") from error
        self._rows: NDArray[np.void] = np.frombuffer(rest, _ROW)
        self._tags = self._rows["tag"].astype(np.uint64)

    def __len__(self) -> int:
        return len(self._rows)

    def told(self, output: bytes) -> Iterator[Told]:
        """The entries that have the band of this output."""
        if len(output) != _OUTPUT:
            raise NotATable("an output has 64 bytes")
        tag = np.uint64(int.from_bytes(output[:TAG], "big"))
        first, last = np.searchsorted(self._tags, [tag, tag + np.uint64(1)]) if tag + np.uint64(1) else (0, 0)
        for number, row in enumerate(self._rows["covered"][int(first) : int(last)]):
            plain = bytes(a ^ b for a, b in zip(row.tobytes(), _cover(output, number), strict=True))
            place = int.from_bytes(plain[_ID:], "big")
            if place < len(self._abouts):
                yield Told(_uuid(plain[:_ID]), self._abouts[place])


def _word(value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise NotATable("what is told of an entry is words")
    return value


def _uuid(raw: bytes) -> str:
    text = raw.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
