"""The log of a bank's changes: what a leaf commits to, and the signed head that all partners are given.

A leaf names its change; of an addition it holds two salted commitments, to the entry and to the hashes of
parts of it. Who may see the entry is given the salt and checks it; the others learn that something was added,
and can test no guess. docs/api.md and docs/adr/0031 say the same in words.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from disrupt.protocol.feed import DERIVED, Added

TITLE = "disrupt-log/1"
LEDGERS = "disrupt-ledgers/1"
"""What heads of the other log begin with, that of the hotline's own ledgers (docs/adr/0097)."""
RESTORED = "disrupt-restored/1"
"""What a hotline signs that restored a backup: the list as it came back, and when (docs/adr/0141)."""
SALT = 16
_APART = ("seq", "at", "action", "proof", "pdq")


class BadLog(ValueError):
    """What should prove a page cannot be read."""


def canonical(value: object) -> bytes:
    """JSON with sorted keys, without spaces, in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def commitment(salt: bytes, value: object) -> str:
    """SHA-256 (hexadecimal) of the salt and the canonical JSON: it hides the value and binds to it."""
    return hashlib.sha256(salt + canonical(value)).hexdigest()


def content_of(added: Added) -> tuple[dict[str, Any], list[Any]]:
    """What the two commitments of an addition are to: the entry, and the hashes of parts of its picture."""
    wire = added.to_wire()
    entry = {name: value for name, value in wire.items() if name not in _APART}
    entry["pdq"] = [row for row in wire["pdq"] if row["role"] != DERIVED]
    return entry, [row for row in wire["pdq"] if row["role"] == DERIVED]


def leaf_of(seq: int, at: dt.datetime, action: str, entry_id: str, content: str, parts: str) -> bytes:
    """The data of a leaf; `content` and `parts` are empty for a withdrawal."""
    when = at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return canonical(
        {"seq": seq, "at": when, "action": action, "id": entry_id, "content": content, "parts": parts}
    )


@dataclass(frozen=True, slots=True)
class Head:
    """The tree of the first `size` changes, when it was signed, by which keys (Ed25519, hexadecimal) and how.

    Each key signs all of it, the other keys too: whoever trusts one learns the next before it is alone.
    """

    size: int
    root: bytes
    at: str
    keys: tuple[str, ...]
    signatures: tuple[bytes, ...] = ()
    title: str = TITLE

    def text(self) -> bytes:
        """What is signed."""
        return "\n".join([self.title, str(self.size), self.root.hex(), self.at, *self.keys, ""]).encode()

    def to_wire(self) -> dict[str, Any]:
        return {
            "size": self.size,
            "root": self.root.hex(),
            "at": self.at,
            "keys": list(self.keys),
            "signatures": [one.hex() for one in self.signatures],
        }


@dataclass(frozen=True, slots=True)
class LogPart:
    """What a page brings as its proof: the head, the tree's complete parts before the page, and the proof
    that the tree at the page's end is a beginning of the head's.
    """

    head: Head
    before: tuple[bytes, ...]
    consistency: tuple[bytes, ...]

    def to_wire(self) -> dict[str, Any]:
        return {
            "head": self.head.to_wire(),
            "before": [one.hex() for one in self.before],
            "consistency": [one.hex() for one in self.consistency],
        }


def hashes_of(values: object, size: int = 32, most: int = 200) -> tuple[bytes, ...]:
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) > most:
        raise BadLog("a list of hashes was expected")
    try:
        found = tuple(bytes.fromhex(value) for value in values)
    except (TypeError, ValueError):
        raise BadLog("a hash is not hexadecimal") from None
    if any(len(one) != size for one in found):
        raise BadLog(f"a value of {size} bytes was expected")
    return found


def read_head(head: object, title: str = TITLE) -> Head:
    """A signed head as it goes over the wire; its signatures are not verified. Raises BadLog."""
    if not isinstance(head, Mapping):
        raise BadLog("there is no head")
    size, at, keys = head.get("size"), head.get("at"), head.get("keys")
    if type(size) is not int or not 0 <= size < 2**63 or not isinstance(at, str) or len(at) > 40:
        raise BadLog("the head has no size or no time")
    (root,) = hashes_of([head.get("root")])
    named = tuple(one.hex() for one in hashes_of(keys, most=8))
    signatures = hashes_of(head.get("signatures"), 64, most=8)
    if len(named) != len(signatures) or not named or "\n" in at:
        raise BadLog("the head does not have a signature for each key")
    return Head(size, root, at, named, signatures, title)


def read_log_part(raw: object) -> LogPart:
    """The `log` member of a page. Raises BadLog."""
    if not isinstance(raw, Mapping):
        raise BadLog("there is no head")
    before, proof = hashes_of(raw.get("before")), hashes_of(raw.get("consistency"))
    return LogPart(read_head(raw.get("head")), before, proof)
