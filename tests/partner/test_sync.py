"""`disrupt sync` against a scripted server: what changed, each page whole or not at all, into a bank."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.partner.feed_server import Answer, FeedServer, hex_of, id_of
from tests.partner.syncing import Sync, bank, ids

from disrupt.matching import Add, Bank, BankEntry, PdqValue
from disrupt.partner.following.feed_client import FeedClient
from disrupt.partner.sync import RESTARTING


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
    bank(tmp_path).apply([Add(own), Add(replace(muted, status="muted", label="ours"))])
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
