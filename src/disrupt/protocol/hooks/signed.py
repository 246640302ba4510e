"""Webhooks in the form of Standard Webhooks (standardwebhooks.com), signed with Ed25519 (`v1a`).

Who receives one needs no secret: the public key stands on the account's page of the exchange.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from disrupt.protocol import ed25519

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
VERSION, KEY_PREFIX = "v1a", "whpk_"
SLACK = 300
"""Seconds that the clocks of both ends may differ by, and after which what was recorded is not taken."""


class BadHook(ValueError):
    """What came is not signed by the exchange, or not now."""


@dataclass(frozen=True)
class Told:
    """What was told. The same `id` may come again, when our answer was lost: then it is the same."""

    id: str
    type: str
    timestamp: str
    data: Mapping[str, Any]


def _text(identifier: str, at: int, body: bytes) -> bytes:
    return f"{identifier}.{at}.".encode() + body


def written_key(public: bytes) -> str:
    """A public key as it is told to people."""
    return KEY_PREFIX + base64.b64encode(public).decode()


def signed(
    identifier: str, at: int, body: bytes, signers: Collection[Callable[[bytes], bytes]]
) -> dict[str, str]:
    """The headers of a message; each of `signers` makes a signature."""
    text = _text(identifier, at, body)
    made = [f"{VERSION},{base64.b64encode(sign(text)).decode()}" for sign in signers]
    return {ID: identifier, TIMESTAMP: str(at), SIGNATURE: " ".join(made)}


def read(headers: Mapping[str, str], body: bytes, keys: Collection[str], now: float) -> Told:
    """A message that was signed with one of `keys` (as `written_key` writes them) lately. Raises BadHook.

    `headers` by any spelling of their names; `now` in seconds since 1970.
    """
    named = {name.lower(): value for name, value in headers.items()}
    identifier, at = named.get(ID, ""), named.get(TIMESTAMP, "")
    if not identifier or not at.isascii() or not at.isdigit() or len(at) > 12:
        raise BadHook("a webhook has an id and a time")
    if abs(int(at) - now) > SLACK:
        raise BadHook("this webhook was signed at another time: was it recorded, or is a clock wrong?")
    text = _text(identifier, int(at), body)
    publics = [_decoded(key.removeprefix(KEY_PREFIX)) for key in keys]
    given = [one.partition(",") for one in named.get(SIGNATURE, "").split(" ")]
    signatures = [_decoded(value) for version, _, value in given if version == VERSION]
    if not any(ed25519.verify(key, text, signature) for key in publics for signature in signatures):
        raise BadHook("this webhook is not signed with a key that is known")
    try:
        told = json.loads(body)
        return Told(identifier, str(told["type"]), str(told["timestamp"]), dict(told["data"]))
    except (ValueError, KeyError, TypeError):
        raise BadHook("this webhook's body is not what was agreed") from None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
