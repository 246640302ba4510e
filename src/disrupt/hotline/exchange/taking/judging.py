"""What becomes of an entry of another list, by the rules for that list: no database is asked here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from disrupt.hotline.bank.models import EntryKind, Minors
from disrupt.hotline.bank.prints import Prints
from disrupt.hotline.cases.categories import Category
from disrupt.hotline.exchange.taking.models import Verdict
from disrupt.protocol.feed import DERIVED, MOST_THROUGH, ROLES, Added, Came
from disrupt.protocol.generic import is_generic, is_generic_digest
from disrupt.protocol.taking.sources import Rules

_WHOLE = frozenset(ROLES) - {DERIVED}


@dataclass(frozen=True)
class Offer:
    """What would be offered of it, under which category of ours."""

    prints: Prints
    category: str
    minors: Minors
    came: Came

    def as_json(self) -> dict[str, Any]:
        prints = self.prints
        return {
            "kind": prints.kind.value,
            "sha256": prints.sha256,
            "md5": prints.md5,
            **prints.as_json(),
            "category": self.category,
            "minors": self.minors.value,
            "came": self.came.to_wire(),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Offer:
        """The inverse of `as_json`."""
        prints = Prints(
            EntryKind(raw["kind"]), raw["sha256"], raw["md5"], tuple(raw["pdq"]), tuple(raw["vpdq"])
        )
        return cls(prints, raw["category"], Minors(raw["minors"]), Came.from_wire(raw["came"]))

    @property
    def digest(self) -> str:
        """Differs where something else would be offered."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Judged:
    """A verdict; `offer` with the verdict OFFERED only. `first` is the same by whichever way it comes."""

    verdict: Verdict
    first: str
    hops: int = 1
    offer: Offer | None = None


def judge(
    added: Added,
    hotline: str,
    rules: Rules,
    ours: str,
    categories: Mapping[str, Category],
    closed: frozenset[str] = frozenset(),
) -> Judged:
    """By these rules, of an entry that the hotline of this name offers; `ours` is our own name.

    No loops: what came through us is ours, whatever it was called on its way. Nothing that a rule keeps out
    leaves a fingerprint behind.
    """
    through = (*(added.came.through if added.came else ()), hotline)
    first = f"{through[0]}/{added.came.first if added.came else added.id}"
    hops = len(through)

    def no(verdict: Verdict) -> Judged:
        return Judged(verdict, first, hops)

    category = categories.get(rules.category(added.category))
    if ours in through or hotline in through[:-1]:
        return no(Verdict.OURS)
    if hops > MOST_THROUGH:
        return no(Verdict.FAR)
    if added.kind not in rules.kinds:
        return no(Verdict.KIND)
    if not rules.minors and (added.minors or (category is not None and category.minors)):
        return no(Verdict.MINORS)
    if added.origin not in rules.origins:
        return no(Verdict.ORIGIN)
    if category is None or not category.bank:
        return no(Verdict.CATEGORY)
    if category.code in closed:
        return no(Verdict.CLOSED)
    prints = _good(added, rules.quality)
    if prints is None:
        return no(Verdict.QUALITY)
    if not rules.pass_on:
        return no(Verdict.NOT_PASSED_ON)
    # Another hotline's examination is not ours: it counts as somebody's word.
    minors = Minors.DECLARED if added.minors or category.minors else Minors.NOBODY
    came = Came(first.partition("/")[2], through)
    return Judged(Verdict.OFFERED, first, hops, Offer(prints, category.code, minors, came))


def _good(added: Added, quality: int) -> Prints | None:
    """Its fingerprints but those of parts, generic ones, and those of low quality; None where none is left.

    A digest alone is good enough: it says the very file.
    """
    pdq = tuple(
        {"hex": one.hex, "quality": one.quality, "role": one.role}
        for one in added.pdq
        if one.role in _WHOLE and one.quality >= quality and not is_generic(one.hex)
    )
    vpdq = tuple(
        {"frame": one.frame, "timestamp": one.timestamp, "quality": one.quality, "hex": one.hex}
        for one in added.vpdq
        if one.quality >= quality and not is_generic(one.hex)
    )
    sha256 = "" if added.sha256 is None or is_generic_digest(added.sha256) else added.sha256
    md5 = "" if added.md5 is None or is_generic_digest(added.md5) else added.md5
    if not (pdq or vpdq or sha256 or md5):
        return None
    return Prints(EntryKind(added.kind), sha256, md5, pdq, vpdq)
