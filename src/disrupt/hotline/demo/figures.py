"""The figures of the demonstration: what was counted while it ran, and how long each took."""

from __future__ import annotations

from collections import Counter


def lines() -> list[str]:
    """A line for each question: what came, what was decided, sent, removed, offered; and the times."""
    from disrupt.hotline.tally.facts import Kind
    from disrupt.hotline.tally.models import Daily, Fresh

    counts: Counter[tuple[str, str]] = Counter()
    longest: dict[tuple[str, str], int] = {}
    for model in (Daily, Fresh):
        for kind, outcome, step, n in model.objects.values_list("kind", "outcome", "hours", "n"):
            counts[kind, outcome] += n
            longest[kind, outcome] = max(step, longest.get((kind, outcome), step))

    def of(kind: Kind) -> int:
        return sum(n for (one, _outcome), n in counts.items() if one == kind)

    illegal, host = counts[Kind.DECIDED, "illegal"], counts[Kind.NOTIFIED, "host"]
    blocked = counts[Kind.FEEDBACK, "Blocked"]
    return [
        f"{of(Kind.CASE)} reports with {of(Kind.RECEIVED)} contents",
        f"{of(Kind.DECIDED)} decided, {illegal} of them illegal: {_within(longest, Kind.DECIDED, 'illegal')}",
        f"{of(Kind.NOTIFIED)} notices, {host} of them to hosts: {_within(longest, Kind.NOTIFIED, 'host')}",
        f"{of(Kind.REMOVED)} seen gone, {of(Kind.BACK)} back: {_within(longest, Kind.REMOVED, '')}",
        f"{of(Kind.OFFERED)} fingerprints offered; {blocked} copies said to be blocked",
        "no case, no person and no moment stands in them: docs/figures.md",
    ]


def _within(longest: dict[tuple[str, str], int], kind: str, outcome: str) -> str:
    """Within how many hours of the report all of a kind happened."""
    from disrupt.hotline.tally.spans import ends_of

    step = longest.get((kind, outcome))
    return "none" if step is None else f"each within {ends_of(step)[1]:.0f} h of its report"
