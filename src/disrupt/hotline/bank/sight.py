"""What a reader of the list may see, and what decides it of an entry: plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from disrupt.hotline.bank.models import EntryOrigin

LISTS = ("categories", "kinds", "jurisdictions")
FLAGS = ("derived", "declared", "minors", "shared")


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether an entry is for a key."""

    origin: str
    minors: str
    category: str
    kind: str
    jurisdiction: str


NAMES = ("origin", "minors", "category", "kind", "jurisdiction")
FIELDS = tuple(f"entry__{name}" for name in NAMES)
"""The columns of Facts, from a row that points to an entry."""


@dataclass(frozen=True, slots=True)
class Sight:
    """`derived`: hashes of parts of pictures too; `declared`: entries that nobody has looked at too;
    `shared`: those that partners told us of too; `minors`: entries of minors too, whoever says so. Of the
    lists, None means all.
    """

    derived: bool = False
    declared: bool = False
    minors: bool = False
    shared: bool = False
    categories: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    jurisdictions: frozenset[str] | None = None

    def shows(self, entry: Facts) -> bool:
        """Whether an entry is for this key."""
        return (
            (self.declared or entry.origin != EntryOrigin.DECLARED)
            and (self.shared or entry.origin != EntryOrigin.SHARED)
            and (self.minors or not entry.minors)
            and (self.categories is None or entry.category in self.categories)
            and (self.kinds is None or entry.kind in self.kinds)
            and (self.jurisdictions is None or entry.jurisdiction in self.jurisdictions)
        )

    @property
    def mark(self) -> str:
        """A short text that differs where the same page would."""
        lists = [",".join(sorted(one)) if one is not None else "*" for one in self._lists()]
        # A flag that is not set leaves the mark as it was before there was such a flag.
        flags = f"{self.derived:d}{self.declared:d}{self.minors:d}" + "s" * self.shared
        return " ".join([flags, *lists])

    def _lists(self) -> tuple[frozenset[str] | None, ...]:
        return (self.categories, self.kinds, self.jurisdictions)

    def as_json(self) -> dict[str, Any]:
        """As plain values; `from_json` reads them."""
        flags = {name: getattr(self, name) for name in FLAGS}
        named = zip(LISTS, self._lists(), strict=True)
        return flags | {name: sorted(one) for name, one in named if one is not None}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Sight:
        """The inverse of `as_json`."""
        lists = {name: frozenset(raw[name]) if name in raw else None for name in LISTS}
        flags = {name: bool(raw.get(name)) for name in FLAGS}
        return cls(**flags, **lists)  # type: ignore[arg-type]  # each value is of its member's type

    @property
    def digest(self) -> str:
        """The mark in 64 digits, however many categories it names."""
        return hashlib.sha256(self.mark.encode()).hexdigest()
