"""The review key, shared out so that k of n operators bring it back and fewer learn nothing of it.

For each group of k operators the key is the exclusive or of k random shares; each share is sealed to its
operator. What an operator hands over is a share, never their own key, and it is good for this key alone.

{"format": "disrupt-review-lock-1", "needed": k, "operators": [...], "opens": the pair's public half,
 "groups": [{"of": [0, 2], "sealed": [...], "digests": [...]}]}

A digest tells a share from anything else that is handed over; of 32 random bytes it says nothing.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import itertools
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

FORMAT = "disrupt-review-lock-1"
# As for backups: 3 of 8 are 56 groups.
MOST_GROUPS = 1000
_PERSON = b"disrupt-share"
# Which group, and whose place in it.
Place = tuple[int, int]
Shares = Mapping[Place, bytes]


class LockRefused(ValueError):
    """So many of so many operators cannot be asked for."""


class LockDamaged(ValueError):
    """This is not a lock that `lock` wrote."""


class NotAShare(ValueError):
    """What was handed over is no share of this key."""


@dataclass(frozen=True)
class Group:
    """k operators who bring the key back together: who they are, their sealed shares, and what these are."""

    of: tuple[int, ...]
    sealed: tuple[bytes, ...]
    digests: tuple[str, ...]


@dataclass(frozen=True)
class Lock:
    """Who can bring the key back, and which key it is."""

    needed: int
    operators: tuple[bytes, ...]
    opens: bytes
    groups: tuple[Group, ...]


def _mixed(parts: Iterable[bytes]) -> bytes:
    return functools.reduce(lambda one, two: bytes(a ^ b for a, b in zip(one, two, strict=True)), parts)


def _digest(share: bytes) -> str:
    return hashlib.blake2b(share, digest_size=32, person=_PERSON).hexdigest()


def lock(key: PrivateKey, operators: Iterable[PublicKey], needed: int) -> Lock:
    """Share the key out. Raises LockRefused."""
    publics = sorted({bytes(one) for one in operators})
    if not 2 <= needed <= len(publics):
        raise LockRefused(f"{needed} of {len(publics)} operators: at least two are needed, of those named.")
    found = list(itertools.combinations(range(len(publics)), needed))
    if len(found) > MOST_GROUPS:
        raise LockRefused("So many groups of operators cannot be sealed to: name fewer.")
    groups = []
    for of in found:
        shares = [secrets.token_bytes(32) for _ in of[1:]]
        shares.append(_mixed([bytes(key), *shares]))
        sealed = [
            bytes(SealedBox(PublicKey(publics[who])).encrypt(share))
            for who, share in zip(of, shares, strict=True)
        ]
        groups.append(Group(of, tuple(sealed), tuple(map(_digest, shares))))
    return Lock(needed, tuple(publics), bytes(key.public_key), tuple(groups))


def written(held: Lock) -> bytes:
    """The lock as a file."""
    groups = [
        {"of": group.of, "sealed": [_text(one) for one in group.sealed], "digests": group.digests}
        for group in held.groups
    ]
    operators = [_text(one) for one in held.operators]
    data = {"format": FORMAT, "needed": held.needed, "operators": operators, "opens": _text(held.opens)}
    return json.dumps(data | {"groups": groups}, indent=1).encode() + b"\n"


def read(data: bytes) -> Lock:
    """The lock that `written` wrote. Raises LockDamaged."""
    try:
        said: dict[str, Any] = json.loads(data)
        groups = tuple(
            Group(
                tuple(map(int, group["of"])),
                tuple(map(_bytes, group["sealed"])),
                tuple(map(str, group["digests"])),
            )
            for group in said["groups"]
        )
        held = Lock(int(said["needed"]), tuple(map(_bytes, said["operators"])), _bytes(said["opens"]), groups)
        if said["format"] != FORMAT or any(
            not len(group.of) == len(group.sealed) == len(group.digests) == held.needed for group in groups
        ):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise LockDamaged("This is not the lock of a review key.") from None
    return held


def shares_of(held: Lock, private: PrivateKey) -> dict[Place, bytes]:
    """The shares of one operator; empty where the lock does not name them. Raises LockDamaged."""
    mine: dict[Place, bytes] = {}
    for number, group in enumerate(held.groups):
        for place, who in enumerate(group.of):
            if held.operators[who] == bytes(private.public_key):
                try:
                    mine[number, place] = SealedBox(private).decrypt(group.sealed[place])
                except CryptoError:
                    raise LockDamaged("A share in this lock does not open.") from None
    return mine


def must_be_ours(held: Lock, shares: Shares) -> None:
    """Raises NotAShare unless each of them is a share of this key."""
    for (number, place), share in shares.items():
        try:
            digest = held.groups[number].digests[place]
        except IndexError:
            raise NotAShare("There is no such share.") from None
        if len(share) != 32 or not hmac.compare_digest(_digest(share), digest):
            raise NotAShare("This is no share of the key that the lock holds.")


def who_gave(held: Lock, shares: Shares) -> set[int]:
    """The operators whose shares these are."""
    return {held.groups[number].of[place] for number, place in shares}


def join(held: Lock, shares: Shares) -> PrivateKey | None:
    """The key, once a whole group is there. Raises LockDamaged where they do not make the key."""
    for number, group in enumerate(held.groups):
        wanted = [(number, place) for place in range(len(group.of))]
        if all(place in shares for place in wanted):
            key = PrivateKey(_mixed(shares[place] for place in wanted))
            if bytes(key.public_key) != held.opens:
                raise LockDamaged("These shares do not make the key that the lock was made of.")
            return key
    return None


def spoken(shares: Shares) -> str:
    """Shares as one line of text, to be handed over."""
    return " ".join(f"{number}.{place}:{_text(share)}" for (number, place), share in sorted(shares.items()))


def heard(line: str) -> dict[Place, bytes]:
    """The shares that `spoken` said. Raises NotAShare."""
    try:
        parts = [part.partition(":") for part in line.split()]
        places = [tuple(map(int, where.split("."))) for where, _sep, _share in parts]
        if any(len(place) != 2 or min(place) < 0 for place in places):
            raise ValueError
        shares = [_bytes(share) for _where, _sep, share in parts]
        return {(place[0], place[1]): share for place, share in zip(places, shares, strict=True)}
    except ValueError:
        raise NotAShare("This is not what `hand-over --print` printed.") from None


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
