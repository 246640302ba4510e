"""Does a receiver of notices do what docs/guard.md asks of one? Good notices and bad ones, posted to it."""

from __future__ import annotations

import argparse
import base64
import datetime as dt
import json
import os
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from disrupt.partner.guard.endpoint import WELL_KNOWN
from disrupt.partner.shared.said import complain
from disrupt.protocol import answer
from disrupt.protocol.envelope import NoticeError
from disrupt.protocol.notice import Notice, signed

_KEY = "conformance"
_PATIENCE = 300.0


def run(args: argparse.Namespace) -> int:
    """Print a JSON line for each thing that was tried; 1 where one failed. A new key is made, and told."""
    if not args.key_file.exists():
        key = Ed25519PrivateKey.generate()
        with os.fdopen(os.open(args.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(base64.b64encode(key.private_bytes_raw()))
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        line = f"{_KEY} {base64.b64encode(public).decode()}"
        print(json.dumps({"pin": line}) if args.json else line)
        complain("pin this key in the receiver, then run the same again")
        return 0
    failed = 0
    with httpx.Client(timeout=120, follow_redirects=False) as client:
        for name, good, detail in Kit(args, client).results():
            failed += not good
            print(json.dumps({"name": name, "ok": good, "detail": detail}), flush=True)
    return 1 if failed else 0


class Kit:
    """The receiver at one endpoint."""

    def __init__(self, args: argparse.Namespace, client: httpx.Client) -> None:
        self._client, self._endpoint = client, args.endpoint.rstrip("/")
        self._host, self._address = args.host, args.address
        seed = base64.b64decode(Path(args.key_file).read_bytes())
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    def results(self) -> Iterator[tuple[str, bool, str]]:
        """What was tried, whether it was right, and what came."""
        announced = self._client.get(urljoin(self._endpoint, WELL_KNOWN))
        told: dict[str, Any] = announced.json() if announced.status_code == 200 else {}
        good = told.get("host") == self._host and told.get("endpoint") == self._endpoint
        yield "announced", good, f"{announced.status_code} {sorted(told)}"
        public = base64.b64decode(told["answers"]["public"]) if good else b""
        for name, envelope, code in self._bad():
            got = self._client.post(self._endpoint, content=envelope)
            found = got.json().get("code") if got.status_code >= 400 else "accepted"
            yield name, found == code, f"{got.status_code} {found}"
        yield from self._good({told["answers"]["key"]: public} if good else {})

    def _notice(self) -> Notice:
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        return Notice(
            id=str(uuid.uuid4()),
            issued_at=now,
            expires_at=now + dt.timedelta(days=1),
            host=self._host,
            notifier="Conformance kit",
            email="nobody@hotline.invalid",
            category="TEST",
            law=(),
            explanation="A test of a receiver of notices; nothing is wrong with this address.",
            examined=True,
            good_faith=True,
            asks="hold",
            addresses=(self._address,),
            contents=(),
        )

    def _sealed(self, notice: Notice, key: str = _KEY) -> bytes:
        return signed(notice.payload(), key, self._key.sign)

    def _bad(self) -> Iterator[tuple[str, bytes, str]]:
        good, day = self._notice(), dt.timedelta(days=1)
        stranger = Ed25519PrivateKey.generate()
        yield "not JSON", b"notice", "not_a_notice"
        yield "unknown key", self._sealed(good, "nobody"), "unknown_key"
        yield "another's signature", signed(good.payload(), _KEY, stranger.sign), "bad_signature"
        yield (
            "another host",
            self._sealed(replace(good, host="other.invalid", addresses=("https://other.invalid/a",))),
            "other_host",
        )
        old = replace(good, issued_at=good.issued_at - 9 * day, expires_at=good.issued_at - day)
        yield "expired", self._sealed(old), "out_of_time"
        yield (
            "from the future",
            self._sealed(replace(good, issued_at=good.issued_at + day / 2)),
            "out_of_time",
        )
        many = replace(good, addresses=(self._address,) * 10_000)
        yield "ten thousand addresses", self._sealed(many), "not_a_notice"

    def _good(self, keys: dict[str, bytes]) -> Iterator[tuple[str, bool, str]]:
        notice = self._notice()
        envelope = self._sealed(notice)
        first = self._client.post(self._endpoint, content=envelope)
        try:
            told = answer.verified(first.content, keys=keys, notice=notice.id)
        except NoticeError as error:
            yield "answered", False, f"{first.status_code} {error.code}"
            return
        good = first.status_code in (200, 202) and [one.address for one in told.addresses] == [self._address]
        yield "answered", good, f"{first.status_code} {told.addresses[0].state}"
        again = self._client.post(self._endpoint, content=envelope)
        same = answer.verified(again.content, keys=keys, notice=notice.id).addresses == told.addresses
        yield "answered again alike", same, str(again.status_code)
        other = replace(notice, explanation="Another text under the same id.")
        got = self._client.post(self._endpoint, content=self._sealed(other))
        yield "another notice of the same id", got.json().get("code") == "replayed", str(got.status_code)
        deadline = time.monotonic() + _PATIENCE
        while not told.complete and time.monotonic() < deadline:
            time.sleep(0.5)
            read = self._client.get(f"{self._endpoint}/{notice.id}")
            told = answer.verified(read.content, keys=keys, notice=notice.id)
        yield "completed", told.complete, f"{told.seconds:.1f} s"
