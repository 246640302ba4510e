"""Waiting for a state, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

_AT_MOST = 60.0


def until(holds: Callable[[], object], what: str) -> None:
    """Return when it holds. Raises AssertionError after a minute, with `what` did not come about."""
    limit = time.monotonic() + _AT_MOST
    while not holds():
        assert time.monotonic() < limit, f"not within a minute: {what}"
        time.sleep(0.05)
