"""Pictures as columns: what a page of text says of them, and what a bank writes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from disrupt.matching._bank._pictures import _made
from disrupt.matching.entries import MINIMUM_QUALITY


@dataclass(frozen=True)
class PictureColumns:
    """Pictures whose every value was checked; `data` is the text that they stand in.

    pictures, int64 (N, 6): where id, SHA-256 and MD5 begin (0: none), a number into `abouts`, the first print
    and how many. prints, int64 (P, 3): where the 64 digits begin, quality, a number into `roles`. hashes,
    uint8 (P, 32). abouts: kind, category and origin, which need no escaping in JSON.
    """

    data: NDArray[np.uint8]
    pictures: NDArray[np.int64]
    prints: NDArray[np.int64]
    hashes: NDArray[np.uint8]
    abouts: Sequence[tuple[str, str, str]]
    roles: Sequence[str]


@dataclass(frozen=True)
class Made:
    """What a bank writes of pictures, but for their classes, which follow from `abouts`."""

    text: NDArray[np.uint8]
    lengths: NDArray[np.uint32]
    ids: NDArray[np.uint64]
    digests: NDArray[np.uint64]
    digest_entries: NDArray[np.uint32]
    hashes: NDArray[np.uint8]
    row_entries: NDArray[np.uint32]
    row_items: NDArray[np.uint32]


def made_of(columns: PictureColumns, low: int, high: int, source: str) -> Made:
    """The lines and keys of the pictures from `low` to `high`, of this source (as JSON writes it)."""
    pictures = np.ascontiguousarray(columns.pictures[low:high])
    count, prints = len(pictures), int(pictures[:, 5].sum())
    pieces = [piece for about in columns.abouts for piece in _pieces(*about)]
    words, word_ends = _joined(pieces)
    roles, role_ends = _joined(columns.roles)
    end = np.frombuffer(f'"source": {source}}}\n'.encode(), np.uint8)
    longest = max(len(first) + len(second) for first, second in (_pieces(*one) for one in columns.abouts))
    room = count * (longest + len(end) + _made.LARGEST_REST) + prints * _made.LARGEST_PRINT
    text, lengths = np.empty(room, np.uint8), np.empty(count, np.uint32)
    ids, digests = np.empty(count, np.uint64), np.empty(2 * count, np.uint64)
    digest_entries = np.empty(2 * count, np.uint32)
    row_prints = np.empty(prints, np.int64)
    row_entries, row_items = np.empty(prints, np.uint32), np.empty(prints, np.uint32)
    size, found, rows = _made.make(
        columns.data, pictures, columns.prints, roles, role_ends, words, word_ends, end, MINIMUM_QUALITY,
        text, lengths, ids, digests, digest_entries, row_prints, row_entries, row_items,
    )  # fmt: skip
    hashes = columns.hashes[row_prints[:rows]]
    return Made(
        text[:size], lengths, ids, digests[:found], digest_entries[:found], hashes, row_entries[:rows],
        row_items[:rows],
    )  # fmt: skip


def _pieces(kind: str, category: str, origin: str) -> tuple[str, str]:
    """The line of an entry before its id, and from there to its SHA-256."""
    words = f'"kind": "{kind}", "category": "{category}", "status": "active", "origin": "{origin}"'
    return '{"id": "', f'", {words}, "sha256": "'


def _joined(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The texts behind one another, and where each begins and the last one ends."""
    ends = np.array([0, *accumulate(map(len, texts))], np.int64)
    return np.frombuffer("".join(texts).encode() or b" ", np.uint8), ends
