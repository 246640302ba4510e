"""Where everything stands in a page whose pictures are spelled as an exchange writes them: a compiled loop.

What is spelled otherwise (a film, a withdrawal, a member that is not known) is only stepped over: the reader
of single changes takes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from disrupt.fingerprint._jit import kernel
from disrupt.protocol.feed import ROLES

A = NDArray[Any]

(START, END, PICTURE, SEQ, AT, ID, ABOUT, SHA256, MD5, FIRST, PRINTS, SALT, PARTS_SALT, PARTS) = range(14)
"""Columns of a change. Offsets into the page, but: PICTURE is 1 for one that was read; SEQ its number; AT and
ABOUT numbers into the lists of times and of words; FIRST and PRINTS which rows of the prints are its own.
An offset is 0 where there is none.
"""
WIDTH = 14
HEX, QUALITY, ROLE = range(3)
"""Columns of a print: an offset, a number, a place in `feed.ROLES`."""
MOST_WORDS = 256
"""Different times, and different words about a picture, in one page; what comes on top is read singly."""


def _text(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


_SEQ, _AT, _ADDED = _text('{"seq":'), _text(',"at":"'), _text('","action":"added","id":"')
_KIND, _ORIGIN = _text('","kind":"image","category":"'), _text('","origin":"')
_MINORS, _JURISDICTION, _NULL = _text('","minors":'), _text(',"jurisdiction":'), _text("null")
_SHA256, _MD5, _PDQ = _text(',"sha256":"'), _text('","md5":'), _text(',"pdq":[')
_HEX, _QUALITY, _ROLE, _PRINT_END = _text('{"hex":"'), _text('","quality":'), _text(',"role":"'), _text('"}')
_PROOF, _OTHER_SALT = _text(',"vpdq":[],"proof":{"salt":"'), _text('","parts_salt":"')
_OTHER, _OVER = _text('","parts":"'), _text('"}}')
_ROLE_WORDS = _text("".join(f"{role:8}" for role in ROLES))
_ROLE_SIZES = np.array([len(role) for role in ROLES])


@njit(inline="always")
def _said(data: A, at: int, text: A) -> int:
    """Where the text ends that begins there, -1 where it does not; `at` may be -1 already."""
    if at < 0 or at + text.size > data.size:
        return -1
    for i in range(text.size):
        if data[at + i] != text[i]:
            return -1
    return at + text.size


@njit(inline="always")
def _digits(data: A, at: int, count: int) -> int:
    """Where so many lower-case hexadecimal digits end, or -1."""
    if at < 0 or at + count > data.size:
        return -1
    for i in range(at, at + count):
        if not (48 <= data[i] <= 57 or 97 <= data[i] <= 102):
            return -1
    return at + count


@kernel(exact=True)
def _id(data: A, at: int) -> Any:
    end = _digits(data, at, 8)
    for count in (4, 4, 4, 12):
        if end < 0 or end >= data.size or data[end] != 45:
            return -1
        end = _digits(data, end + 1, count)
    return end


@kernel(exact=True)
def _word(data: A, at: int) -> Any:
    """Where a word of the feed ends; what may stand in one is looked at again, once for many."""
    end = at
    while 0 <= end < data.size and (
        48 <= data[end] <= 57 or 65 <= data[end] <= 90 or 97 <= data[end] <= 122 or 45 <= data[end] <= 46
        or data[end] == 95
    ):  # fmt: skip
        end += 1
    return end if 0 < end - at <= 32 else -1


@kernel(exact=True)
def _maybe(data: A, at: int) -> Any:
    """Where null, or a word in quotes, ends."""
    end = _said(data, at, _NULL)
    if end >= 0 or at < 0 or at >= data.size or data[at] != 34:
        return end
    end = _word(data, at + 1)
    return end + 1 if 0 <= end < data.size and data[end] == 34 else -1


@kernel(exact=True)
def _number(data: A, at: int) -> Any:
    """Where a whole number ends, as JSON writes it, and what it is."""
    end, value = at, np.int64(0)
    while 0 <= end < data.size and end - at < 18 and 48 <= data[end] <= 57:
        value = value * 10 + np.int64(data[end] - 48)
        end += 1
    if end <= at or (data[at] == 48 and end - at > 1):
        return -1, 0
    return end, value


@kernel(exact=True)
def _among(data: A, at: int, end: int, spans: A, known: int) -> int:
    """The number of the text among those known; it is put behind them where it is not. -1: no room."""
    for number in range(known - 1, -1, -1):
        there, size = spans[number, 0], spans[number, 1] - spans[number, 0]
        if size == end - at:
            same = True
            for i in range(size):
                if data[there + i] != data[at + i]:
                    same = False
                    break
            if same:
                return number
    if known == spans.shape[0]:
        return -1
    spans[known, 0], spans[known, 1] = at, end
    return known


@kernel(exact=True)
def _prints(data: A, at: int, prints: A, first: int) -> tuple[int, int]:
    """Where the list of prints ends whose bracket was opened before `at`, and how many there are."""
    count = 0
    if 0 <= at < data.size and data[at] == 93:
        return at + 1, 0
    while True:
        begin = _said(data, at, _HEX)
        at = _said(data, _digits(data, begin, 64), _QUALITY)
        at, quality = _number(data, at)
        at = _said(data, at, _ROLE)
        if at < 0 or quality > 100 or first + count == prints.shape[0]:
            return -1, 0
        role, end = 0, -1
        while end < 0 and role < _ROLE_SIZES.size:
            end = _said(data, at, _ROLE_WORDS[8 * role : 8 * role + _ROLE_SIZES[role]])
            end = _said(data, end, _PRINT_END)
            role += 1
        if end < 0 or end >= data.size:
            return -1, 0
        row = first + count
        prints[row, HEX], prints[row, QUALITY], prints[row, ROLE] = begin, quality, role - 1
        count += 1
        at = end + 1
        if data[end] == 93:
            return at, count
        if data[end] != 44:
            return -1, 0


@kernel(exact=True)
def _picture(data: A, at: int, row: A, prints: A, first: int, times: A, words: A, known: A) -> Any:
    """Where the change ends that begins there, if it is spelled as those are that this reads; -1 if not."""
    end, row[SEQ] = _number(data, _said(data, at, _SEQ))
    begin = _said(data, end, _AT)
    end = begin
    while 0 <= end < data.size and data[end] != 34 and end - begin < 40 and 32 <= data[end] < 127:
        if data[end] == 92:
            return -1
        end += 1
    row[ID] = _said(data, end, _ADDED)
    about = _id(data, row[ID])
    if row[SEQ] < 1 or about < 0:
        return -1
    row[AT] = _among(data, begin, end, times, known[0])
    end = _said(data, _word(data, _said(data, about, _KIND)), _ORIGIN)
    end = _maybe(data, _said(data, _word(data, end), _MINORS))
    end = _maybe(data, _said(data, end, _JURISDICTION))
    row[SHA256] = _said(data, end, _SHA256)
    if row[SHA256] < 0 or row[AT] < 0:
        return -1
    row[ABOUT] = _among(data, about + 2, end, words, known[1])
    row[MD5] = _said(data, _digits(data, row[SHA256], 64), _MD5)
    end = _said(data, row[MD5], _NULL)
    if end >= 0:
        row[MD5] = 0
    elif 0 <= row[MD5] < data.size and data[row[MD5]] == 34:
        row[MD5] += 1
        end = _digits(data, row[MD5], 32)
        end = end + 1 if 0 <= end < data.size and data[end] == 34 else -1
    row[FIRST] = first
    end, row[PRINTS] = _prints(data, _said(data, end, _PDQ), prints, first)
    row[SALT] = _said(data, end, _PROOF)
    end = _digits(data, row[SALT], 32)
    row[PARTS_SALT], row[PARTS] = _said(data, end, _OTHER_SALT), 0
    if row[PARTS_SALT] >= 0:
        end = _digits(data, row[PARTS_SALT], 32)
    else:
        row[PARTS_SALT], row[PARTS] = 0, _said(data, end, _OTHER)
        end = _digits(data, row[PARTS], 64)
        for one in range(row[PRINTS]):  # hashes of parts come with their salt
            if prints[first + one, ROLE] == _ROLE_SIZES.size - 1:
                return -1
    end = _said(data, end, _OVER)
    if end < 0 or row[ABOUT] < 0:
        return -1
    known[0], known[1] = max(known[0], row[AT] + 1), max(known[1], row[ABOUT] + 1)
    return end


@kernel(exact=True)
def _object_end(data: A, at: int) -> int:
    """Where an object of JSON ends that begins there, if it is one at all."""
    if at >= data.size or data[at] != 123:
        return -1
    depth, quoted, i = 0, False, at
    while i < data.size:
        if quoted:
            if data[i] == 92:
                i += 1
            elif data[i] == 34:
                quoted = False
        elif data[i] == 34:
            quoted = True
        elif data[i] == 123:
            depth += 1
        elif data[i] == 125:
            depth -= 1
            if depth == 0:
                return i + 1
        i += 1
    return -1


@kernel(exact=True)
def scan(data: A, at: int, changes: A, prints: A, times: A, words: A, known: A) -> tuple[int, int]:
    """How many changes begin at `at`, and where they end; (-1, 0) where that cannot be told.

    data uint8 is the page; int64 (most, WIDTH), (most, 3), (MOST_WORDS, 2) twice and (3,) are written; known:
    how many times, words and prints there are.
    """
    count = 0
    while True:
        if count == changes.shape[0]:
            return -1, 0
        row = changes[count]
        end = _picture(data, at, row, prints, known[2], times, words, known)
        row[START], row[PICTURE] = at, np.int64(end >= 0)
        if end >= 0:
            known[2] += row[PRINTS]
        else:
            end = _object_end(data, at)
        if end < 0 or end >= data.size:
            return -1, 0
        row[END] = end
        count += 1
        at = end + 1
        if data[end] == 93:
            return count, end
        if data[end] != 44:
            return -1, 0
