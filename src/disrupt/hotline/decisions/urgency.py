"""How urgent an item is by a decision on it."""

from __future__ import annotations

from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.cases.models import PersonAge, Qualification


def priority_of(decision: Qualification) -> int:
    """How urgent the content is by this decision: whatever may show a minor is as urgent as it gets."""
    if decision.person != PersonAge.ADULT:
        return 0
    return scheme(decision.scheme)[decision.category].priority


def is_urgent(decision: Qualification) -> bool:
    """Whether the case, or what was decided, is of the highest priority."""
    return min(decision.item.case.priority, priority_of(decision)) == 0
