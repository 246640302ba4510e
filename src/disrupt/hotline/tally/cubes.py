"""Which sums are kept of each month: a few columns at a time, so that they stay few."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from disrupt.hotline.tally.facts import Key, Kind

CUBES: Mapping[str, tuple[str, ...]] = {
    "category": ("category", "person", "outcome"),
    "way": ("way", "person", "outcome"),
    "language": ("language", "outcome"),
    "tier": ("tier", "person", "outcome"),
    "hours": ("hours", "since", "outcome"),
    "party": ("party", "category", "outcome"),
    "site": ("party", "outcome"),
}
"""The columns behind a, b and c of each."""

# There are thousands of sites: sums by site are kept of what is read by site.
_ONLY = {
    "party": frozenset({Kind.RECEIVED.value, Kind.NOTIFIED.value, Kind.FEEDBACK.value}),
    "site": frozenset({Kind.DECIDED.value}),
}


class Place(NamedTuple):
    """Where a sum stands: the columns of Monthly."""

    month: dt.date
    kind: str
    cube: str
    a: str
    b: str
    c: str


def places(key: Key) -> Iterator[Place]:
    """Each sum that a fact is part of."""
    for cube, columns in CUBES.items():
        if cube in _ONLY and key.kind not in _ONLY[cube]:
            continue
        values = [_text(getattr(key, column)) for column in columns]
        a, b, c = (*values, "", "")[:3]
        yield Place(key.day.replace(day=1), key.kind, cube, a, b, c)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def sums(counted: Iterable[tuple[Key, int]]) -> Counter[Place]:
    """The sums of these facts."""
    found: Counter[Place] = Counter()
    for key, n in counted:
        for place in places(key):
            found[place] += n
    return found
