"""SHA-256 and MD5 of content, in one pass that never holds more than a block."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

BLOCK = 1 << 20


class Digests(NamedTuple):
    """Both digests in lower-case hexadecimal, and the number of bytes."""

    sha256: str
    md5: str
    size: int


def digest_chunks(chunks: Iterable[bytes | memoryview]) -> Digests:
    """Digest the chunks as one content."""
    sha256, md5, size = hashlib.sha256(), hashlib.md5(usedforsecurity=False), 0
    for chunk in chunks:
        sha256.update(chunk)
        md5.update(chunk)
        size += len(chunk)
    return Digests(sha256.hexdigest(), md5.hexdigest(), size)


def digest_bytes(content: bytes | memoryview) -> Digests:
    """Digest content held in memory."""
    view = memoryview(content).cast("B")
    return digest_chunks(view[i : i + BLOCK] for i in range(0, len(view), BLOCK))


def digest_file(file: BinaryIO) -> Digests:
    """Digest a binary file from where it stands to its end."""
    return digest_chunks(iter(lambda: file.read(BLOCK), b""))
