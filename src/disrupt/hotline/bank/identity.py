"""What makes two contents one entry: all of their fingerprints, never one field that somebody may choose."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def identity_of(kind: str, sha256: str, md5: str, prints: Mapping[str, Any]) -> str:
    """SHA-256 (hexadecimal) over every fingerprint, in an order that does not depend on who sent them.

    Whoever declares a file's true SHA-256 with a junk PDQ makes an entry of their own: it takes nothing
    from the entry of whoever declares the same file as it is (D17).
    """
    rows = {
        name: sorted(json.dumps(dict(row), sort_keys=True) for row in prints.get(name, ()))
        for name in ("pdq", "vpdq")
    }
    text = json.dumps([kind, sha256.lower(), md5.lower(), rows], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def from_elsewhere(identity: str, came: Mapping[str, Any]) -> str:
    """The same content told by another hotline, or by another way, is another entry: each goes by itself."""
    return hashlib.sha256(json.dumps([identity, dict(came)], sort_keys=True).encode()).hexdigest()
