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

    def kept(self) -> str:
        """What may be stored of it."""
        return kept(self._hash.hexdigest())


def of_pieces(pieces: Iterable[bytes | memoryview]) -> str:
    """What may be stored of the digest of a file in pieces."""
    digest = Digest()
    for piece in pieces:
        digest.update(piece)
    return digest.kept()


def kept(digest: str) -> str:
    """What may be stored of a digest that a browser made. Raises NotADigest."""
    if not _SHAPE.fullmatch(digest):
        raise NotADigest("The digest of a file is 64 small hexadecimal digits.")
    keyed = hashlib.blake2b(digest.encode(), key=keys.code_pepper(), person=b"has-the-file", digest_size=32)
    return keyed.hexdigest()
