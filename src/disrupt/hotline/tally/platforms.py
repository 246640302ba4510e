"""Which sites are very large platforms: versioned data, as the Commission designates them (DSA art. 33)."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, replace
from importlib import resources

from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind

LARGE, SMALL = "large", "small"


@dataclass(frozen=True)
class Designated:
    """A version of the list."""

    version: str
    sites: frozenset[str]


def designated() -> Designated:
    """The newest version, with what the hotline was told since."""
    known, changed = packaged(), amendments.of(Kind.PLATFORM)
    if not changed:
        return known
    gone = {site for site, said in changed.items() if not said["large"]}
    return replace(known, sites=(known.sites | changed.keys()) - gone)


@functools.cache
def packaged() -> Designated:
    """The newest version that comes along."""
    folder = resources.files("disrupt.hotline.tally") / "data"
    newest = max(f.name for f in folder.iterdir() if f.name.startswith("large-platforms-"))
    raw = json.loads((folder / newest).read_text("utf-8"))
    return Designated(raw["version"], frozenset(raw["sites"]))


def size_of(site: str) -> str:
    """Large, small, or "" where there is no site."""
    if not site:
        return ""
    return LARGE if site in designated().sites else SMALL
