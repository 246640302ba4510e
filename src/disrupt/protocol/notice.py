"""A hotline's signed notice to a host that a machine can read, version 1: all that DSA Article 16(2) asks.

docs/notice.md says the same in words, docs/schemas in JSON Schema.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from disrupt.protocol import envelope as wrapped
from disrupt.protocol.envelope import HOST, UUID, a_list, an_object, follows, moment, need, stamp
from disrupt.protocol.envelope import MOST_BYTES as MOST_BYTES
from disrupt.protocol.envelope import BadSignature as BadSignature
from disrupt.protocol.envelope import NotANotice as NotANotice
from disrupt.protocol.envelope import NoticeError as NoticeError
from disrupt.protocol.envelope import UnknownKey as UnknownKey
from disrupt.protocol.feed import BadChange, PdqPrint, VpdqPrint, prints_from

FORMAT = "disrupt-notice/1"
MOST_ADDRESSES = 200
MOST_FINGERPRINTS = 200
LONGEST = dt.timedelta(days=30)
"""Between issue and expiry: a notice that is found later is of no use to anybody but a thief."""
SLACK = dt.timedelta(minutes=10)
"""By how much two clocks may differ."""

_ADDRESS = re.compile(r"https?://([^/?#@\s]+)([/?#]\S*)?\Z")
_HEX = re.compile(r"[0-9a-f]+")
_ASKS = ("remove", "hold")


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
            "issued_at": stamp(self.issued_at),
            "expires_at": stamp(self.expires_at),
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
    return wrapped.sealed(FORMAT, payload, key, sign)


def verified(envelope: bytes, *, keys: Mapping[str, bytes], host: str, now: dt.datetime) -> Notice:
    """The notice, if one of the pinned keys signed it, for this host and for now.

    Nothing of it is parsed before its signature holds. Whether it was acted on before, its `id` tells. Raises
    NoticeError: NotANotice, UnknownKey, BadSignature, OutOfTime, OtherHost.
    """
    notice = parsed(wrapped.opened(FORMAT, envelope, keys))
    if notice.host != host.lower():
        raise OtherHost(f"it is for {notice.host}, not for {host.lower()}")
    if notice.issued_at - SLACK > now:
        raise OutOfTime("it is from the future: set the clock")
    if notice.expires_at < now:
        raise OutOfTime("it has expired: ask the hotline for another")
    return notice


def parsed(raw: object) -> Notice:
    """A payload's JSON value as a notice, strictly. Raises NotANotice, OutOfTime."""
    told = an_object(
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
    notifier = an_object(told["notifier"], {"name", "email"})
    need(told["format"] == FORMAT, f"a payload of format {FORMAT}")
    need(follows(UUID, told["id"]), "an id that is a UUID")
    need(follows(HOST, told["host"]), "a host in lower case")
    need(told["asks"] in _ASKS, "what is asked: remove or hold")
    need(told["examined"] in (True, False) and told["good_faith"] is True, "a statement of good faith")
    for name, text in (
        ("explanation", told["explanation"]),
        ("category", told["category"]),
        *notifier.items(),
    ):
        need(isinstance(text, str) and 0 < len(text) <= 10_000, f"a text: {name}")
    law, addresses, contents = (a_list(told[name], name) for name in ("law", "addresses", "contents"))
    need(all(isinstance(one, str) and 0 < len(one) <= 500 for one in law), "articles of law")
    need(0 < len(addresses) <= MOST_ADDRESSES, f"1 to {MOST_ADDRESSES} addresses")
    need(len(contents) <= MOST_FINGERPRINTS, f"at most {MOST_FINGERPRINTS} contents")
    for address in addresses:
        found = _ADDRESS.fullmatch(address) if isinstance(address, str) and len(address) <= 4000 else None
        need(found is not None and found[1].lower() == told["host"], "addresses of the host that it is for")
    issued, expires = moment(told["issued_at"]), moment(told["expires_at"])
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
    told = an_object(raw, {"kind", "sha256", "md5", "pdq", "vpdq"})
    need(told["kind"] in ("image", "video"), "a kind: image or video")
    for name, length in (("sha256", 64), ("md5", 32)):
        value = told[name]
        good = value is None or (follows(_HEX, value) and len(value) == length)
        need(good, f"a {name} in hexadecimal, or null")
    try:
        pdq, vpdq = prints_from(told)
    except BadChange as error:
        raise NotANotice(str(error)) from error
    return Content(told["kind"], told["sha256"], told["md5"], pdq, vpdq)
