"""Which sites are very large platforms: versioned data, as the Commission designates them (DSA art. 33)."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

LARGE, SMALL = "large", "small"


@dataclass(frozen=True)
class Designated:
    """A version of the list."""

    version: str
    sites: frozenset[str]


@functools.cache
def designated() -> Designated:
    """The newest version."""
    folder = resources.files("disrupt.hotline.tally") / "data"
    newest = max(f.name for f in folder.iterdir() if f.name.startswith("large-platforms-"))
    raw = json.loads((folder / newest).read_text("utf-8"))
    return Designated(raw["version"], frozenset(raw["sites"]))


def size_of(site: str) -> str:
    """Large, small, or "" where there is no site."""
    if not site:
        return ""
    return LARGE if site in designated().sites else SMALL
