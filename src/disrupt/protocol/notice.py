"""A hotline's signed notice to a host that a machine can read, version 1: all that DSA Article 16(2) asks.

The envelope carries the payload's own bytes, so that what was signed is what is read, whatever JSON was
written or read on the way. docs/notice.md says the same in words, docs/schemas in JSON Schema.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from disrupt.errors import DisruptError
from disrupt.protocol import ed25519
from disrupt.protocol.feed import BadChange, PdqPrint, VpdqPrint, prints_from

FORMAT = "disrupt-notice/1"
MOST_ADDRESSES = 200
MOST_FINGERPRINTS = 200
MOST_BYTES = 4 << 20
LONGEST = dt.timedelta(days=30)
"""Between issue and expiry: a notice that is found later is of no use to anybody but a thief."""
SLACK = dt.timedelta(minutes=10)
"""By how much two clocks may differ."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:[0-9]{1,5})?\Z"
)
_ADDRESS = re.compile(r"https?://([^/?#@\s]+)([/?#]\S*)?\Z")
_HEX = re.compile(r"[0-9a-f]+")
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_ASKS = ("remove", "hold")


class NoticeError(DisruptError):
    """The notice is not acted on."""


class NotANotice(NoticeError):
    """What was received does not follow the format."""


class UnknownKey(NoticeError):
    """It is signed with a key that was not pinned, or no longer counts."""


class BadSignature(NoticeError):
    """It is not what the key's holder signed."""


class OutOfTime(NoticeError):
    """It has expired, is from the future, or counts for too long: look at the clock."""


class OtherHost(NoticeError):
    """It is for somebody else."""


@dataclass(frozen=True, slots=True)
class Content:
    """The fingerprints of one content that the notice is about."""

    kind: str
    sha256: str | None
    md5: str | None
    pdq: tuple[PdqPrint, ...]
    vpdq: tuple[VpdqPrint, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a hotline says to a host, and asks of it. `host`: the recipient's name, and port if it has one.

    `asks`: remove, or hold (take off until a court, or the host, decides).
    """

    id: str
    issued_at: dt.datetime
    expires_at: dt.datetime
    host: str
    notifier: str
    email: str
    category: str
    law: tuple[str, ...]
    explanation: str
    examined: bool
    good_faith: bool
    asks: str
    addresses: tuple[str, ...]
    contents: tuple[Content, ...]

    def payload(self) -> bytes:
        """The bytes that are signed."""
        return json.dumps(self.to_wire(), ensure_ascii=False, separators=(",", ":")).encode()

    def to_wire(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "id": self.id,
            "issued_at": f"{self.issued_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
            "expires_at": f"{self.expires_at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
            "host": self.host,
            "notifier": {"name": self.notifier, "email": self.email},
            "category": self.category,
            "law": list(self.law),
            "explanation": self.explanation,
            "examined": self.examined,
            "good_faith": self.good_faith,
            "asks": self.asks,
            "addresses": list(self.addresses),
            "contents": [
                {
                    "kind": one.kind,
                    "sha256": one.sha256,
                    "md5": one.md5,
                    "pdq": [{"hex": p.hex, "quality": p.quality, "role": p.role} for p in one.pdq],
                    "vpdq": [
                        {"frame": f.frame, "timestamp": f.timestamp, "quality": f.quality, "hex": f.hex}
                        for f in one.vpdq
                    ],
                }
                for one in self.contents
            ],
        }


def signed(payload: bytes, key: str, sign: Callable[[bytes], bytes]) -> bytes:
    """The envelope; `sign` gives the 64 bytes of an Ed25519 signature, `key` names the key."""
    envelope = {
        "format": FORMAT,
        "key": key,
        "payload": base64.b64encode(payload).decode(),
        "signature": base64.b64encode(sign(_to_sign(payload))).decode(),
    }
    return json.dumps(envelope).encode()


def _to_sign(payload: bytes) -> bytes:
    """A signature of a notice is one of nothing else."""
    return FORMAT.encode() + b"\n" + payload


def verified(envelope: bytes, *, keys: Mapping[str, bytes], host: str, now: dt.datetime) -> Notice:
    """The notice, if one of the pinned keys signed it, for this host and for now.

    Nothing of it is parsed before its signature holds. Whether it was acted on before, its `id` tells. Raises
    NoticeError: NotANotice, UnknownKey, BadSignature, OutOfTime, OtherHost.
    """
    if len(envelope) > MOST_BYTES:
        raise NotANotice(f"a notice has at most {MOST_BYTES:,} bytes")
    outer = _object(_json(envelope), {"format", "key", "payload", "signature"})
    _need(outer["format"] == FORMAT, f"a notice of format {FORMAT}")
    _need(isinstance(outer["key"], str), "the name of a key")
    payload, signature = _base64(outer["payload"]), _base64(outer["signature"])
    key = keys.get(outer["key"])
    if key is None:
        raise UnknownKey("it is signed with a key that is not pinned here")
    if not ed25519.verify(key, _to_sign(payload), signature):
        raise BadSignature("its signature does not hold: it was altered, or somebody else wrote it")
    notice = parsed(_json(payload))
    if notice.host != host.lower():
        raise OtherHost(f"it is for {notice.host}, not for {host.lower()}")
    if notice.issued_at - SLACK > now:
        raise OutOfTime("it is from the future: set the clock")
    if notice.expires_at < now:
        raise OutOfTime("it has expired: ask the hotline for another")
    return notice


def parsed(raw: object) -> Notice:
    """A payload's JSON value as a notice, strictly. Raises NotANotice, OutOfTime."""
    told = _object(
        raw,
        {
            *(
                "format",
                "id",
                "issued_at",
                "expires_at",
                "host",
                "notifier",
                "category",
                "law",
                "explanation",
            ),
            *("examined", "good_faith", "asks", "addresses", "contents"),
        },
    )
    notifier = _object(told["notifier"], {"name", "email"})
    _need(told["format"] == FORMAT, f"a payload of format {FORMAT}")
    _need(_is(_UUID, told["id"]), "an id that is a UUID")
    _need(_is(_HOST, told["host"]), "a host in lower case")
    _need(told["asks"] in _ASKS, "what is asked: remove or hold")
    _need(told["examined"] in (True, False) and told["good_faith"] is True, "a statement of good faith")
    for name, text in (
        ("explanation", told["explanation"]),
        ("category", told["category"]),
        *notifier.items(),
    ):
        _need(isinstance(text, str) and 0 < len(text) <= 10_000, f"a text: {name}")
    law, addresses, contents = (_list(told[name], name) for name in ("law", "addresses", "contents"))
    _need(all(isinstance(one, str) and 0 < len(one) <= 500 for one in law), "articles of law")
    _need(0 < len(addresses) <= MOST_ADDRESSES, f"1 to {MOST_ADDRESSES} addresses")
    _need(len(contents) <= MOST_FINGERPRINTS, f"at most {MOST_FINGERPRINTS} contents")
    for address in addresses:
        found = _ADDRESS.fullmatch(address) if isinstance(address, str) and len(address) <= 4000 else None
        _need(found is not None and found[1].lower() == told["host"], "addresses of the host that it is for")
    issued, expires = _moment(told["issued_at"]), _moment(told["expires_at"])
    if not issued < expires <= issued + LONGEST:
        raise OutOfTime(f"it counts for no time, or for more than {LONGEST.days} days")
    return Notice(
        told["id"],
        issued,
        expires,
        told["host"],
        notifier["name"],
        notifier["email"],
        told["category"],
        tuple(law),
        told["explanation"],
        told["examined"],
        True,
        told["asks"],
        tuple(addresses),
        tuple(_content(one) for one in contents),
    )


def _content(raw: object) -> Content:
    told = _object(raw, {"kind", "sha256", "md5", "pdq", "vpdq"})
    _need(told["kind"] in ("image", "video"), "a kind: image or video")
    for name, length in (("sha256", 64), ("md5", 32)):
        value = told[name]
        _need(
            value is None or (_is(_HEX, value) and len(value) == length), f"a {name} in hexadecimal, or null"
        )
    try:
        pdq, vpdq = prints_from(told)
    except BadChange as error:
        raise NotANotice(str(error)) from error
    return Content(told["kind"], told["sha256"], told["md5"], pdq, vpdq)


def _json(data: bytes) -> object:
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotANotice("it is not JSON") from error
    return value


def _object(raw: object, members: set[str]) -> dict[str, Any]:
    if not isinstance(raw, dict) or set(raw) != members:
        missing = sorted(members - set(raw)) if isinstance(raw, dict) else []
        raise NotANotice(f"expected an object of {', '.join(missing or sorted(members))} and nothing else")
    return raw


def _list(raw: object, name: str) -> list[Any]:
    _need(isinstance(raw, list), f"a list: {name}")
    found: list[Any] = raw if isinstance(raw, list) else []
    return found


def _base64(raw: object) -> bytes:
    try:
        return base64.b64decode(str(raw), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotANotice("payload and signature are base64") from error


def _moment(raw: object) -> dt.datetime:
    _need(_is(_STAMP, raw), "times as 2026-11-30T12:00:00Z")
    try:
        return dt.datetime.fromisoformat(str(raw))
    except ValueError as error:
        raise NotANotice("a time is none") from error


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _need(good: bool, what: str) -> None:
    if not good:
        raise NotANotice(f"expected {what}")
