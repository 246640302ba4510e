"""Waiting for a state, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(holds: Callable[[], object], what: str = "", *, seconds: float = 60) -> None:
    """Return when it holds. Raises AssertionError after so long, with `what` did not come about."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)
