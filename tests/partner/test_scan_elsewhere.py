"""`disrupt scan` of what is no file here: a store, addresses, a web archive; stumbles, gaps and going on."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import fsspec
import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import bank_of, photo
from tests.partner.guarding import jpeg
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from disrupt.cli import main
from disrupt.fingerprint.digest import digest_file
from disrupt.matching import Add, Bank, BankEntry
from disrupt.partner.scan import opening

KNOWN = photo(1, 320, 240)
COPY, OTHER = jpeg(ImageOps.mirror(Image.fromarray(KNOWN))), jpeg(photo(2, 320, 240))
BROKEN = b"\xff\xd8\xff\xe0 not much of a picture"


@pytest.fixture
def bank(tmp_path: Path) -> str:
    bank_of(tmp_path / "bank", {"known": KNOWN})
    digests = digest_file(io.BytesIO(BROKEN))
    banked = BankEntry("broken", "image", origin="own", sha256=digests.sha256)
    Bank.open(tmp_path / "bank").apply([Add(banked)])
    return str(tmp_path / "bank")


def rows(path: Path) -> dict[str, str]:
    told: list[dict[str, Any]] = [json.loads(line) for line in path.read_text().splitlines()]
    assert len({row["path"] for row in told}) == len(told)
    return {row["path"]: row["action"] for row in told}


def test_a_store_is_gone_through_once(tmp_path: Path, bank: str) -> None:
    store = fsspec.filesystem("memory")
    for name, content in (("a/copy.jpg", COPY), ("a/other.jpg", OTHER), ("b/broken.jpg", BROKEN)):
        store.pipe(f"/uploads/{name}", content)
    try:
        scan = [
            "scan",
            "--bank",
            bank,
            "--level",
            "fast",
            "--out",
            str(tmp_path / "rows"),
            "memory://uploads",
        ]
        assert main(scan) == 1
        found = rows(tmp_path / "rows")
        named = {f"memory:///uploads/{name}" for name in ("a/copy.jpg", "a/other.jpg", "b/broken.jpg")}
        assert set(found) == named
        assert [found[name] for name in sorted(named)] == ["block", "none", "block"]
        store.pipe("/uploads/c.jpg", COPY)
        assert main(scan) == 0
        assert set(rows(tmp_path / "rows")) == {*named, "memory:///uploads/c.jpg"}
    finally:
        store.rm("/uploads", recursive=True)


def test_the_media_of_a_web_archive(tmp_path: Path, bank: str) -> None:
    archive = tmp_path / "crawl.warc.gz"
    with archive.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for place, (content, kind) in enumerate(
            ((b"<html>", "text/html"), (COPY, "image/jpeg"), (OTHER, "text/plain"), (BROKEN, "image/jpeg"))
        ):
            headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
            record = writer.create_warc_record(
                f"https://site.example/{place}", "response", payload=io.BytesIO(content), http_headers=headers
            )
            writer.write_record(record)
            record.raw_stream.close()
    scan = ["scan", "--bank", bank, "--level", "fast", "--out", str(tmp_path / "rows"), str(archive)]
    assert main([*scan, "--keep-prints", str(tmp_path / "prints")]) == 1
    found = rows(tmp_path / "rows")
    assert list(found.values()) == ["block", "none", "block"]
    assert all(name.startswith(f"{archive}#") for name in found)
    assert (tmp_path / "prints" / "prints.bin").stat().st_size > 0
    (tmp_path / "no.warc").write_bytes(b"nothing of the kind\n" * 100)
    assert main([*scan[:-1], str(tmp_path / "no.warc"), "--out", str(tmp_path / "more")]) == 2


class Site(ThreadingHTTPServer):
    """`statuses`: what to answer first at each path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses: dict[str, list[int]] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        left = self.server.statuses.get(self.path, [])
        status = left.pop(0) if left else 200
        body = COPY if status == 200 else b"not now"
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is written."""


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_list_of_addresses_goes_on_where_the_site_went_away(
    site: Site, tmp_path: Path, bank: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(opening._again, "__defaults__", (waited.append,))
    names = [f"{site.url}/{name}" for name in ("a", "stumbles", "gone", "away", "last")]
    (tmp_path / "list").write_text("\n".join(names))
    site.statuses = {"/stumbles": [503, 429], "/gone": [404], "/away": [500] * 4}
    scan = ["scan", "--bank", bank, "--level", "fast", "--out", str(tmp_path / "rows"), "--jobs", "1"]
    scan += ["--list", str(tmp_path / "list")]
    assert main(scan) == 2
    assert "does not answer" in capsys.readouterr().err
    assert rows(tmp_path / "rows") == {names[0]: "block", names[1]: "block", names[2]: "review"}
    assert waited == [1, 2, 1, 2, 4]
    assert main(scan) == 0
    assert rows(tmp_path / "rows")[names[4]] == "block"
    assert len(rows(tmp_path / "rows")) == 5


def test_what_is_not_installed_is_said(
    tmp_path: Path, bank: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ["--out", str(tmp_path / "rows")]
    assert main(["scan", "--bank", bank, *out, "unheardof://bucket/x"]) == 2
    assert "unheardof" in capsys.readouterr().err
    monkeypatch.setattr(opening.importlib.util, "find_spec", lambda name: None)
    assert main(["scan", "--bank", bank, *out, "memory://x"]) == 2
    assert '-any.whl[scan]"' in capsys.readouterr().err
