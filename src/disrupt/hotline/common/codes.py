"""Case codes: 100 random bits a person can write down, and what is derived from them.

Crockford base 32 (no I, L, O, U; read back forgivingly), 20 characters in groups of four. Argon2id with the
site's pepper makes every guess slow, and yields two independent values: the lookup under which the case is
found, and the seed of the case's own key pair. The code itself is never stored.
https://www.crockford.com/base32.html, RFC 9106 (Argon2).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import NewType

from django.conf import settings
from nacl.public import PrivateKey
from nacl.pwhash import argon2id

from disrupt.hotline.common import keys
from disrupt.hotline.common.keys import Pepper
from disrupt.hotline.common.running.limits import SLOW_HASHES

CaseCode = NewType("CaseCode", str)
Lookup = NewType("Lookup", str)

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20
_FORGIVEN = str.maketrans({"I": "1", "L": "1", "O": "0"})


class MalformedCode(ValueError):
    """What was typed cannot be a case code: 20 letters and digits, in groups of four."""


@dataclass(frozen=True)
class Derived:
    """What the site keeps or uses of a code: never the code."""

    lookup: Lookup
    private_key: PrivateKey
    pepper: str = ""
    """The name of the pepper that it was derived with."""

    @property
    def public_key(self) -> bytes:
        """32 bytes that messages to this case are sealed to."""
        return bytes(self.private_key.public_key)


def from_bits(value: bytes) -> CaseCode:
    """The code of the first 100 bits of `value` (at least 13 bytes)."""
    number = int.from_bytes(value[:13], "big") >> 4
    digits = [ALPHABET[(number >> (5 * i)) & 31] for i in reversed(range(LENGTH))]
    text = "".join(digits)
    return CaseCode("-".join(text[i : i + 4] for i in range(0, LENGTH, 4)))


def from_submission(token: str) -> CaseCode:
    """The code of one displayed form: the same form sent twice has the same code, and is one case."""
    digest = hmac.digest(keys.submission_key(), b"case-code:" + token.encode(), "sha256")
    return from_bits(digest)


def parse(typed: str) -> CaseCode:
    """The code in its one spelling. Raises MalformedCode."""
    letters = "".join(c for c in typed.upper().translate(_FORGIVEN) if c.isalnum())
    if len(letters) != LENGTH or any(c not in ALPHABET for c in letters):
        raise MalformedCode("A case code has 20 letters and digits, in five groups of four.")
    return CaseCode("-".join(letters[i : i + 4] for i in range(0, LENGTH, 4)))


def derive(code: CaseCode, pepper: Pepper | None = None) -> Derived:
    """Lookup and key pair of a code, with the present pepper unless an older one is given.

    It takes about a tenth of a second and 64 MiB, on purpose.
    Two at a time: the others wait their turn (common/limits).
    """
    pepper = pepper or keys.code_pepper()
    with SLOW_HASHES.place():
        root = argon2id.kdf(
            64,
            code.replace("-", "").encode(),
            pepper.secret[:16],
            opslimit=settings.CODE_ARGON2_OPS,
            memlimit=settings.CODE_ARGON2_BYTES,
        )
    lookup = hashlib.blake2b(root, key=pepper.secret, person=b"case-lookup", digest_size=32).hexdigest()
    seed = hashlib.blake2b(root, key=pepper.secret, person=b"case-key-pair", digest_size=32).digest()
    return Derived(Lookup(lookup), PrivateKey(seed), pepper.name)
