"""Signed messages between hotlines and hosts: an envelope that carries the very bytes that were signed.

Whatever JSON was written or read on the way, what was signed is what is read; nothing of it is parsed before
its signature holds.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from disrupt.errors import DisruptError
from disrupt.protocol import ed25519

MOST_BYTES = 4 << 20

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?\Z"
)
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


class NoticeError(DisruptError):
    """The notice is not acted on, or its answer not believed."""


class NotANotice(NoticeError):
    """What was received does not follow the format."""


class UnknownKey(NoticeError):
    """It is signed with a key that was not pinned, or no longer counts."""


class BadSignature(NoticeError):
    """It is not what the key's holder signed."""


def sealed(form: str, payload: bytes, key: str, sign: Callable[[bytes], bytes]) -> bytes:
    """The envelope of a payload of this format; `sign` gives the 64 bytes of an Ed25519 signature."""
    envelope = {
        "format": form,
        "key": key,
        "payload": base64.b64encode(payload).decode(),
        "signature": base64.b64encode(sign(_to_sign(form, payload))).decode(),
    }
    return json.dumps(envelope).encode()


def _to_sign(form: str, payload: bytes) -> bytes:
    """A signature of one format is one of nothing else."""
    return form.encode() + b"\n" + payload


def opened(form: str, envelope: bytes, keys: Mapping[str, bytes]) -> object:
    """The payload's JSON value, if one of these keys signed it.

    Raises NotANotice, UnknownKey, BadSignature.
    """
    if len(envelope) > MOST_BYTES:
        raise NotANotice(f"a notice has at most {MOST_BYTES:,} bytes")
    outer = an_object(_json(envelope), {"format", "key", "payload", "signature"})
    need(outer["format"] == form, f"an envelope of format {form}")
    need(isinstance(outer["key"], str), "the name of a key")
    payload, signature = _base64(outer["payload"]), _base64(outer["signature"])
    key = keys.get(outer["key"])
    if key is None:
        raise UnknownKey("it is signed with a key that is not pinned here")
    if not ed25519.verify(key, _to_sign(form, payload), signature):
        raise BadSignature("its signature does not hold: it was altered, or somebody else wrote it")
    return _json(payload)


def _json(data: bytes) -> object:
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotANotice("it is not JSON") from error
    return value


def _base64(raw: object) -> bytes:
    try:
        return base64.b64decode(str(raw), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotANotice("payload and signature are base64") from error


def an_object(raw: object, members: set[str]) -> dict[str, Any]:
    """An object of exactly these members. Raises NotANotice."""
    if not isinstance(raw, dict) or set(raw) != members:
        missing = sorted(members - set(raw)) if isinstance(raw, dict) else []
        raise NotANotice(f"expected an object of {', '.join(missing or sorted(members))} and nothing else")
    return raw


def a_list(raw: object, name: str) -> list[Any]:
    """A list. Raises NotANotice."""
    need(isinstance(raw, list), f"a list: {name}")
    found: list[Any] = raw if isinstance(raw, list) else []
    return found


def moment(raw: object) -> dt.datetime:
    """A time in UTC, to the second. Raises NotANotice."""
    need(follows(_STAMP, raw), "times as 2026-11-30T12:00:00Z")
    try:
        return dt.datetime.fromisoformat(str(raw))
    except ValueError as error:
        raise NotANotice("a time is none") from error


def stamp(at: dt.datetime) -> str:
    """The inverse of `moment`."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def follows(pattern: re.Pattern[str], value: object) -> bool:
    """Whether this is a text of that pattern, as a whole."""
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def need(good: bool, what: str) -> None:
    """Raise NotANotice unless it is good."""
    if not good:
        raise NotANotice(f"expected {what}")
