"""The shape of an API key: a public prefix to find its row by, and 256 random bits kept only as a hash.

A slow password hash would add nothing: nobody guesses 256 random bits. SHA-256 of the whole key, compared in
constant time, also for keys that do not exist.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import NewType

KeySecret = NewType("KeySecret", str)

_SHAPE = re.compile(r"dsr_([0-9a-f]{12})_[0-9a-f]{64}")
NO_DIGEST = "0" * 64


@dataclass(frozen=True, repr=False)
class NewKey:
    """A key at the only moment when it is whole: `secret` goes to the partner, the rest to the database."""

    prefix: str
    secret: KeySecret
    digest: str


def digest_of(secret: KeySecret) -> str:
    """What is stored of a key: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(b"disrupt-api-key:" + secret.encode()).hexdigest()


def make() -> NewKey:
    """A new random key. It holds letters, digits and `_` only: safe in a header, a file or a comma list."""
    prefix = secrets.token_hex(6)
    secret = KeySecret(f"dsr_{prefix}_{secrets.token_hex(32)}")
    return NewKey(prefix, secret, digest_of(secret))


def prefix_of(text: str) -> str | None:
    """The prefix of what has the shape of a key; None for anything else."""
    found = _SHAPE.fullmatch(text)
    return found.group(1) if found else None


def agrees(text: str, digest: str) -> bool:
    """Whether this is the key of that digest, in a time that does not depend on how nearly."""
    return hmac.compare_digest(digest_of(KeySecret(text)), digest)
