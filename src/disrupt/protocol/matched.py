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


def seconds(match: Match) -> list[dict[str, Any]]:
    """Which seconds of an upload are which of the banked film; nothing where neither moves."""
    return [
        {"upload": [s.start, s.end], "banked": [s.banked_start, s.banked_end], "frames": s.frames}
        for s in match.segments
    ]
