"""`disrupt sync` against a scripted server: each page whole or not at all, each surprise a clear sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.partner.feed_server import Answer, FeedServer, hex_of, id_of, refusal

from disrupt.cli import main
from disrupt.matching import Add, Bank, BankEntry, PdqValue
from disrupt.partner import feed_client
from disrupt.partner import sync as module
from disrupt.partner.feed_client import BadAddress, FeedClient, SyncError, base_address
from disrupt.partner.sync import RESTARTING

Sync = Callable[..., int]


@pytest.fixture
def server() -> Iterator[FeedServer]:
    made = FeedServer()
    yield made
    made.close()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it would have waited; it does not wait."""
    waited: list[float] = []
    monkeypatch.setattr(FeedClient.__init__, "__defaults__", (6, waited.append, lambda: 1.0, None, None, ""))
    return waited


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text("dsr_key\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def sync(server: FeedServer, tmp_path: Path, key_file: Path, pauses: list[float]) -> Sync:
    def run(*more: str, url: str = "") -> int:
        where = ["--url", url or server.url, "--key-file", str(key_file), "--bank", str(tmp_path / "bank")]
        return main(["sync", *where, *more])

    return run


def bank(tmp_path: Path) -> Bank:
    return Bank.open(tmp_path / "bank", strict=True)


def ids(tmp_path: Path) -> set[str]:
    return {entry.id for entry in bank(tmp_path).entries()}


def test_only_what_changed_is_fetched_the_second_time(
    server: FeedServer, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one", "two")
    server.add("film", kind="video", pdq=[], vpdq=[
        {"frame": 0, "timestamp": 0.0, "quality": 90, "hex": hex_of("frame")}
    ])  # fmt: skip
    assert sync("--json") == 0
    summary = {"added": 3, "withdrawn": 0, "skipped": 0, "quarantined": 0, "cursor": 3, "entries": 3}
    assert json.loads(capsys.readouterr().out) == summary
    server.withdraw("one")
    assert sync() == 0
    assert capsys.readouterr().out == "0 added, 1 withdrawn; at change 4, 2 entries\n"
    assert [after for after, _ in server.asked] == [0, 3]
    assert server.asked[0][1]["authorization"] == "Bearer dsr_key"
    assert ids(tmp_path) == {id_of("two"), id_of("film")}
    (match,) = bank(tmp_path).query_pdq([hex_of("frame")])
    assert (match.role, match.entry.category, match.entry.origin) == ("frame", "ADU-DNCI", "examined")
    assert bank(tmp_path).source == server.url
    assert bank(tmp_path).health().state == "clean"
    (tmp_path / "bank" / "fetched.json").unlink()
    assert bank(tmp_path).health().state == "stale"
    assert sync() == 0  # nothing new, and that is noted too
    assert bank(tmp_path).health().state == "clean"


def test_an_entry_withdrawn_before_is_never_there(server: FeedServer, sync: Sync, tmp_path: Path) -> None:
    server.withdraw("gone")
    server.add("one")
    server.withdraw("gone")
    assert sync() == 0
    assert ids(tmp_path) == {id_of("one")}


def test_an_empty_feed_makes_an_empty_bank(sync: Sync, tmp_path: Path) -> None:
    assert sync() == 0
    assert sync() == 0
    assert ids(tmp_path) == set()


def test_a_fault_halfway_keeps_the_pages_before(server: FeedServer, sync: Sync, tmp_path: Path) -> None:
    server.add(*range(10))
    server.page_size = 4
    pages = 0

    def fail_on_third(page: dict[str, Any]) -> None:
        nonlocal pages
        pages += 1
        if pages == 3:
            page["changes"][0]["seq"] = 99

    server.edit = fail_on_third
    assert sync() == 1
    assert (bank(tmp_path).cursor, len(bank(tmp_path))) == ("8", 8)
    assert sync() == 0
    assert len(bank(tmp_path)) == 10
    assert [after for after, _ in server.asked] == [0, 4, 8, 8]


@pytest.mark.parametrize("fault", [Answer(503), Answer(429), Answer(500), Answer(502), Answer(0, drop=True)])
def test_passing_faults_are_waited_out(
    server: FeedServer, sync: Sync, tmp_path: Path, pauses: list[float], fault: Answer
) -> None:
    server.add("one")
    server.script = [fault] * 3
    assert sync() == 0
    assert pauses == [0.5, 1.0, 2.0]
    assert len(bank(tmp_path)) == 1


def test_it_comes_back_when_it_is_told_to(server: FeedServer, sync: Sync, pauses: list[float]) -> None:
    server.script = [
        refusal(429, "too_many_requests", Retry_After="7"),
        refusal(503, "unavailable", Retry_After="999999999999"),
        refusal(503, "unavailable", Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"),
    ]
    assert sync() == 0
    assert pauses == [7.0, 60.0, 2.0]


def test_it_gives_up_in_the_end(
    server: FeedServer, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.script = [Answer(503)] * 6
    assert sync() == 1
    assert len(server.asked) == 6
    assert "cannot be read now, tried 6 times: it answered 503" in capsys.readouterr().err
    server.close()
    assert sync() == 1
    assert "ConnectError" in capsys.readouterr().err


def answered(body: object, status: int = 200) -> Answer:
    return Answer(status, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refusal(401, "invalid_key"), "does not know this key"),
        (refusal(401, "expired_key"), "this key has expired"),
        (refusal(401, "revoked_key"), "this key was revoked"),
        (refusal(403, "partner_suspended"), "access is suspended"),
        (refusal(403, "missing_scope"), "exchange:feed:read"),
        (refusal(400, "bad_parameter"), "refuses: about bad_parameter"),
        (answered(b"<html>a shop</html>"), "is not a Disrupt exchange"),
        (answered(b"<html>nothing</html>", 404), "answered 404: it is not a Disrupt exchange"),
        (answered({"format": "disrupt-feed/9"}), "speaks another version"),
        (answered(b"[" * 100_000), "is not a Disrupt exchange"),
        (answered(b"\xff\xfe"), "is not a Disrupt exchange"),
        (answered({"error": "a text"}, 400), "is not a Disrupt exchange"),
        (Answer(302, headers={"Location": "https://elsewhere.example/v1/feed"}), "redirects to 'https://elsew"),
        (Answer(308, headers={"Location": "/other"}), "redirects to '/other'"),
        (answered({"format": "disrupt-feed/1", "changes": [], "next": 7, "last": 7, "more": False}),
         "moved the cursor from 0 to 7"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_once_and_nothing_applied(
    server: FeedServer,
    sync: Sync,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    answer: Answer,
    said: str,
) -> None:
    server.script = [answer]
    assert sync() == 1
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1
    assert "dsr_key" not in err
    assert len(server.asked) == 1
    assert not (tmp_path / "bank").exists()  # a bank is born with its first verified page


@pytest.mark.parametrize("shift", [1, -1, 5])
def test_a_gap_or_a_repetition_is_refused(
    server: FeedServer, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str], shift: int
) -> None:
    server.add("one", "two", "three")
    assert sync() == 0
    server.add("four")

    def shifted(page: dict[str, Any]) -> None:
        page["changes"][0]["seq"] += shift
        page["next"] = page["last"] = page["changes"][0]["seq"]

    server.edit = shifted
    assert sync() == 1
    assert re.search(r"left a gap: after change 3|fewer|only has changes", capsys.readouterr().err)
    assert (bank(tmp_path).cursor, len(bank(tmp_path))) == ("3", 3)


def test_a_malformed_entry_is_named_and_the_others_kept(
    server: FeedServer, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one")
    server.add("bad", pdq=[{"hex": "0" * 32, "quality": 90, "role": "stored"}])
    server.add("two")
    assert sync("--json") == 1
    out = capsys.readouterr()
    assert "change 2 is malformed and was skipped: a PDQ is 64" in out.err
    assert json.loads(out.out)["skipped"] == 1
    assert ids(tmp_path) == {id_of("one"), id_of("two")}
    assert sync() == 0


def test_roles_of_a_later_version_count_as_derived(server: FeedServer, sync: Sync, tmp_path: Path) -> None:
    server.add("one", pdq=[{"hex": hex_of(1), "quality": 90, "role": "cropped"}])
    assert sync() == 0
    (entry,) = bank(tmp_path).entries()
    assert entry.pdq == (PdqValue(hex_of(1), 90, "derived"),)


def test_a_restored_backup_is_noticed_and_read_anew(
    server: FeedServer, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one", "two", "three")
    assert sync() == 0
    muted = bank(tmp_path).get(id_of("one"))
    assert muted is not None
    own = BankEntry("own/photo.jpg", "image", origin="own", sha256=hex_of("own"))
    bank(tmp_path).apply([Add(own), Add(module.replace(muted, status="muted", label="ours"))])
    server.changes = []
    server.add("one", "four")
    assert sync() == 1
    assert "--from-start" in capsys.readouterr().err
    assert len(bank(tmp_path)) == 4
    assert sync("--from-start") == 0
    assert ids(tmp_path) == {id_of("one"), id_of("four"), "own/photo.jpg"}
    kept = bank(tmp_path).get(id_of("one"))
    assert kept is not None
    assert (kept.status, kept.label) == ("muted", "ours")
    assert bank(tmp_path).cursor == "2"


def test_reading_anew_never_empties_the_bank_and_can_be_interrupted(
    server: FeedServer, sync: Sync, tmp_path: Path
) -> None:
    server.add(*range(6))
    assert sync() == 0
    server.changes = []
    server.add(*range(1, 7))
    server.page_size = 2
    ok = Answer(200, json.dumps(server._page(0, 2)).encode())
    server.script = [ok, *[Answer(503)] * 6]
    assert sync("--from-start") == 1
    assert bank(tmp_path).cursor == RESTARTING
    assert ids(tmp_path) >= {id_of(n) for n in range(6)}
    assert sync() == 0  # it remembers that it was reading anew
    assert ids(tmp_path) == {id_of(n) for n in range(1, 7)}
    assert bank(tmp_path).cursor == "6"


def test_a_bank_belongs_to_one_exchange(
    server: FeedServer, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one")
    assert sync() == 0
    other = FeedServer()
    try:
        other.add("two")
        assert sync(url=other.url) == 1
        assert f"is fetched from {server.url}" in capsys.readouterr().err
        assert ids(tmp_path) == {id_of("one")}
        assert sync("--from-start", url=other.url) == 0
        assert ids(tmp_path) == {id_of("two")}
        assert bank(tmp_path).source == other.url
    finally:
        other.close()


def test_a_platforms_own_bank_takes_a_feed_in(server: FeedServer, sync: Sync, tmp_path: Path) -> None:
    Bank.create(tmp_path / "bank").apply([Add(BankEntry("mine", "image", origin="own", md5=hex_of(1, 32)))])
    server.add("one")
    assert sync() == 0
    assert ids(tmp_path) == {"mine", id_of("one")}


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://exchange.example", "https://exchange.example"),
        (" https://Exchange.example:443/v1/feed/ ", "https://exchange.example"),
        ("https://exchange.example/hotline/", "https://exchange.example/hotline"),
        ("http://127.0.0.1:8002", "http://127.0.0.1:8002"),
        ("http://[::1]:8002/", "http://[::1]:8002"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_one_spelling_of_each_address(url: str, base: str) -> None:
    assert base_address(url) == base


@pytest.mark.parametrize(
    "url",
    [
        "http://exchange.example", "http://127.0.0.1.example", "http://localhost.example", "ftp://x.example",
        "exchange.example", "https://", "https://user:pw@exchange.example", "https://x.example/?key=1",
        "https://x.example/#a", "http://0.0.0.0:8002", "http://10.0.0.1", "https://x.example:99999", "",
    ],
)  # fmt: skip
def test_addresses_that_no_key_is_sent_to(
    url: str, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadAddress):
        base_address(url)
    if url:
        assert sync(url=url) == 2
        assert not (tmp_path / "bank").exists()


@pytest.mark.parametrize("content", [b"", b"two words", b"\xff", b"a\x00b"])
def test_a_file_that_holds_no_key(
    content: bytes, sync: Sync, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key_file.write_bytes(content)
    assert sync() == 1
    assert "does not hold a key" in capsys.readouterr().err


def test_a_missing_key_file_and_one_that_others_can_read(
    server: FeedServer, sync: Sync, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key_file.chmod(0o640)
    assert sync() == 0
    assert f"chmod 600 {key_file}" in capsys.readouterr().err
    key_file.unlink()
    assert sync() == 1
    assert "No such file" in capsys.readouterr().err


def test_an_endless_page_is_cut_off(
    server: FeedServer, sync: Sync, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(feed_client, "_LARGEST_PAGE", 1000)
    server.add(*range(50))
    assert sync() == 1
    assert "stopped" in capsys.readouterr().err


def test_nothing_new_is_asked_for_by_its_mark(server: FeedServer) -> None:
    server.add("one")
    with FeedClient(server.url, "k") as client:
        first = client.page(1)
        assert first is not None
        assert first.changes == ()
        assert client.page(1) is None
        assert client.page(0) is not None
        client.forget()
        assert client.page(0) is not None


def test_watching_goes_round_and_outlives_faults(
    server: FeedServer, sync: Sync, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one")
    rounds = 0

    def next_round(seconds: float) -> None:
        nonlocal rounds
        rounds += 1
        assert seconds == 5
        if rounds == 2:
            server.script = [Answer(503)] * 6
        if rounds == 3:
            server.withdraw("one")
        if rounds == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(module.time, "sleep", next_round)
    assert sync("--watch", "5") == 130
    out = capsys.readouterr()
    assert out.out.splitlines() == [
        "1 added, 0 withdrawn; at change 1, 1 entries",
        "0 added, 1 withdrawn; at change 2, 0 entries",
    ]
    assert "Trying again in 5 s" in out.err


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "x", "1e9"])
def test_watching_takes_a_sensible_pause(sync: Sync, seconds: str) -> None:
    with pytest.raises(SystemExit) as left:
        sync("--watch", seconds)
    assert left.value.code == 2


def test_the_key_is_not_shown_when_the_client_is() -> None:
    client = FeedClient("http://127.0.0.1:1", "dsr_secret")
    assert "dsr_secret" not in repr(client)
    with client, pytest.raises(SyncError):
        client.tries = 1
        client.page(0)
