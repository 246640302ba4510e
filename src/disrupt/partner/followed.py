"""A list of hashes followed in memory from `GET /v1/list`: fetched whole once, then what changed.

For a matcher of one's own that needs hashes and nothing on a disk; it verifies each answer's sum, not the
hotline's log. `disrupt sync` is for a bank that is kept, with digests, and proven.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType

import httpx
import numpy as np
from numpy.typing import ArrayLike

from disrupt.matching.index import RADIUS, HammingIndex
from disrupt.partner.exchange import asking
from disrupt.partner.following.connection import options
from disrupt.partner.following.feed_client import SyncError, Unreachable, WentBack, base_address, refusal
from disrupt.partner.following.packed import pieces
from disrupt.protocol.binary_list import ROLES, About, BinaryList, NotAList, read_list

_LARGEST = 1 << 31


@dataclass(frozen=True, slots=True)
class Near:
    """A hash within the radius of the query number `query`: of the entry that change `number` added."""

    query: int
    distance: int
    number: int
    role: str
    about: About


class _Known:
    """What was taken in of one list; `life`: as its exchange named it."""

    def __init__(self) -> None:
        self.index = HammingIndex()
        self.seq = 0
        self.life: int | None = None
        self._abouts: list[About] = []
        self._classes = np.zeros(1, np.uint16)

    def take(self, told: BinaryList) -> bool:
        """Whether anything changed."""
        self._note(told)
        if len(told):
            self.index.add(told.hashes, told.numbers)
        if len(told.gone):
            rows = (told.gone[:, None] << np.uint64(2)) | np.arange(len(ROLES), dtype=np.uint64)
            self.index.remove(rows.reshape(-1))
        changed, self.seq, self.life = told.seq != self.seq, told.seq, told.life
        return changed

    def _note(self, told: BinaryList) -> None:
        """What is said of each entry, under its number; kept before its hashes can be found."""
        if told.seq >= len(self._classes):
            wider = np.zeros(told.seq * 5 // 4 + 1024, np.uint16)
            wider[: len(self._classes)] = self._classes
            self._classes = wider
        for about in told.abouts:
            if about not in self._abouts:
                self._abouts.append(about)
        places = np.array([self._abouts.index(about) for about in told.abouts] or [0], np.uint16)
        self._classes[(told.numbers >> np.uint64(2)).astype(np.int64)] = places[told.classes]

    def about(self, number: int) -> About:
        """What is said of the entry that this change added."""
        return self._abouts[int(self._classes[number])]


class FollowedList:
    """One exchange, one key. `update` now and then; `query` at any time, from any thread."""

    def __init__(self, base: str, key: str, *, timeout: float = 120) -> None:
        self.base = base_address(base)
        self._known = _Known()
        self._http = httpx.Client(**options(self.base, key, timeout))

    @property
    def index(self) -> HammingIndex:
        """The hashes, under the numbers of `GET /v1/list`."""
        return self._known.index

    @property
    def seq(self) -> int:
        """The newest change that was taken in."""
        return self._known.seq

    def __enter__(self) -> FollowedList:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def __len__(self) -> int:
        return len(self.index)

    def update(self, wait: int = 0) -> bool:
        """Take in what changed; whether anything did. Where it fails, nothing was taken.

        `wait`: where nothing has, the exchange answers when it does, or after so many seconds (25 at most).
        A list that came back from a backup is read anew, and takes the place of the one that was lost.
        Raises SyncError.
        """
        try:
            return self._known.take(self._ask(self._known, wait))
        except WentBack:
            if not self._known.seq:
                raise
        anew = _Known()
        anew.take(self._ask(anew, 0))
        self._known = anew
        return True

    def _ask(self, known: _Known, wait: int) -> BinaryList:
        ask = asking.hashes(known.seq, wait, known.life)
        try:
            with self._http.stream("GET", self.base + ask.path, params=dict(ask.query)) as response:
                body = bytearray()
                for chunk in pieces(response):
                    body += chunk
                    if len(body) > _LARGEST:
                        raise SyncError(
                            f"{self.base} sent a list of more than {_LARGEST >> 30} GiB: stopped."
                        )
                status = response.status_code
        except httpx.RequestError as error:
            raise Unreachable(f"{self.base} cannot be read now: {type(error).__name__}.") from None
        if status != 200:
            raise refusal(self.base, status, bytes(body[:10_000]))
        try:
            told = read_list(bytes(body))
        except NotAList as error:
            raise SyncError(f"{self.base}: {error}.") from None
        if len(told) and int(told.numbers.max()) >> 2 > told.seq:
            raise SyncError(f"{self.base} names a change that is yet to come: nothing was taken.")
        if told.after != known.seq or told.seq < known.seq:
            raise SyncError(
                f"{self.base} answered for change {told.after}, not {known.seq}: nothing was taken."
            )
        return told

    def query(self, hashes: ArrayLike, radius: ArrayLike = RADIUS) -> list[Near]:
        """Every hash within the radius of each of uint8 (Q, 32), by query, then distance."""
        known = self._known
        found = known.index.query(hashes, radius)
        rows = zip(found.query.tolist(), found.distance.tolist(), found.entry.tolist(), strict=True)
        return [
            Near(query, distance, row >> 2, ROLES[row & 3], known.about(row >> 2))
            for query, distance, row in rows
        ]
