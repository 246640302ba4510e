"""The list as one key sees it, in the form in which an upload is looked up: asked as a platform's bank is."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Q
from numpy.typing import ArrayLike, NDArray

from disrupt.hotline.bank.models import BankEntry, ChangeKind, EntryState
from disrupt.hotline.bank.sight import NAMES
from disrupt.hotline.exchange.door.sight import Facts, Sight
from disrupt.hotline.exchange.match.held import FRAME, PART, ROLES, HeldList, hashes_in
from disrupt.matching._index._likely import Likely
from disrupt.matching.entries import BankEntry as Banked
from disrupt.matching.index import RADIUS, Matches
from disrupt.matching.store import BankMatch

_ASKED = 500  # entries of one question to the database


@dataclass(frozen=True, slots=True)
class _Known:
    """An entry that something was near to: in the matcher's words, and its hashes as (role, row)."""

    entry: Banked
    hashes: tuple[tuple[int, Mapping[str, Any]], ...]


class SeenList:
    """For one upload: what was read of an entry is not read again.

    The index says which entries are near; which of their hashes, and when in a film, stands in the database.
    `facts` tells of every entry that was answered with.
    """

    def __init__(self, held: HeldList, sight: Sight) -> None:
        self._held, self._sight = held, sight
        self._known: dict[int, _Known] = {}
        self.facts: dict[str, Facts] = {}

    def query_pdq(
        self, hashes: NDArray[np.uint8], radius: ArrayLike = RADIUS, *, threads: int = 1
    ) -> tuple[BankMatch, ...]:
        """As `Bank.query_pdq`."""
        found = self._held.index.query(hashes, radius, threads=threads)
        return tuple(self._told(self._visible(found), hashes))

    def near_pdq(
        self, hashes: NDArray[np.uint8], radius: ArrayLike, likely: Likely, *, most: int
    ) -> tuple[BankMatch, ...]:
        """As `Bank.near_pdq`; what the key may not see takes no place from what it may."""
        found = self._visible(self._held.index.near(hashes, radius, likely))
        return tuple(self._told(found.nearest(most), hashes))

    def find_digest(self, *, sha256: str | None = None, md5: str | None = None) -> tuple[Banked, ...]:
        """As `Bank.find_digest`."""
        offered = BankEntry.objects.filter(state=EntryState.ACTIVE, changes__kind=ChangeKind.ADDED)
        same = offered.filter(Q(sha256=sha256) | Q(md5=md5)).values_list("pk", *NAMES)
        told = [self._entry(pk, Facts(*facts)) for pk, *facts in same if self._sight.shows(Facts(*facts))]
        return tuple({entry.id: entry for entry in told}.values())

    def _visible(self, found: Matches) -> Matches:
        seqs = found.entry >> np.uint64(2)
        classes, facts = self._held.classes_of(seqs)
        shown = np.array([self._sight.shows(one) for one in facts] or [False])
        rows = np.flatnonzero(shown[classes] & (self._sight.derived | ((found.entry & np.uint64(3)) != PART)))
        return Matches(found.query[rows], found.entry[rows], found.distance[rows])

    def _told(self, found: Matches, asked: NDArray[np.uint8]) -> Iterator[BankMatch]:
        """Each hash at its distance; without what was withdrawn meanwhile."""
        self._learn(set((found.entry >> np.uint64(2)).tolist()) - self._known.keys())
        rows = zip(found.query.tolist(), found.entry.tolist(), found.distance.tolist(), strict=True)
        # Several hashes of an entry stand under one number: each is told once.
        for query, number, distance in dict.fromkeys(rows):
            known = self._known.get(number >> 2)
            bits = int.from_bytes(asked[query].tobytes(), "big")
            for role, row in known.hashes if known else ():
                if role == number & 3 and (int(row["hex"], 16) ^ bits).bit_count() == distance:
                    frame, second = (row["frame"], row["timestamp"]) if role == FRAME else (None, None)
                    assert known is not None  # it has hashes
                    yield BankMatch(
                        query, known.entry, distance, row["hex"], ROLES[role], frame, second  # type: ignore[arg-type]  # the matcher's own words
                    )  # fmt: skip

    def _learn(self, seqs: set[int]) -> None:
        """Read entries that are not known yet."""
        ids = {uuid.UUID(self._held.entry_of(seq)): seq for seq in seqs}
        keys = list(ids)
        for start in range(0, len(keys), _ASKED):
            those = BankEntry.objects.filter(pk__in=keys[start : start + _ASKED], state=EntryState.ACTIVE)
            for pk, prints in those.values_list("pk", "prints"):
                entry = self._entry(pk, self._held.facts_of(ids[pk]))
                self._known[ids[pk]] = _Known(entry, tuple(hashes_in(prints)))

    def _entry(self, pk: uuid.UUID, facts: Facts) -> Banked:
        self.facts[str(pk)] = facts
        kind, origin = facts.kind, facts.origin
        return Banked(str(pk), kind, facts.category, origin=origin)  # type: ignore[arg-type]  # as above
