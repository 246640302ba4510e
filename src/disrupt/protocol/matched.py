"""One match as every answer has it: the toolkit's lines, its HTTP matcher and the hotline's."""

from __future__ import annotations

from typing import Any

from disrupt.matching.lookup import Match


def to_wire(match: Match) -> dict[str, Any]:
    """What was found, how near, and what to do with it."""
    return {
        "entry": match.entry,
        "action": match.action,
        "distance": match.distance,
        "view": match.view,
        "category": match.category,
        "certainty": match.certainty,
        "origin": match.origin,
        "needs_review": match.needs_review,
    }
