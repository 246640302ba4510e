"""Proof of work: the browser looks for a number that makes a hash begin with zeros (hashcash), for a moment.

The whole message fits one block of SHA-256 (55 bytes): static/intake/work.js needs no library. A proof counts
once. The key that signs challenges is made when the process starts and is never written.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import threading
from collections import OrderedDict

from disrupt.hotline.common import clock

VALID_SECONDS = 2 * 3600
_PROOF = re.compile(r"([0-9a-f]{8})\.(\d{1,2})\.([A-Za-z0-9_-]{12})\.([A-Za-z0-9_-]{16}):(\d{1,10})\Z")
_MOST_USED = 50_000


class Work:
    """Makes challenges and checks proofs."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._used: OrderedDict[str, int] = OrderedDict()

    def challenge(self, bits: int) -> str:
        """What the page hands to the script; empty when no work is asked."""
        if bits <= 0:
            return ""
        head = f"{_seconds():08x}.{bits}.{secrets.token_urlsafe(9)}"
        return f"{head}.{self._sign(head)}"

    def worked(self, proof: str) -> int:
        """The bits that a proof is worth; 0 for none, a false, a late or a used one."""
        found = _PROOF.match(proof)
        if not found:
            return 0
        issued, bits, nonce, signature, _counter = found.groups()
        head = f"{issued}.{bits}.{nonce}"
        if not hmac.compare_digest(signature, self._sign(head)):
            return 0
        if not 0 <= _seconds() - int(issued, 16) <= VALID_SECONDS:
            return 0
        digest = int.from_bytes(hashlib.sha256(proof.encode()).digest())
        if digest.bit_length() > 256 - int(bits):
            return 0
        with self._lock:
            if nonce in self._used:
                return 0
            self._used[nonce] = int(issued, 16)
            oldest = next(iter(self._used.values()))
            if len(self._used) > _MOST_USED or _seconds() - oldest > VALID_SECONDS:
                self._used.popitem(last=False)
        return int(bits)

    def _sign(self, head: str) -> str:
        digest = hashlib.blake2b(head.encode(), key=self._key, digest_size=12).digest()
        return base64.urlsafe_b64encode(digest).decode()


def _seconds() -> int:
    return int(clock.now().timestamp())


WORK = Work()
