"""A page of the feed as columns: which values are plainly right, the leaves of its changes, each change.

The same pages are taken, and the same leaves made, as by plain.py (a test compares them); what is spelled in
another way than an exchange writes is left to that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from disrupt.matching._bank._pictures.columns import PictureColumns
from disrupt.protocol import feed, plain
from disrupt.protocol.columns import _leaves, _scan
from disrupt.protocol.columns._scan import PICTURE as PICTURE
from disrupt.protocol.merkle import Frontier

_HEAD = f'{{"format":"{feed.FORMAT}","changes":['.encode()
SMALLEST = 1000
"""Changes from which on a page is worth it that the loops are loaded."""
_LEAST_CHANGE = 40
"""Bytes that a change has at least, and a print."""

_TAKEN = [_scan.ID, _scan.SHA256, _scan.MD5, _scan.ABOUT, _scan.FIRST, _scan.PRINTS]

AnyChange = plain.Plain | feed.Change | feed.Malformed


class Columns(Sequence[AnyChange]):
    """The changes of a page. `others` are those that were read singly, by their places."""

    def __init__(
        self,
        body: bytes,
        changes: NDArray[np.int64],
        prints: NDArray[np.int64],
        times: list[str],
        abouts: list[plain.About],
        others: Mapping[int, AnyChange],
    ) -> None:
        self.body, self.changes, self.prints = body, changes, prints
        self.times, self.abouts, self.others = times, abouts, others
        self.data = np.frombuffer(body, np.uint8)

    def __len__(self) -> int:
        return len(self.changes)

    @overload
    def __getitem__(self, place: int) -> AnyChange: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[AnyChange]: ...
    def __getitem__(self, place: int | slice) -> AnyChange | Sequence[AnyChange]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        number = range(len(self))[place]
        if number in self.others:
            return self.others[number]
        row = self.changes[number]
        return _read(self.body[row[_scan.START] : row[_scan.END]])

    @property
    def fingerprints(self) -> int:
        """How many prints all of these have."""
        others = (one for one in self.others.values() if isinstance(one, feed.Added | plain.Plain))
        return len(self.prints) + sum(len(one.pdq) + len(one.vpdq) for one in others)

    @cached_property
    def hashes(self) -> NDArray[np.uint8]:
        """uint8 (P, 32): the prints of the pictures, in order."""
        digits = self.data[self.prints[:, :1] + np.arange(64)]
        values = np.where(digits <= ord("9"), digits - ord("0"), digits - ord("a") + 10).astype(np.uint8)
        made: NDArray[np.uint8] = values[:, 0::2] << 4 | values[:, 1::2]
        return made

    def pictures(self) -> PictureColumns:
        """The pictures that were read, in order, as a bank takes them in."""
        rows = self.changes[self.changes[:, PICTURE] == 1][:, _TAKEN]
        abouts = [about[:3] for about in self.abouts]
        return PictureColumns(self.data, rows, self.prints, self.hashes, abouts, feed.ROLES)

    def leaves(self, single: Callable[[AnyChange], bytes]) -> NDArray[np.uint8]:
        """uint8 (N, 32): the hashes of all leaves; `single` makes that of a change that was read singly."""
        words = [piece for about in self.abouts for piece in _pieces(about)]
        made = np.empty((len(self), 32), np.uint8)
        times, entries = _joined(self.times), _joined(words)
        _leaves.leaves_of(self.data, self.changes, self.prints, *times, *entries, made)
        for place, change in self.others.items():
            made[place] = np.frombuffer(single(change), np.uint8)
        return made


def grow(tree: Frontier, leaves: NDArray[np.uint8]) -> None:
    """Append the hashes of leaves to a tree."""
    peaks = np.zeros((66, 32), np.uint8)
    for number, peak in enumerate(tree.peaks):
        peaks[number] = np.frombuffer(peak, np.uint8)
    count = _leaves.grow(tree.size, peaks, len(tree.peaks), leaves)
    tree.size, tree.peaks = tree.size + len(leaves), [peaks[number].tobytes() for number in range(count)]


def read_columns(
    body: bytes, *, smallest: int = SMALLEST, most: int = feed.MAX_LIMIT
) -> plain.BulkPage | None:
    """A page whose changes are columns; None where it must be read in another way, or is none."""
    if not body.startswith(_HEAD) or len(body) < smallest * _LEAST_CHANGE:
        return None
    room = min(most, len(body) // _LEAST_CHANGE) + 1
    changes = np.zeros((room, _scan.WIDTH), np.int64)
    prints = np.zeros((len(body) // _LEAST_CHANGE + 1, 3), np.int64)
    times, words = (np.zeros((_scan.MOST_WORDS, 2), np.int64) for _ in range(2))
    known = np.zeros(3, np.int64)
    data = np.frombuffer(body, np.uint8)
    count, end = _scan.scan(data, len(_HEAD), changes, prints, times, words, known)
    if count < smallest or len(others := np.flatnonzero(changes[:count, _scan.PICTURE] == 0)) > count // 2:
        return None
    try:
        found = {place: _read(body[changes[place, 0] : changes[place, 1]]) for place in others.tolist()}
        abouts = [_about(body[low:high]) for low, high in words[: known[1]].tolist()]
        stamps = [plain.stamp_of(body[low:high].decode()) for low, high in times[: known[0]].tolist()]
        next_, last, more, log = _rest(body[end:], changes[:count], found)
    except (ValueError, RecursionError):
        return None
    if not all(stamps):
        return None
    made = Columns(body, changes[:count], prints[: known[2]], stamps, abouts, found)
    return plain.BulkPage(made, next_, last, more, log)


def _rest(
    tail: bytes, changes: NDArray[np.int64], found: Mapping[int, AnyChange]
) -> tuple[int, int, bool, Mapping[str, Any] | None]:
    """What a page says beside its changes. Raises ValueError where it is not as it should be."""
    for place, change in found.items():
        changes[place, _scan.SEQ] = change.seq
    if b'"changes"' in tail or b'"format"' in tail or (np.diff(changes[:, _scan.SEQ]) != 1).any():
        raise ValueError
    page = json.loads((_HEAD + tail).decode())
    end = {"seq": int(changes[-1, _scan.SEQ])}
    _, next_, last, more, log = feed.read_page(page | {"changes": [end]}, lambda one: None)
    return next_, last, more, log


def _read(text: bytes) -> AnyChange:
    """One change by itself. Raises ValueError where not even its number can be read."""
    item = json.loads(text.decode())
    seq = item.get("seq")
    page = {"format": feed.FORMAT, "changes": [item], "next": seq, "last": seq, "more": False}
    return plain.read_bulk_page(page).changes[0]


def _about(text: bytes) -> plain.About:
    """Raises ValueError for words that are not the feed's."""
    about = plain.about_of(*json.loads(b"{" + text + b"}").values())
    if about is None:
        raise ValueError
    return about


def _pieces(about: plain.About) -> tuple[str, str, str]:
    """The JSON of an entry, around its id, its MD5 and its prints (signed_log.content_of)."""
    kind, category, origin, minors, jurisdiction = about
    return (
        f'{{"category":"{category}","id":"',
        f'","jurisdiction":{plain.word_of(jurisdiction)},"kind":"{kind}","md5":',
        f',"minors":{plain.word_of(minors)},"origin":"{origin}","pdq":',
    )


def _joined(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The texts behind one another, and where each begins and the last one ends."""
    ends = np.array([0, *accumulate(map(len, texts))], np.int64)
    return np.frombuffer("".join(texts).encode() or b" ", np.uint8), ends
