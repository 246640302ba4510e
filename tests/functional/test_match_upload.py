"""A small site asks a running exchange about files; look-ups go on meanwhile, and nothing of a file stays."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path

import httpx
import numpy as np
from tests.fingerprint.media import encode
from tests.functional.conftest import MakeHotline
from tests.functional.test_exchange import Exchange
from tests.matching.pictures import photo
from tests.waiting import until

from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.hotline.exchange.match.upload.receiving import PLACES
from disrupt.partner.exchange import Exchange as Client
from disrupt.partner.exchange import LookUp

PICTURE = photo(1)
SCOPES = ("exchange:match:ask", "exchange:match:upload")
CANARY = b"a sentence that is in no other file"


def begun(exchange: Exchange, key: str, size: int) -> socket.socket:
    """An upload of which the first half is sent."""
    conn = socket.create_connection(("127.0.0.1", exchange.hotline.ports["exchange"]), timeout=60)
    lines = (
        "POST /v1/match HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}",
        "Content-Type: image/jpeg", f"Content-Length: {size}", "", "",
    )  # fmt: skip
    conn.sendall("\r\n".join(lines).encode() + bytes(size // 2))
    return conn


def test_a_small_site_asks_about_files(hotline: MakeHotline, tmp_path: Path) -> None:
    exchange = Exchange(hotline, tmp_path)
    key_file = tmp_path / "match.key"
    asked = ("manage", "partner", "key", "issue", "Platform", "--key-file", str(key_file))
    exchange.hotline.run(*asked, "--scopes", *SCOPES)
    key = key_file.read_text().strip()
    pdq = pdq_from_array(PICTURE).hex
    exchange.add("picture", pdq=pdq)
    mirrored = encode(np.ascontiguousarray(PICTURE[:, ::-1]), "JPEG", quality=80)
    cropped = encode(np.ascontiguousarray(PICTURE[24:-24, 32:-32]), "PNG") + CANARY
    with Client(exchange.url, key, timeout=120) as client:
        until(lambda: client.match([LookUp(pdq)])[0].action == "block", "the list is read")
        for content, view in ((mirrored, "mirrored"), (cropped, "")):
            (found,) = client.match_upload(content).matches
            assert (found.action, found.kind) == ("block", "image")
            assert view in found.view
            assert found.box is not None
        assert client.match_upload(encode(photo(2), "JPEG")).action == "none"
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "image/jpeg"}

        def small() -> httpx.Response:
            return httpx.post(f"{exchange.url}/v1/match", content=b"no picture", headers=headers, timeout=120)

        with ExitStack() as open_ones:
            halves = [open_ones.enter_context(begun(exchange, key, 1 << 20)) for _ in range(PLACES)]
            until(lambda: small().status_code == 503, "all places are taken")
            refused = small()
            assert (refused.json()["error"]["code"], refused.headers["retry-after"]) == ("unavailable", "2")
            assert client.match([LookUp(pdq)])[0].action == "block", "look-ups go on"
            assert len(client.match([LookUp("0" * 64)] * 1000)) == 1000, "in a thread too"
            for one in halves:
                one.sendall(bytes(1 << 19))
                assert one.recv(12) == b"HTTP/1.1 200"
        until(lambda: small().status_code == 200, "places are free again")
    exchange.hotline.stop("exchange")
    for file in exchange.hotline.var.rglob("*"):
        assert not file.is_file() or CANARY not in file.read_bytes(), file
