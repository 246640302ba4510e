"""Several sources in one bank: each has its own place and its own entries, and none may touch another's."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.partner.feed_server import FeedServer, hex_of, id_of
from tests.partner.logged_feed import LoggedFeed
from tests.partner.syncing import Sync, bank, ids

from disrupt.cli import main
from disrupt.matching import Bank
from disrupt.partner.following.cursors import cursors_of
from disrupt.protocol.stopncii import EPOCH, HashRecord, Signal, Status, write_fetch


class StopNcii(ThreadingHTTPServer):
    """Records by their number, two a page; `edit` alters what is said."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.records: list[tuple[Signal, str, Status]] = []
        self.asked: list[tuple[dict[str, str], dict[str, str]]] = []
        self.edit: dict[str, Any] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: StopNcii

    def do_GET(self) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.server.asked.append((query, {name.lower(): value for name, value in self.headers.items()}))
        after = max(0, int(query["startTimestamp"]) - EPOCH)
        start = int(query.get("nextPageToken", after))
        part = self.server.records[start : start + 2]
        end = start + len(part)
        records = [
            HashRecord(EPOCH + start + place + 1, signal, value, status, {"case": status})
            for place, (signal, value, status) in enumerate(part)
        ]
        more = str(end) if end < len(self.server.records) else None
        told = write_fetch(records, following=EPOCH + end, token=more, source="x") | self.server.edit
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is written."""


@pytest.fixture
def stopncii() -> Iterator[StopNcii]:
    server = StopNcii()
    yield server
    server.close()


@pytest.fixture
def second() -> Iterator[LoggedFeed]:
    server = LoggedFeed()
    yield server
    server.close()


def fetch(tmp_path: Path, url: str, *more: str) -> int:
    key = tmp_path / "keys"
    key.write_text("fetch,subscription")
    key.chmod(0o600)
    where = ["--url", url, "--key-file", str(key), "--bank", str(tmp_path / "bank")]
    return main(["sync", "--protocol", "stopncii", *where, *more])


def test_a_list_of_stopnciis_kind(stopncii: StopNcii, tmp_path: Path, pauses: list[float]) -> None:
    one, two, film = hex_of("one"), hex_of("two"), hex_of("film", 32)
    stopncii.records = [
        (Signal.IMAGE_PDQ, one, Status.ACTIVE),
        (Signal.VIDEO_MD5, film, Status.ACTIVE),
        (Signal.IMAGE_PDQ, two, Status.ACTIVE),
        (Signal.IMAGE_PDQ, "0" * 64, Status.ACTIVE),
    ]
    assert fetch(tmp_path, stopncii.url, "--dry-run") == 2
    assert fetch(tmp_path, stopncii.url) == 1, "a hash of nothing is told"
    assert ids(tmp_path) == {f"stopncii:{text}" for text in (one, two, film)}
    (found,) = bank(tmp_path).query_pdq([one], 0)
    assert (found.entry.origin, found.entry.source) == ("declared", stopncii.url)
    assert [entry.kind for entry in bank(tmp_path).find_digest(md5=film)] == ["video"]
    assert bank(tmp_path).health().state == "clean"
    query, headers = stopncii.asked[0]
    assert (query["startTimestamp"], headers["x-functions-key"]) == ("10", "fetch")
    assert headers["ocp-apim-subscription-key"] == "subscription"
    assert "authorization" not in headers
    stopncii.records += [(Signal.IMAGE_PDQ, one, Status.WITHDRAWN)]
    assert fetch(tmp_path, stopncii.url) == 0
    assert stopncii.asked[-1][0]["startTimestamp"] == str(EPOCH + 4)
    assert ids(tmp_path) == {f"stopncii:{text}" for text in (two, film)}
    stopncii.records = stopncii.records[2:3]
    assert fetch(tmp_path, stopncii.url, "--from-start") == 0
    assert ids(tmp_path) == {f"stopncii:{two}"}


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"hashRecords": "none"}, "does not speak"),
        ({"nextSetTimestamp": "soon"}, "does not speak"),
        ({"nextSetTimestamp": 3}, "went back"),
        ({"hasMoreRecords": True, "nextPageToken": ""}, "and not where"),
        ({"hasMoreRecords": True, "nextPageToken": "0"}, "and not where"),
    ],
)
def test_one_that_lies_is_left_at_once(
    stopncii: StopNcii, tmp_path: Path, edit: dict[str, Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stopncii.edit = edit
    assert fetch(tmp_path, stopncii.url) == 1
    assert said in capsys.readouterr().err
    assert len(stopncii.asked) <= 2


def test_each_source_has_its_own(
    server: FeedServer, second: LoggedFeed, stopncii: StopNcii, sync: Sync, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    server.add("one", "two")
    second.add("three", "four")
    stopncii.records = [(Signal.IMAGE_PDQ, hex_of("five"), Status.ACTIVE)]
    assert sync() == 0
    assert sync(url=second.url) == 1
    assert "--beside" in capsys.readouterr().err
    assert sync("--beside", url=second.url) == 0
    assert fetch(tmp_path, stopncii.url, "--beside") == 0
    everything = {id_of(name) for name in ("one", "two", "three", "four")} | {f"stopncii:{hex_of('five')}"}
    assert ids(tmp_path) == everything
    assert cursors_of(bank(tmp_path)) == {
        server.url: "2",
        second.url: "2",
        stopncii.url: str(EPOCH + 1),
    }
    # What is new and what is withdrawn, each by its own source; none has a say in another's entries.
    server.withdraw("one")
    server.withdraw("three")
    second.withdraw("four")
    second.add("two", sha256=hex_of("forged"))
    assert sync() == 1
    assert sync(url=second.url) == 1
    assert "has no say in entry" in capsys.readouterr().err
    assert ids(tmp_path) == everything - {id_of("one"), id_of("four")}
    kept = bank(tmp_path).get(id_of("two"))
    assert kept is not None
    assert kept.sha256 == hex_of("two")
    # Read anew, only one's own leftovers go.
    server.changes = []
    server.add("six")
    assert sync("--from-start") == 0
    assert ids(tmp_path) == {id_of("six"), id_of("three"), f"stopncii:{hex_of('five')}"}
    assert bank(tmp_path).source == server.url
    assert sync("--from-start", url="http://127.0.0.1:1") == 1
    assert len(bank(tmp_path)) == 3


def test_the_one_read_longest_ago_says_how_stale_it_is(
    server: FeedServer, second: LoggedFeed, sync: Sync, tmp_path: Path
) -> None:
    server.add("one")
    second.add("two")
    assert sync() == 0
    assert sync("--beside", url=second.url) == 0
    there = Bank.open(tmp_path / "bank")
    now = there.health().fetched
    assert now is not None
    both = (server.url, second.url)
    there.note_fetched(now - 10**6, server.url, both)
    there.note_fetched(now, second.url, both)
    assert there.health(now=now).state == "stale"
    assert sync() == 0
    assert there.health().state == "clean"


def test_the_proof_of_each_log_is_kept_apart(
    second: LoggedFeed, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    third = LoggedFeed()
    try:
        second.add("one")
        third.add("two")
        assert sync(url=second.url) == 0
        assert sync("--beside", url=third.url) == 0
        assert len(list((tmp_path / "bank").glob("log*.json"))) == 2
        third.fork[1] = hex_of("another history")
        third.add("three")
        assert sync(url=third.url) == 1
        assert "history" in capsys.readouterr().err
        second.add("four")
        assert sync(url=second.url) == 0
        assert ids(tmp_path) == {id_of("one"), id_of("two"), id_of("four")}
    finally:
        third.close()
