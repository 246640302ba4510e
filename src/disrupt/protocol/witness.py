"""A partner's signature below a head of the log that it verified: a witness that this history was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from disrupt.protocol import ed25519
from disrupt.protocol.numbers import as_whole
from disrupt.protocol.signed_log import BadLog, hashes_of

TITLE = "disrupt-witness/1"
MOST_SIZE = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Witness:
    """The tree of the first `size` changes, and whose key (Ed25519, hexadecimal) says so."""

    size: int
    root: bytes
    key: str
    signature: bytes = b""

    def text(self) -> bytes:
        """What is signed."""
        return "\n".join([TITLE, str(self.size), self.root.hex(), self.key, ""]).encode()

    def is_genuine(self) -> bool:
        """Whether the holder of the key signed exactly this."""
        return ed25519.verify(bytes.fromhex(self.key), self.text(), self.signature)

    def to_wire(self) -> dict[str, object]:
        return {
            "size": self.size,
            "root": self.root.hex(),
            "key": self.key,
            "signature": self.signature.hex(),
        }


def read_witness(raw: object) -> Witness:
    """A witness as it goes over the wire; whether it is genuine is not looked at. Raises BadLog."""
    if not isinstance(raw, Mapping):
        raise BadLog("a witness is an object")
    size = as_whole(raw.get("size"), MOST_SIZE)
    if size is None:
        raise BadLog("a witness has a size")
    root, key = hashes_of([raw.get("root"), raw.get("key")])
    (signature,) = hashes_of([raw.get("signature")], 64)
    return Witness(size, root, key.hex(), signature)
