"""What the list answers to look-ups, in the words of `disrupt match`; nothing that a key may not see."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from disrupt.hotline.bank.models import BankEntry, ChangeKind, EntryState
from disrupt.hotline.exchange.door.sight import Facts, Sight
from disrupt.hotline.exchange.match.held import PART, ROLES, HeldList, Hit
from disrupt.matching.entries import MINIMUM_QUALITY
from disrupt.matching.lookup import SHA256, Match, best_of, certainty_of
from disrupt.protocol import matched
from disrupt.protocol.look_up import LookUp

MOST_MATCHES = 100
"""Of one look-up; the nearest."""
_TOO_FEW_FEATURES = f"quality is under {MINIMUM_QUALITY}: too flat, too blurred or too small to be matched"
_MANY = 128  # look-ups, from which on all processors take part
_NOTHING: dict[str, Any] = {"action": "none", "matches": []}

Found = tuple[Match, Facts]


def answers(held: HeldList, looks: Sequence[LookUp], sight: Sight) -> list[dict[str, Any]]:
    """One answer for each look-up, in their order."""
    found: dict[int, list[Found]] = {}
    asked = [n for n, one in enumerate(looks) if one.pdq is not None and one.quality >= MINIMUM_QUALITY]
    if asked and len(held):
        texts = [looks[n].pdq or "" for n in asked]
        threads = os.cpu_count() or 1 if len(asked) >= _MANY else 1
        for hit in held.query(texts, [looks[n].radius for n in asked], threads):
            facts = held.facts_of(hit.seq)
            if sight.shows(facts) and (sight.derived or hit.role != PART):
                number = asked[hit.query]
                match = _near(held, hit, facts, looks[number].view)
                found.setdefault(number, []).append((match, facts))
    if any(one.sha256 or one.md5 for one in looks):
        _exact(looks, sight, found)
    # Nearly all are nearly always empty: those are one and the same object.
    special = found.keys() | ({*range(len(looks))} - {*asked} if len(asked) < len(looks) else ())
    every = [_NOTHING] * len(looks)
    for number in special:
        every[number] = _answer(looks[number], found.get(number))
    return every


def _near(held: HeldList, hit: Hit, facts: Facts, view: str) -> Match:
    return Match(
        held.entry_of(hit.seq),
        hit.distance,
        view,
        facts.category,
        certainty_of(hit.distance),
        role=ROLES[hit.role],
        origin=facts.origin,  # type: ignore[arg-type]  # the bank's own words
    )


def _exact(looks: Sequence[LookUp], sight: Sight, found: dict[int, list[Found]]) -> None:
    """Entries of the very same bytes: two questions to the database, however many look-ups there are."""
    fields = ("pk", "sha256", "md5", "origin", "minors", "category", "kind", "jurisdiction")
    offered = BankEntry.objects.filter(state=EntryState.ACTIVE, changes__kind=ChangeKind.ADDED)
    for name, place in (("sha256", 1), ("md5", 2)):
        wanted = {getattr(one, name) for one in looks} - {None}
        known: dict[str, list[Found]] = {}
        for row in offered.filter(**{f"{name}__in": wanted}).values_list(*fields) if wanted else ():
            facts = Facts(*row[3:])
            if sight.shows(facts):
                match = Match(str(row[0]), 0, SHA256, facts.category, "match", origin=facts.origin)  # type: ignore[arg-type]  # as above
                known.setdefault(str(row[place]), []).append((match, facts))
        for number, one in enumerate(looks):
            found.setdefault(number, []).extend(known.get(getattr(one, name) or "", ()))


def _answer(look: LookUp, found: list[Found] | None) -> dict[str, Any]:
    answer = _NOTHING
    if found:
        facts = {match.entry: fact for match, fact in found}
        best = best_of(match for match, _ in found)[:MOST_MATCHES]
        actions = {match.action for match in best}
        answer = {
            "action": "block" if "block" in actions else "review",
            "matches": [told_match(match, facts[match.entry]) for match in best],
        }
    if look.pdq is not None and look.quality < MINIMUM_QUALITY:
        return answer | {"refused": _TOO_FEW_FEATURES}
    return answer


def told_match(match: Match, facts: Facts) -> dict[str, Any]:
    """One match, and what is told of its entry."""
    return matched.to_wire(match) | {
        "role": match.role,
        "kind": facts.kind,
        "minors": facts.minors or None,
        "jurisdiction": facts.jurisdiction or None,
    }
