"""The data files that the portal brings along: help lines, platforms, countries."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import Any


@functools.cache
def packaged(name: str) -> Any:
    """What a JSON file of `data/` holds, read once."""
    path = resources.files("disrupt.hotline.intake") / "data" / name
    return json.loads(path.read_text("utf-8"))
