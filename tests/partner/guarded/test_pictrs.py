"""The recipe for pict-rs, on a tree and an interface as its documentation says: a picture goes off."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from tests.loopback import answering
from tests.partner.commands import schema
from tests.partner.guarding import HOST, PINNED, jpeg, notice, photo, settle, sign

from disrupt.cli import main
from disrupt.fingerprint import Sandbox
from disrupt.partner.guard.desk import Desk, undo_notice
from disrupt.partner.guard.home import read
from disrupt.partner.guard.places import places_of

RECIPE = Path(__file__).parents[3] / "examples" / "guarded" / "pictrs_resolve.py"
KEY = "a key of pict-rs"
SHOWN = f"https://{HOST}/pictrs/image/"


class Interface(BaseHTTPRequestHandler):
    """`GET /internal/identifier?alias=`, as pict-rs documents it."""

    places: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        place = self.places.get(parse_qs(asked.query).get("alias", [""])[0])
        if self.headers["X-Api-Token"] != KEY:
            self._answer(401, {"msg": "Invalid API Key"})
        elif asked.path == "/internal/identifier" and place:
            self._answer(200, {"msg": "ok", "identifier": place})
        else:
            self._answer(400, {"msg": "No hash associated with provided alias"})

    def _answer(self, status: int, told: dict[str, str]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    with answering(ThreadingHTTPServer(("127.0.0.1", 0), Interface)) as address:
        yield address


def test_a_picture_that_is_shown_by_a_name(decoders: Sandbox, tmp_path: Path, server: str) -> None:
    site = tmp_path / "pictrs"
    files = site / "files"
    for number, place in enumerate(("a1/b2/one", "a1/c3/two", "d4/e5/three")):
        (files / place).parent.mkdir(parents=True, exist_ok=True)
        (files / place).write_bytes(jpeg(photo(number, 320, 240)))
    (files / "thumb").write_bytes(jpeg(photo(0, 128, 96)))
    Interface.places = {
        "one.jpg": "a1/b2/one", "two.jpg": "a1/c3/two", "three.jpg": str(files / "d4/e5/three"),
        "up.jpg": "../keys", "away.jpg": "/etc/passwd",
    }  # fmt: skip
    (tmp_path / "keys").write_text(PINNED)
    (tmp_path / "pictrs.key").write_text(f"{KEY}\n")
    init = ["--host", HOST, "--keys", str(tmp_path / "keys"), "--kind", "pictrs", "--site", str(site)]
    assert main(["guard", "init", str(tmp_path / "guard"), *init]) == 0
    resolve = [sys.executable, str(RECIPE), str(files), server, str(tmp_path / "pictrs.key")]
    home = settle(read(tmp_path / "guard"), 'on_notice = "hold"', f"resolve = {json.dumps(resolve)}")
    for nothing in ("up.jpg", "away.jpg", "none.jpg", "", "a/b.jpg", "one.jpg%2F..", "..%2fone.jpg"):
        assert places_of(SHOWN + nothing, home) == [], nothing
    assert places_of(f"{SHOWN}three.jpg?format=webp&thumbnail=96", home) == [files / "d4/e5/three"]
    assert places_of(f"{SHOWN}original/two.jpg", home) == [files / "a1/c3/two"]
    before = {path for path in files.rglob("*") if path.is_file()}
    told = notice(pixels=photo(0, 320, 240), addresses=(f"{SHOWN}one.jpg?thumbnail=256",))
    desk = Desk(home, decoders)
    answered = desk.finish(desk.receive(sign(told)).notice)
    assert [one.state for one in answered.addresses] == ["held"]
    # The smaller one that pict-rs had made goes by the notice's fingerprints.
    gone = {files / "a1/b2/one", files / "thumb"}
    assert {path for path in files.rglob("*") if path.is_file()} == before - gone
    assert undo_notice(home, told.id)[0] == len(gone)
    assert {path for path in files.rglob("*") if path.is_file()} == before


def test_a_key_that_pictrs_does_not_know_is_no_silent_nothing(
    decoders: Sandbox, tmp_path: Path, server: str, capsys: pytest.CaptureFixture[str]
) -> None:
    site, keys = tmp_path / "pictrs", tmp_path / "keys"
    (site / "files").mkdir(parents=True)
    (site / "files" / "one").write_bytes(jpeg(photo(0, 320, 240)))
    keys.write_text(PINNED)
    (tmp_path / "key").write_text("another")
    init = ["--host", HOST, "--keys", str(keys), "--kind", "pictrs", "--site", str(site)]
    assert main(["guard", "init", str(tmp_path / "guard"), *init]) == 0
    resolve = [sys.executable, str(RECIPE), str(site / "files"), server, str(tmp_path / "key")]
    home = settle(read(tmp_path / "guard"), 'on_notice = "hold"', f"resolve = {json.dumps(resolve)}")
    told, desk = notice(addresses=(f"{SHOWN}one.jpg",)), Desk(home, decoders)
    capsys.readouterr()
    (one,) = desk.finish(desk.receive(sign(told)).notice).addresses
    # That nothing is there would be a guess: the owner is told, and decides.
    assert (one.state, one.reason) == ("waiting", "failed")
    assert "`resolve`" in capsys.readouterr().err
    assert [line["reason"] for line in desk.quarantine.log() if line["deed"] == "waiting"] == ["failed"]
    assert main(["guard", "status", str(home.folder)]) == 0
    stands = json.loads(capsys.readouterr().out)
    jsonschema.validate(stands, schema("guard-status"))
    (left,) = stands["waiting"]
    assert left == {"address": f"{SHOWN}one.jpg", "notice": told.id, "reason": "failed"}
    for line in desk.quarantine.log():
        jsonschema.validate(line, schema("guard-log"))
    Interface.places = {"one.jpg": "one"}
    (tmp_path / "key").write_text(KEY)
    assert places_of(f"{SHOWN}one.jpg", home) == [site / "files" / "one"]
