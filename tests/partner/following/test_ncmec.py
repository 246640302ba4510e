"""`disrupt sync --protocol ncmec`: NCMEC's hash sharing, by the public client, into a bank."""

from __future__ import annotations

import base64
import datetime as dt
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.partner.feed_server import hex_of
from tests.partner.syncing import bank, ids

from disrupt.cli import main
from disrupt.partner.following.cursors import cursors_of
from disrupt.protocol.ncmec import Entry, Member, read_time, write_entries, write_time

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
KEY = "user:secret"


class Ncmec(ThreadingHTTPServer):
    """Entries by their time, two a page; `status` and `following` alter what is said."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.entries: list[Entry] = []
        self.windows: list[tuple[dt.datetime, dt.datetime]] = []
        self.status, self.following, self.after = 200, "", ""
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hashsharing"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Ncmec

    def do_GET(self) -> None:
        there, parts = self.server, urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        start, end = read_time(query["from"]), read_time(query["to"])
        there.windows.append((start, end))
        within = [one for one in there.entries if start <= one.at < end]
        at = int(query.get("start", 0))
        more = at + 2 < len(within)
        again = f"/v2/entries?from={query['from']}&to={query['to']}&start={at + 2}&size=2&max=9"
        told = write_entries(
            Member(7, "Member"), within[at : at + 2], there.following or (again if more else "")
        )
        known = self.headers["authorization"] == "Basic " + base64.b64encode(KEY.encode()).decode()
        body = told.encode()
        self.send_response(there.status if known and parts.path == "/hashsharing/v2/entries" else 401)
        if there.after:
            self.send_header("retry-after", there.after)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is written."""


@pytest.fixture
def ncmec() -> Iterator[Ncmec]:
    server = Ncmec()
    yield server
    server.close()


def entry(name: str, days: float, *, deleted: bool = False, kind: str = "image", **prints: str) -> Entry:
    found = {} if deleted else prints or {"md5": hex_of(name, 32), "pdq": hex_of(name)}
    return Entry(kind, name, NOW - dt.timedelta(days=days), deleted, "A1", tuple(found.items()))


def fetch(tmp_path: Path, url: str, *more: str, key: str = KEY) -> int:
    file = tmp_path / "key"
    file.write_text(key)
    file.chmod(0o600)
    where = ["--url", url, "--key-file", str(file), "--bank", str(tmp_path / "bank")]
    return main(["sync", "--protocol", "ncmec", *where, *more])


@pytest.mark.parametrize("after", ["", "7200"])
def test_a_storm_is_waited_out_for_so_long_and_the_bank_stays(
    ncmec: Ncmec, tmp_path: Path, capsys: pytest.CaptureFixture[str], pauses: list[float], after: str
) -> None:
    """The library would wait as long as it is told to: two hours, four times."""
    ncmec.entries = [entry("one", 0.5)]
    assert fetch(tmp_path, ncmec.url) == 0
    ncmec.entries.append(entry("two", 0.01))
    ncmec.status, ncmec.after, ncmec.windows = 429, after, []
    assert fetch(tmp_path, ncmec.url, "--from-start") == 1
    assert len(ncmec.windows) == 6
    assert pauses == ([60.0] * 5 if after else [0.5, 1, 2, 4, 8])
    assert "tried 6 times: it answered 429 (too many requests)" in capsys.readouterr().err
    assert len(bank(tmp_path)) == 1
    ncmec.status = 200
    assert fetch(tmp_path, ncmec.url, "--from-start") == 0
    assert len(bank(tmp_path)) == 2


@pytest.fixture(params=["UTC", "Asia/Tokyo", "America/New_York"])
def _zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """The client writes local time as if it were UTC: where a machine stands must change nothing."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_zone")
def test_a_list_of_ncmecs(ncmec: Ncmec, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ncmec.entries = [
        entry("old", 4000),
        *(entry(name, 0.5) for name in ("one", "two", "three")),
        entry("film", 0.4, kind="video", md5=hex_of("film", 32)),
        entry("other kind", 0.4, pdna="AAAA"),
        entry("flat", 0.4, pdq="0" * 64),
        entry("odd", 0.3, md5="12"),
    ]
    assert fetch(tmp_path, ncmec.url) == 1, "what was left out is told"
    assert ids(tmp_path) == {f"ncmec:7-{name}" for name in ("old", "one", "two", "three", "film")}
    (found,) = bank(tmp_path).query_pdq([hex_of("one")], 0)
    assert (found.entry.origin, found.entry.category, found.entry.kind) == ("shared", "NCMEC A1", "image")
    assert bank(tmp_path).health().state == "clean"
    assert all(start < end for start, end in ncmec.windows)
    reached = int(cursors_of(bank(tmp_path))[ncmec.url])
    assert 0 <= time.time() - 5 - reached < 60
    assert write_time(max(end for _, end in ncmec.windows)) == write_time(
        dt.datetime.fromtimestamp(reached, dt.UTC)
    )
    ncmec.windows.clear()
    ncmec.entries = [entry("one", 0.01, deleted=True), entry("late", 0.05), entry("two", 0.01)]
    capsys.readouterr()
    bank(tmp_path).apply([], cursor=str(int((NOW - dt.timedelta(days=0.02)).timestamp())))
    assert fetch(tmp_path, ncmec.url) == 0
    assert "1 added, 1 withdrawn" in capsys.readouterr().out, "what is as it was is not news"
    assert ids(tmp_path) == {f"ncmec:7-{name}" for name in ("old", "two", "three", "film", "late")}
    assert len(ncmec.windows) == 2, "two pages of one window"
    ncmec.entries = [entry("two", 0.01)]
    assert fetch(tmp_path, ncmec.url, "--from-start") == 0
    assert ids(tmp_path) == {"ncmec:7-two"}


def test_what_is_wrong_is_said_and_no_bank_is_left(
    ncmec: Ncmec, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(**more: str) -> str:
        assert fetch(tmp_path, ncmec.url, **more) == 1
        assert not (tmp_path / "bank").exists()
        return capsys.readouterr().err

    assert "refuses the user and password" in said(key="user:wrong")
    assert "user:password" in said(key="user")
    ncmec.status = 404
    assert "answered 404" in said()
    ncmec.status = 200
    ncmec.entries, ncmec.following = [entry("one", 20_000)], "@elsewhere.example/"
    assert fetch(tmp_path, ncmec.url) == 1
    assert "and not where" in capsys.readouterr().err
    ncmec.close()
    assert fetch(tmp_path, ncmec.url) == 1
    assert "cannot be read now" in capsys.readouterr().err
