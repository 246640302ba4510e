"""What a key may see of the bank. What it may not see is, to its reader, an entry that is not offered.

A key's sight is given when it is issued and never changes: another sight is another key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from disrupt.hotline.bank.models import EntryKind
from disrupt.hotline.bank.sight import FIELDS as FIELDS
from disrupt.hotline.bank.sight import LISTS
from disrupt.hotline.bank.sight import Facts as Facts
from disrupt.hotline.bank.sight import Sight as Sight
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import ApiKey

CHOICES = LISTS
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,15}")


class BadSight(ValueError):
    """What was asked for is not something that a key can be limited to."""


def sight_of(key: ApiKey) -> Sight:
    """What this key may see."""

    def chosen(name: str) -> frozenset[str] | None:
        return frozenset(key.sees[name]) if name in key.sees else None

    return Sight(
        derived=Scope.DERIVED_READ in key.scopes,
        declared=Scope.DECLARED_READ in key.scopes,
        minors=Scope.MINORS_READ in key.scopes,
        shared=Scope.SHARED_READ in key.scopes,
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
