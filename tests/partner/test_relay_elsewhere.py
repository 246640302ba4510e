"""Lists that are no hotline's feed, read by the unmodified library from servers of the documented shape."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.partner.feed_server import hex_of

from disrupt.partner.following.feed_client import SyncError
from disrupt.partner.relay import elsewhere
from disrupt.partner.relay.elsewhere import fetch
from disrupt.protocol import ncmec
from disrupt.protocol.feed import Added, Withdrawn
from disrupt.protocol.taking import pages
from disrupt.protocol.taking.pages import Fetched
from disrupt.protocol.taking.sources import Source

AT = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)


class Elsewhere:
    """`answer(path, query)` is what the server says."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.said: dict[str, Any] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                outer.asked.append({"path": parts.path, **query})
                body = outer.answer(parts.path, query)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, query: dict[str, str]) -> bytes:
        said = next(value for name, value in self.said.items() if path.endswith(name))
        if callable(said):
            said = said(query)
        if isinstance(said, bytes):
            return said
        return said.encode() if isinstance(said, str) else json.dumps(said).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Elsewhere]:
    made = Elsewhere()
    yield made
    made.close()


def laid(folder: Path) -> list[Fetched]:
    return [pages.read(path) for path in pages.waiting(folder)]


def found(folder: Path) -> tuple[set[str], int, int]:
    """The hashes that are told, how many are gone, and how many could not be read."""
    every = [change for page in laid(folder) for change in page.changes]
    added = [change for change in every if isinstance(change, Added)]
    values = {one.pdq[0].hex if one.pdq else str(one.md5) for one in added}
    gone = sum(isinstance(change, Withdrawn) for change in every)
    return values, gone, sum(page.malformed for page in laid(folder))


def record(value: str, status: str = "Active", signal: str = "ImagePDQ") -> dict[str, Any]:
    return {"lastModtimestamp": 12, "signalType": signal, "hashValue": value, "hashStatus": status,
            "caseNumbers": {"1": status}}  # fmt: skip


def test_stopncii_with_withdrawals_and_what_cannot_be_read(server: Elsewhere, tmp_path: Path) -> None:
    records = [
        record(hex_of(1)), record(hex_of(2, 32), signal="VideoMD5"), record("zz"), record("x", signal="URL"),
        record(hex_of(3), "Withdrawn"), {"signalType": "ImagePDQ"},
    ]  # fmt: skip
    answer = {"count": 6, "nextPageToken": None, "nextSetTimestamp": 77, "hasMoreRecords": False,
              "hashRecords": records}  # fmt: skip
    server.said["/FetchHashes"] = answer
    source = Source("s", f"{server.url}/v1", tmp_path, "stopncii")
    fetch(source, "fetch,subscription", tmp_path)
    assert found(tmp_path) == ({hex_of(1), hex_of(2, 32)}, 1, 2)
    (page,) = laid(tmp_path)
    assert not page.traced
    assert {change.category for change in page.changes if isinstance(change, Added)} == {"stopncii"}
    answer["hashRecords"] = []
    fetch(source, "fetch,subscription", tmp_path)
    assert server.asked[-1]["startTimestamp"] == "77"


def test_ncmec_by_the_unmodified_client(server: Elsewhere, tmp_path: Path) -> None:
    pytest.importorskip("threatexchange")
    rows = [
        ncmec.Entry("image", "one", AT, False, "A1", (("pdq", hex_of(1)),)),
        ncmec.Entry("video", "two", AT, False, "B2", (("md5", hex_of(2, 32)),)),
        ncmec.Entry("image", "three", AT, True),
    ]
    server.said["/v2/entries"] = lambda query: ncmec.write_entries(
        ncmec.Member(1, "them"), rows if len(server.asked) == 1 else [], ""
    )
    source = Source("n", server.url, tmp_path, "ncmec")
    fetch(source, "user:password", tmp_path)
    assert found(tmp_path)[:2] == ({hex_of(1), hex_of(2, 32)}, 1)
    added = [change for page in laid(tmp_path) for change in page.changes if isinstance(change, Added)]
    assert {(one.category, one.minors) for one in added} == {
        ("ncmec-A1", "declared"),
        ("ncmec-B2", "declared"),
    }


def update(kind: str, value: str, *statuses: str, gone: bool = False) -> dict[str, Any]:
    said = [{"id": str(n), "owner": {"id": str(n)}, "status": status} for n, status in enumerate(statuses)]
    return {"id": "1", "indicator": value, "type": kind, "last_updated": 40, "should_delete": gone,
            "descriptors": {"data": said}}  # fmt: skip


def test_threatexchange_by_the_unmodified_client(server: Elsewhere, tmp_path: Path) -> None:
    pytest.importorskip("threatexchange")
    data = [
        update("HASH_PDQ", hex_of(1).upper(), "MALICIOUS"),
        update("HASH_VIDEO_MD5", hex_of(2, 32), "MALICIOUS"),
        update("HASH_PDQ", hex_of(3), "MALICIOUS", "NON_MALICIOUS"),
        update("HASH_PDQ", hex_of(4), gone=True),
        update("URI", "https://x.example", "MALICIOUS"),
    ]
    server.said["/threat_updates/"] = {"data": data}
    source = Source("t", server.url, tmp_path, "threatexchange", group=9)
    fetch(source, "1|token", tmp_path)
    assert found(tmp_path)[:2] == ({hex_of(1), hex_of(2, 32)}, 2)
    assert server.asked[-1]["path"] == "/9/threat_updates/"


@contextmanager
def at(moment: float, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patched:
        patched.setattr(elsewhere, "time", lambda: moment)
        yield


def test_after_a_month_without_a_fetch_all_is_read_anew(
    server: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.said["/FetchHashes"] = {"count": 1, "nextPageToken": None, "nextSetTimestamp": 77,
                                   "hasMoreRecords": False, "hashRecords": [record(hex_of(1))]}  # fmt: skip
    source = Source("s", server.url, tmp_path, "stopncii")
    for moment in (1e9, 1e9 + elsewhere.STALE + 1):
        with at(moment, monkeypatch):
            fetch(source, "key", tmp_path)
    assert [(page.round, page.whole, len(page.changes)) for page in laid(tmp_path)] == [
        (0, False, 1), (1, False, 1), (1, True, 0),
    ]  # fmt: skip
    assert server.asked[-1]["startTimestamp"] == "10"


@pytest.mark.parametrize("protocol", ["ncmec", "threatexchange"])
def test_what_the_library_cannot_read_is_an_error_of_this_list(
    server: Elsewhere, tmp_path: Path, protocol: str
) -> None:
    pytest.importorskip("threatexchange")
    server.said[""] = b"neither XML nor JSON"
    with pytest.raises(SyncError):
        fetch(Source("n", server.url, tmp_path, protocol, group=9), "user:password", tmp_path)
    assert laid(tmp_path) == []
