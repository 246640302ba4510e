"""Notices for tests, signed with a key that everybody knows."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import nacl.signing

from disrupt.protocol.feed import PdqPrint
from disrupt.protocol.notice import Content, Notice, signed

KEY = nacl.signing.SigningKey(bytes(range(32)))
OTHER = nacl.signing.SigningKey(bytes(range(1, 33)))
NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
VECTORS = Path(__file__).parents[2] / "docs" / "schemas" / "notice-vectors.json"
NOTICE = Notice(
    id="9f0c1b7d-0000-4000-8000-000000000001",
    issued_at=NOW - dt.timedelta(hours=1),
    expires_at=NOW + dt.timedelta(days=7),
    host="forum.example",
    notifier="A hotline",
    email="notices@hotline.example",
    category="ADU-DNCI",
    law=("Code pénal, art. 226-2-1",),
    explanation="An intimate picture of an adult, shown without her consent.",
    examined=True,
    good_faith=True,
    asks="hold",
    addresses=("https://forum.example/uploads/a.jpg", "http://forum.example/t/7?page=2"),
    contents=(Content("image", "ab" * 32, None, (PdqPrint("5a" * 32, 100, "stored"),), ()),),
)


def sign(notice: Notice, key: nacl.signing.SigningKey = KEY) -> bytes:
    return signed(notice.payload(), "2026-11", lambda text: key.sign(text).signature)


def _changed(envelope: bytes, **members: Any) -> bytes:
    return json.dumps({**json.loads(envelope), **members}).encode()


def _payload(**members: Any) -> bytes:
    payload = json.dumps({**NOTICE.to_wire(), **members}).encode()
    return signed(payload, "2026-11", lambda text: KEY.sign(text).signature)


def cases() -> dict[str, tuple[bytes, str]]:
    """Envelopes, and `ok` or the code of the error that each must lead to."""
    good = sign(NOTICE)
    told = json.loads(good)
    text = base64.b64decode(told["payload"]).replace(b"hold", b"HOLD")
    signature = bytearray(base64.b64decode(told["signature"]))
    # The same signature with the group's order added to its second half, which a careless reader takes.
    order = 2**252 + 27742317777372353535851937790883648493
    late = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    second = base64.b64encode(bytes(signature[:32]) + late).decode()
    missing = NOTICE.to_wire()
    del missing["good_faith"]
    unsaid = signed(json.dumps(missing).encode(), "2026-11", lambda text: KEY.sign(text).signature)
    hour, day = dt.timedelta(hours=1), dt.timedelta(days=1)
    lookalike = "https://forum.example@other.example/a"
    no_hash = {"kind": "image", "sha256": "x", "md5": None, "pdq": [], "vpdq": []}
    return {
        "good": (good, "ok"),
        "to remove, without fingerprints": (_payload(asks="remove", contents=[]), "ok"),
        "ten minutes ahead": (sign(replace(NOTICE, issued_at=NOW + dt.timedelta(minutes=9))), "ok"),
        "another key's signature": (sign(NOTICE, OTHER), "bad_signature"),
        "a key that is not pinned": (_changed(good, key="2025-01"), "unknown_key"),
        "altered payload": (_changed(good, payload=base64.b64encode(text).decode()), "bad_signature"),
        "a second form of the signature": (_changed(good, signature=second), "bad_signature"),
        "no signature": (_changed(good, signature=""), "bad_signature"),
        "signature not base64": (_changed(good, signature="%%"), "not_a_notice"),
        "a member more": (_changed(good, more=1), "not_a_notice"),
        "not JSON": (b"notice", "not_a_notice"),
        "another version": (_changed(good, format="disrupt-notice/2"), "not_a_notice"),
        "for another host": (
            sign(replace(NOTICE, host="other.example", addresses=("https://other.example/a",))),
            "other_host",
        ),
        "an address of another host": (_payload(addresses=["https://other.example/a"]), "not_a_notice"),
        "an address that only looks like it": (
            _payload(addresses=[lookalike]),
            "not_a_notice",
        ),
        "no address": (_payload(addresses=[]), "not_a_notice"),
        "ten thousand addresses": (_payload(addresses=["https://forum.example/a"] * 10_000), "not_a_notice"),
        "expired": (
            sign(
                replace(NOTICE, issued_at=NOW - dt.timedelta(days=9), expires_at=NOW - dt.timedelta(days=1))
            ),
            "out_of_time",
        ),
        "from the future": (sign(replace(NOTICE, issued_at=NOW + hour)), "out_of_time"),
        "for a year": (sign(replace(NOTICE, expires_at=NOW + 365 * day)), "out_of_time"),
        "not in good faith": (_payload(good_faith=False), "not_a_notice"),
        "without good faith": (unsaid, "not_a_notice"),
        "a hash that is none": (
            _payload(contents=[no_hash]),
            "not_a_notice",
        ),
    }


def vectors() -> str:
    """The published file."""
    told = {
        "format": "disrupt-notice/1",
        "keys": {"2026-11": base64.b64encode(bytes(KEY.verify_key)).decode()},
        "host": NOTICE.host,
        "now": "2026-11-30T12:00:00Z",
        "cases": [
            {"name": name, "envelope": base64.b64encode(envelope).decode(), "expect": expect}
            for name, (envelope, expect) in cases().items()
            if len(envelope) < 100_000
        ],
    }
    return json.dumps(told, indent=1) + "\n"


if __name__ == "__main__":
    VECTORS.write_text(vectors())
