"""The hotlines' keys that a site has pinned: `name base64` a line."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from disrupt.partner.shared.keyfile import read_named
from disrupt.protocol.ed25519 import is_key


def read_keys(path: Path) -> dict[str, bytes]:
    """The pinned keys of a file. Raises BadKeys."""
    return read_named(path, _key_of, "write the key's name, a space, and its 32 bytes in base64")


def _key_of(word: str) -> bytes | None:
    try:
        key = base64.b64decode(word, validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if is_key(key) else None
