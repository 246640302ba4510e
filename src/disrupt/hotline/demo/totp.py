"""Current one-time codes of the demonstration's accounts (RFC 6238: SHA-1, 30 s, six digits)."""

from __future__ import annotations

import base64
import hmac
import time


def current_code(secret: str, at: float | None = None) -> str:
    """The code of a base-32 secret at a moment (seconds since 1970), now by default."""
    counter = int((time.time() if at is None else at) // 30)
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, counter.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 15
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def seconds_left(at: float | None = None) -> int:
    """How long the current code is still valid."""
    return 30 - int(time.time() if at is None else at) % 30
