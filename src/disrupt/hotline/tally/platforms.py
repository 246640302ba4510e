"""Which sites are very large platforms: versioned data, as the Commission designates them (DSA art. 33)."""

from __future__ import annotations

import functools
import json
from importlib import resources

LARGE, SMALL = "large", "small"


@functools.cache
def _large() -> frozenset[str]:
    folder = resources.files("disrupt.hotline.tally") / "data"
    newest = max(f.name for f in folder.iterdir() if f.name.startswith("large-platforms-"))
    return frozenset(json.loads((folder / newest).read_text("utf-8"))["sites"])


def size_of(site: str) -> str:
    """Large, small, or "" where there is no site."""
    if not site:
        return ""
    return LARGE if site in _large() else SMALL
