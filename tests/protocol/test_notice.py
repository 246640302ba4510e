"""The signed notice: what must be refused is, by the published vectors; the schema and the code agree."""

from __future__ import annotations

import base64
import datetime as dt
import json
from pathlib import Path

import jsonschema
import nacl.signing
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.protocol.notices import KEY, NOTICE, NOW, VECTORS, cases, sign, vectors

from disrupt.protocol import ed25519
from disrupt.protocol.notice import NoticeError, verified

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
KEYS = {"2026-11": bytes(KEY.verify_key)}


def test_a_good_notice_comes_out_as_it_went_in() -> None:
    assert verified(sign(NOTICE), keys=KEYS, host="Forum.Example", now=NOW) == NOTICE


@pytest.mark.parametrize("name", [name for name, (_, expect) in cases().items() if expect != "ok"])
def test_what_must_be_refused_is(name: str) -> None:
    envelope, expect = cases()[name]
    with pytest.raises(NoticeError) as caught:
        verified(envelope, keys=KEYS, host="forum.example", now=NOW)
    assert caught.value.code == expect


def test_the_published_vectors_are_these_and_lead_where_they_say() -> None:
    assert VECTORS.read_text() == vectors(), "run python -m tests.protocol.notices"
    told = json.loads(VECTORS.read_text())
    keys = {name: base64.b64decode(key) for name, key in told["keys"].items()}
    now = dt.datetime.fromisoformat(told["now"])
    assert len(told["cases"]) > 15
    for case in told["cases"]:
        try:
            verified(base64.b64decode(case["envelope"]), keys=keys, host=told["host"], now=now)
            outcome = "ok"
        except NoticeError as error:
            outcome = error.code
        assert outcome == case["expect"], case["name"]


def test_the_schemas_take_what_the_code_takes() -> None:
    envelope = json.loads((SCHEMAS / "notice-envelope.schema.json").read_text())
    payload = json.loads((SCHEMAS / "notice.schema.json").read_text())
    for name, (data, expect) in cases().items():
        if expect != "ok":
            continue
        told = json.loads(data)
        jsonschema.validate(told, envelope)
        jsonschema.validate(json.loads(base64.b64decode(told["payload"])), payload)
        for member in payload["required"]:
            less = json.loads(base64.b64decode(told["payload"]))
            del less[member]
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(less, payload)
        assert name


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_signatures_are_judged_as_a_library_judges_them(seed: bytes, message: bytes, bit: int) -> None:
    key = nacl.signing.SigningKey(seed)
    public, signature = bytes(key.verify_key), key.sign(message).signature
    assert ed25519.verify(public, message, signature)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not ed25519.verify(public, message, bytes(changed))
    assert not ed25519.verify(public, message + b"x", signature)


def test_a_key_that_would_sign_everything_is_none() -> None:
    for weak in (bytes(32), bytes([1, *bytes(31)]), b"\xec" + b"\xff" * 30 + b"\x7f", b"\xff" * 32, b"short"):
        assert not ed25519.is_key(weak)
    # RFC 8032, 7.1, test 2.
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert ed25519.verify(public, b"\x72", signature)
