"""The compiled loop that makes lines, keys and rows of pictures that stand in a page of text."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from disrupt.fingerprint._jit import kernel
from disrupt.matching._bank._pictures._blake2b import key_at

A = NDArray[Any]

LARGEST_PRINT = len(', {"hex": "", "quality": 100, "role": "upright"}') + 64
LARGEST_REST = len('"md5": "", "pdq": [], "source": ') + 32 + 36 + 64


def _text(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


_MD5, _PDQ, _PDQ_END, _COMMA = _text('"md5": "'), _text('"pdq": ['), _text("], "), _text(", ")
_HEX, _QUALITY, _ROLE, _END = _text('{"hex": "'), _text('", "quality": '), _text(', "role": "'), _text('"}')
_QUOTE = _text('", ')


@njit(inline="always")
def _put(out: A, at: int, text: A, low: int, high: int) -> int:
    for i in range(high - low):
        out[at + i] = text[low + i]
    return at + high - low


@kernel(exact=True)
def _put_number(out: A, at: int, value: int) -> int:
    """A number from 0 to 999."""
    if value >= 100:
        out[at] = 48 + value // 100
        at += 1
    if value >= 10:
        out[at] = 48 + value // 10 % 10
        at += 1
    out[at] = 48 + value % 10
    return at + 1


@kernel(exact=True)
def make(
    data: A, pictures: A, prints: A, roles: A, role_ends: A, words: A, word_ends: A, source: A, least: int,
    text: A, lengths: A, ids: A, digests: A, digest_entries: A, row_prints: A, row_entries: A, row_items: A,
) -> tuple[int, int, int]:  # fmt: skip
    """How many bytes of lines, digests and rows there are. `pictures`, int64 (N, 6): offsets of id, SHA-256
    and MD5 (0: none), the number of its words, its first print and how many; `prints`, int64 (P, 3): offset,
    quality, role. `words`: two pieces of the line for each kind, the first before the id. `row_prints`: which
    prints are looked up, each hash of a picture once, if its quality is `least`.
    """
    size = digest_count = rows = 0
    m, v = np.empty(16, np.uint64), np.empty(16, np.uint64)
    for number in range(pictures.shape[0]):
        id_at, sha256, md5 = pictures[number, 0], pictures[number, 1], pictures[number, 2]
        about, first, count = 2 * pictures[number, 3], pictures[number, 4], pictures[number, 5]
        began = size
        size = _put(text, size, words, word_ends[about], word_ends[about + 1])
        size = _put(text, size, data, id_at, id_at + 36)
        size = _put(text, size, words, word_ends[about + 1], word_ends[about + 2])
        size = _put(text, size, data, sha256, sha256 + 64)
        size = _put(text, size, _QUOTE, 0, _QUOTE.size)
        ids[number] = key_at(data, id_at, 36, m, v)
        digests[digest_count] = key_at(data, sha256, 64, m, v)
        digest_entries[digest_count] = number
        digest_count += 1
        if md5:
            size = _put(text, size, _MD5, 0, _MD5.size)
            size = _put(text, size, data, md5, md5 + 32)
            size = _put(text, size, _QUOTE, 0, _QUOTE.size)
            digests[digest_count] = key_at(data, md5, 32, m, v)
            digest_entries[digest_count] = number
            digest_count += 1
        if count:
            size = _put(text, size, _PDQ, 0, _PDQ.size)
        mine = rows
        for one in range(count):
            place, quality, role = prints[first + one, 0], prints[first + one, 1], prints[first + one, 2]
            if one:
                size = _put(text, size, _COMMA, 0, 2)
            size = _put(text, size, _HEX, 0, _HEX.size)
            size = _put(text, size, data, place, place + 64)
            size = _put(text, size, _QUALITY, 0, _QUALITY.size)
            size = _put_number(text, size, quality)
            size = _put(text, size, _ROLE, 0, _ROLE.size)
            size = _put(text, size, roles, role_ends[role], role_ends[role + 1])
            size = _put(text, size, _END, 0, _END.size)
            fresh = quality >= least
            for row in range(mine, rows):
                other, same = prints[row_prints[row], 0], True
                for i in range(64):
                    same = same and data[other + i] == data[place + i]
                fresh = fresh and not same
            if fresh:
                row_prints[rows], row_entries[rows], row_items[rows] = first + one, number, one
                rows += 1
        if count:
            size = _put(text, size, _PDQ_END, 0, _PDQ_END.size)
        size = _put(text, size, source, 0, source.size)
        lengths[number] = size - began
    return size, digest_count, rows
