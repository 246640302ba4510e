"""One decision carries to the same thing in other places: each with its own event, and its own undo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from disrupt.hotline.cases.states import ImpossibleStep
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.processing.family import Member
from disrupt.hotline.review.waiting import claims


@dataclass(frozen=True)
class Carried:
    """To how many items a decision went, and to how many of those that were ticked it did not."""

    items: int = 0
    refused: int = 0


def carry(kept: Iterable[Member], data: Mapping[str, Any], user: Any, address: str) -> Carried:
    """Decide alike on the members that the analyst kept; what somebody else works on is left to them.

    What is said for the notices of an address is said of that address only.
    """
    kept = list(kept)
    others = set(
        claims.of_others(user).filter(case_id__in=[m.item.case_id for m in kept]).values_list("pk", flat=True)
    )
    items = 0
    for member in kept:
        if member.item.case_id in others:
            continue
        try:
            decisions.qualify(
                member.item,
                data["category"],
                analyst(user.pk),
                person=data["person"],
                secondary=data["secondary"],
                reason=data["reason"],
                reasoning=data["reasoning"],
                synthetic=data["synthetic"],
                particulars=data["particulars"] if member.item.url == address else {},
                carried=True,
            )
        except ImpossibleStep:
            continue
        items += 1
    return Carried(items, len(kept) - items)
