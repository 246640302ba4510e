"""A second digest of a file, which only somebody who has the file can make: no list that we offer holds it.

Partners know the SHA-256 of what they are to block, so that it shows nothing. SHA-256 over a fixed beginning
and then the file cannot be had from that. What is kept is a keyed hash of it: a stolen database gives nobody
what a browser would have to send (docs/adr/0041).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from disrupt.hotline.common import keys
from disrupt.hotline.common.keys import Pepper

# The browser begins in the same way (static/intake/device/hashing/digest.js).
BEGINNING = b"disrupt: I have this file\n"
_SHAPE = re.compile(r"[0-9a-f]{64}")


class NotADigest(ValueError):
    """What was sent is not 64 small hexadecimal digits."""


class Digest:
    """The digest of a file that comes in pieces; nothing of the file is kept."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256(BEGINNING)
        self.size = 0

    def update(self, piece: bytes | memoryview) -> None:
        self._hash.update(piece)
        self.size += len(piece)

    def digest(self) -> str:
        """What a browser would send of it."""
        return self._hash.hexdigest()


def of_pieces(pieces: Iterable[bytes | memoryview]) -> str:
    """What may be stored of the digest of a file in pieces."""
    digest = Digest()
    for piece in pieces:
        digest.update(piece)
    return kept(digest.digest())


def read(digest: str) -> str:
    """A digest that a browser made. Raises NotADigest."""
    if not _SHAPE.fullmatch(digest):
        raise NotADigest("The digest of a file is 64 small hexadecimal digits.")
    return digest


def kept(digest: str, pepper: Pepper | None = None) -> str:
    """What may be stored of it, 64 characters that say which pepper keyed it. Raises NotADigest."""
    pepper = pepper or keys.code_pepper()
    keyed = hashlib.blake2b(
        read(digest).encode(), key=pepper.secret, person=b"has-the-file", digest_size=32
    ).hexdigest()
    return f"{mark(pepper.name)}{keyed}"[: len(keyed)]


def mark(pepper: str) -> str:
    """How what a pepper keyed begins; nothing, of the first."""
    return f"{pepper}:" if pepper else ""


def sought(digests: Iterable[str]) -> list[str]:
    """Under which names a report may hold these files: one for each pepper."""
    return [kept(digest, pepper) for pepper in keys.code_peppers() for digest in digests]
