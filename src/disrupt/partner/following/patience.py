"""How long a client waits before it asks again, and in which words it says why it gave up."""

from __future__ import annotations

import email.utils
import random
import time
import uuid
from collections.abc import Callable

TRIES = 6
LONGEST_PAUSE = 60.0
"""Seconds; whoever asks for longer is left alone until the next run."""
RETRY = {429, 500, 502, 503, 504}
ONCE = "Idempotency-Key"
"""The header under which a deed is done once, however often it is sent."""


def how_long(attempt: int, retry_after: str, chance: Callable[[], float] = random.random) -> float:
    """Seconds to wait before another try: what the other side said, or longer each time."""
    asked = seconds_of(retry_after)
    if asked is not None:
        return min(asked, LONGEST_PAUSE)
    backoff: float = min(0.5 * 2.0 ** (attempt - 1), LONGEST_PAUSE)
    return backoff * (0.5 + chance() / 2)


def seconds_of(retry_after: str) -> float | None:
    """What `Retry-After` says, as seconds from now; None where it says nothing, or a time that is past."""
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        left = email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError):
        return None
    return left if left > 0 else None


def fault_of(status: int, retry_after: str) -> str:
    """What went wrong, for the sentence that is said in the end."""
    fault = f"it answered {status}"
    if status == 429:
        fault += " (too many requests)"
    asked = seconds_of(retry_after)
    return f"{fault} and asks to come back in {asked:.0f} s" if asked is not None else fault


def new_name() -> str:
    """A name for one deed, as the header wants it."""
    return f'"{uuid.uuid4()}"'
