"""What a key may see of the bank. What it may not see is, to its reader, an entry that is not offered.

A key's sight is given when it is issued and never changes: another sight is another key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from disrupt.hotline.bank.models import EntryKind, EntryOrigin
from disrupt.hotline.exchange.models import ApiKey
from disrupt.hotline.exchange.scopes import Scope

CHOICES = ("categories", "kinds", "jurisdictions")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,15}")


class BadSight(ValueError):
    """What was asked for is not something that a key can be limited to."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides whether an entry is for a key."""

    origin: str
    minors: str
    category: str
    kind: str
    jurisdiction: str


FIELDS = ("entry__origin", "entry__minors", "entry__category", "entry__kind", "entry__jurisdiction")
"""The columns of Facts, from a row that points to an entry."""


@dataclass(frozen=True, slots=True)
class Sight:
    """`derived`: hashes of parts of pictures too; `declared`: entries that nobody has looked at too;
    `minors`: entries of minors too, whoever says so. Of the lists, None means all.
    """

    derived: bool = False
    declared: bool = False
    minors: bool = False
    categories: frozenset[str] | None = None
    kinds: frozenset[str] | None = None
    jurisdictions: frozenset[str] | None = None

    def shows(self, entry: Facts) -> bool:
        """Whether an entry is for this key."""
        return (
            (self.declared or entry.origin != EntryOrigin.DECLARED)
            and (self.minors or not entry.minors)
            and (self.categories is None or entry.category in self.categories)
            and (self.kinds is None or entry.kind in self.kinds)
            and (self.jurisdictions is None or entry.jurisdiction in self.jurisdictions)
        )

    @property
    def mark(self) -> str:
        """A short text that differs where the same page would."""
        lists = [",".join(sorted(one)) if one is not None else "*" for one in self._lists()]
        return " ".join([f"{self.derived:d}{self.declared:d}{self.minors:d}", *lists])

    def _lists(self) -> tuple[frozenset[str] | None, ...]:
        return (self.categories, self.kinds, self.jurisdictions)


def sight_of(key: ApiKey) -> Sight:
    """What this key may see."""

    def chosen(name: str) -> frozenset[str] | None:
        return frozenset(key.sees[name]) if name in key.sees else None

    return Sight(
        derived=Scope.DERIVED_READ in key.scopes,
        declared=Scope.DECLARED_READ in key.scopes,
        minors=Scope.MINORS_READ in key.scopes,
        categories=chosen("categories"),
        kinds=chosen("kinds"),
        jurisdictions=chosen("jurisdictions"),
    )


def checked_sees(sees: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Limits in the one form in which a key keeps them. Raises BadSight."""
    unknown = set(sees) - set(CHOICES)
    if unknown or not all(_WORD.fullmatch(word) for words in sees.values() for word in words):
        raise BadSight(f"A key is limited by {', '.join(CHOICES)}, each a list of words.")
    if set(sees.get("kinds", ())) - set(EntryKind.values):
        raise BadSight(f"The kinds are {' and '.join(EntryKind.values)}.")
    return {name: sorted(set(words)) for name, words in sees.items() if words}
