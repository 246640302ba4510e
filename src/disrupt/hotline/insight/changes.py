"""What a correction changed: every number that the version before told otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Told = dict[tuple[str, ...], float | None]


def changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Table, labels, and what was told and is told now; nothing where it is not told by itself."""
    old, new = _told(before), _told(now)
    return [
        {"table": key[0], "of": list(key[1:]), "before": old.get(key), "now": new.get(key)}
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]


def _told(content: Mapping[str, Any]) -> Told:
    """Every number that is told, by its table and labels."""
    # A version from before refusals had reasons tells of none.
    tables = {name: content.get(name, ()) for name in ("received", "notices", "host_refusals")}
    tables |= content["decided"]
    found: Told = {(name, *part["of"]): part["n"] for name, parts in tables.items() for part in parts}
    for what, times in content["times"].items():
        found |= {("times", what, name): times[name] for name in ("median_hours", "p90_hours")}
        found |= {("times", what, f"within {hours}"): share for hours, share in times["within"].items()}
    return found
