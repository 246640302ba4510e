"""The leaves of a log's pictures, and the tree that they make, by a compiled loop: as signed_log, merkle."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from disrupt.fingerprint._jit import kernel
from disrupt.protocol.columns import _scan as scan
from disrupt.protocol.columns._sha256 import put_digest, put_hex, sha256

A = NDArray[Any]

LARGEST_PRINT = len('{"hex":"","quality":100,"role":"upright"},') + 64
_ROOM = 4096
"""Bytes for what is hashed, beside its prints."""
_DERIVED = 3


def _text(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


_SHA256, _END, _ADDED = _text(',"sha256":"'), _text('","vpdq":[]}'), _text('{"action":"added","at":"')
_CONTENT, _ID, _PARTS = _text('","content":"'), _text('","id":"'), _text('","parts":"')
_SEQ, _NULL, _QUOTE = _text('","seq":'), _text("null"), _text('"')


@njit(inline="always")
def put(out: A, at: int, text: A, low: int, high: int) -> int:
    """Copy text[low:high]; where it ends."""
    for i in range(high - low):
        out[at + i] = text[low + i]
    return at + high - low


@njit(inline="always")
def value_of(digit: Any) -> Any:
    return digit - 48 if digit <= 57 else digit - 87


@njit(inline="always")
def put_bytes(out: A, at: int, data: A, low: int, count: int) -> int:
    """So many bytes that are written as hexadecimal digits from `low` on; where they end."""
    for i in range(count):
        high = value_of(data[low + 2 * i])
        out[at + i] = np.uint8(high * 16 + value_of(data[low + 2 * i + 1]))
    return at + count


@kernel(exact=True)
def _put_prints(out: A, at: int, data: A, prints: A, first: int, count: int, derived: bool) -> int:
    """The list of those prints that are, or are not, derived, as it stands in the page."""
    out[at] = 91
    at += 1
    for row in range(first, first + count):
        if (prints[row, scan.ROLE] == _DERIVED) == derived:
            if out[at - 1] != 91:
                out[at] = 44
                at += 1
            low = prints[row, scan.HEX] - 8
            high = prints[row, scan.HEX]
            while data[high] != 125:
                high += 1
            at = put(out, at, data, low, high + 1)
    out[at] = 93
    return at + 1


@kernel(exact=True)
def leaves_of(
    data: A, changes: A, prints: A, times: A, time_ends: A, words: A, word_ends: A, leaves: A
) -> None:
    """uint8 (N, 32) of the changes that are pictures. `times`: each as the log writes it, one after another;
    `words`: three pieces of the entry's JSON for each, between which its own values stand."""
    most = 0
    for number in range(changes.shape[0]):
        most = max(most, changes[number, scan.PRINTS])
    text = np.empty(_ROOM + most * LARGEST_PRINT, np.uint8)
    state, scratch, numbers = np.empty(8, np.uint32), np.empty(64, np.uint32), np.empty(24, np.uint8)
    content, parts = np.empty(64, np.uint8), np.empty(64, np.uint8)
    for number in range(changes.shape[0]):
        row = changes[number]
        if row[scan.PICTURE] == 0:
            continue
        about, first, count = 3 * row[scan.ABOUT], row[scan.FIRST], row[scan.PRINTS]
        at = put_bytes(text, 0, data, row[scan.SALT], 16)
        at = put(text, at, words, word_ends[about], word_ends[about + 1])
        at = put(text, at, data, row[scan.ID], row[scan.ID] + 36)
        at = put(text, at, words, word_ends[about + 1], word_ends[about + 2])
        if row[scan.MD5]:
            at = put(text, at, data, row[scan.MD5] - 1, row[scan.MD5] + 33)
        else:
            at = put(text, at, _NULL, 0, 4)
        at = put(text, at, words, word_ends[about + 2], word_ends[about + 3])
        at = _put_prints(text, at, data, prints, first, count, False)
        at = put(text, at, _SHA256, 0, _SHA256.size)
        at = put(text, at, data, row[scan.SHA256], row[scan.SHA256] + 64)
        at = put(text, at, _END, 0, _END.size)
        sha256(text, at, state, scratch)
        put_hex(state, content, 0)
        if row[scan.PARTS]:
            put(parts, 0, data, row[scan.PARTS], row[scan.PARTS] + 64)
        else:
            at = put_bytes(text, 0, data, row[scan.PARTS_SALT], 16)
            sha256(text, _put_prints(text, at, data, prints, first, count, True), state, scratch)
            put_hex(state, parts, 0)
        text[0] = 0
        at = put(text, 1, _ADDED, 0, _ADDED.size)
        at = put(text, at, times, time_ends[row[scan.AT]], time_ends[row[scan.AT] + 1])
        at = put(text, at, _CONTENT, 0, _CONTENT.size)
        at = put(text, at, content, 0, 64)
        at = put(text, at, _ID, 0, _ID.size)
        at = put(text, at, data, row[scan.ID], row[scan.ID] + 36)
        at = put(text, at, _PARTS, 0, _PARTS.size)
        at = put(text, at, parts, 0, 64)
        at = put(text, at, _SEQ, 0, _SEQ.size)
        left, digits = row[scan.SEQ], 24
        while left:
            digits -= 1
            numbers[digits] = 48 + left % 10
            left //= 10
        at = put(text, at, numbers, digits, 24)
        text[at] = 125
        sha256(text, at + 1, state, scratch)
        put_digest(state, leaves[number], 0)


@kernel(exact=True)
def grow(size: int, peaks: A, count: int, leaves: A) -> int:
    """Append leaves to a tree of `size`, whose `count` peaks are in uint8 (66, 32); how many it has then."""
    text, state, scratch = np.empty(192, np.uint8), np.empty(8, np.uint32), np.empty(64, np.uint32)
    for number in range(leaves.shape[0]):
        peaks[count] = leaves[number]
        index = size
        while index & 1:
            count -= 1
            text[0] = 1
            at = put(text, 1, peaks[count], 0, 32)
            put(text, at, peaks[count + 1], 0, 32)
            sha256(text, 65, state, scratch)
            put_digest(state, peaks[count], 0)
            index >>= 1
        count += 1
        size += 1
    return count
