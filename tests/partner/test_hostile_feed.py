"""A feed that means harm: the command ends, says so plainly, and banks nothing that matches all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.partner.feed_server import Answer, FeedServer, hex_of, id_of, refusal
from tests.partner.syncing import Sync, bank, ids

from disrupt.matching import Add, Bank, BankEntry
from disrupt.partner import sync as module
from disrupt.partner.following.summary import MOST_WARNINGS
from disrupt.partner.shared.words import printable

ESCAPES = "\x1b]0;owned\x07\x1b[2J\u202e\r\n\x9b31m"


def error(status: int, code: str, message: str) -> Answer:
    return Answer(status, json.dumps({"error": {"code": code, "message": message, "hint": ""}}).encode())


@pytest.mark.parametrize(
    "answer",
    [
        error(403, "missing_scope", ESCAPES),
        error(403, ESCAPES, "x"),
        error(409, "cursor_ahead", ESCAPES),
        Answer(200, json.dumps({"format": ESCAPES}).encode()),
        Answer(200, json.dumps({"format": "disrupt-feed/1", "changes": [{"seq": ESCAPES}]}).encode()),
    ],
)
def test_its_words_are_spelt_out(
    server: FeedServer, sync: Sync, answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.script = [answer]
    assert sync() == 1
    said = capsys.readouterr()
    assert said.err.endswith("\n")
    assert all(c.isprintable() for c in (said.err + said.out).replace("\n", ""))


def test_the_words_of_a_malformed_change_too(
    server: FeedServer, sync: Sync, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("bad", category=ESCAPES)
    server.add("worse", kind=ESCAPES, sha256=ESCAPES)
    server.add("good")
    assert sync() == 1
    said = capsys.readouterr()
    assert all(c.isprintable() for c in said.err.replace("\n", ""))
    assert said.err.count("\n") == 2


def test_a_flood_of_bad_changes_is_counted_and_not_told_one_by_one(
    server: FeedServer, sync: Sync, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(500):
        server.add(number, kind="sound")
    assert sync() == 1
    said = capsys.readouterr()
    assert "500 skipped" in said.out
    assert said.err.count("\n") == MOST_WARNINGS


def test_an_endless_feed_ends_where_it_ended_when_the_run_began(
    server: FeedServer, sync: Sync, tmp_path: Path
) -> None:
    server.add(*range(5))
    server.page_size = 2

    def grow(page: dict[str, Any]) -> None:
        server.add(*range(len(server.changes), len(server.changes) + 3))
        page["more"] = True

    server.edit = grow
    assert sync() == 0
    assert bank(tmp_path).cursor == "6"
    assert len(server.asked) == 3
    assert sync() == 0, "and the next run goes on"
    assert int(bank(tmp_path).cursor or 0) > 6


def test_one_that_claims_to_be_without_end_is_cut_off(
    server: FeedServer, sync: Sync, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_CHANGES", 10)
    server.add(*range(40))
    server.page_size = 4

    def lie(page: dict[str, Any]) -> None:
        page["last"], page["more"] = 10**15, True

    server.edit = lie
    assert sync() == 0
    assert bank(tmp_path).cursor == "12"


@pytest.mark.parametrize("what", ["changes", "prints"])
def test_a_page_of_more_than_was_asked_for_is_refused_whole(
    server: FeedServer, sync: Sync, tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if what == "changes":
        server._page = lambda after, _limit: FeedServer._page(server, after, 10**6)  # type: ignore[method-assign]
        server.page_size = 10**6
        server.add(*range(2001))
    else:
        frame = {"frame": 0, "timestamp": 0.0, "quality": 90, "hex": hex_of("frame")}
        for number in range(3):
            server.add(number, kind="video", pdq=[], vpdq=[frame] * 70_000)
    assert sync() == 1
    assert "nothing of it was applied" in capsys.readouterr().err
    assert not (tmp_path / "bank").exists()


@pytest.mark.parametrize("text", ["0" * 64, "f" * 64, "e1c3" * 16, "0" * 60 + "ffff", "aaaaaaaa" * 8])
def test_hashes_that_would_match_anything_are_left_out_and_counted(
    server: FeedServer, sync: Sync, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    generic = {"hex": text, "quality": 100, "role": "stored"}
    server.add("only", pdq=[generic])
    server.add("both", pdq=[generic, {"hex": hex_of("real"), "quality": 100, "role": "upright"}])
    frames = [{"frame": n, "timestamp": float(n), "quality": 100, "hex": h} for n, h in
              enumerate([text, hex_of("scene")])]  # fmt: skip
    server.add("film", kind="video", pdq=[], vpdq=frames)
    assert sync("--json") == 1, "a hotline's feed holds none: somebody should look"
    said = capsys.readouterr()
    assert json.loads(said.out)["quarantined"] == 3
    assert "describe no picture" in said.err
    found = {entry.id: entry for entry in bank(tmp_path).entries()}
    assert found[id_of("only")].digest_only, "its digests still find the exact copy"
    assert [p.hex for p in found[id_of("both")].pdq] == [hex_of("real")]
    assert len(found[id_of("film")].vpdq) == 1
    assert bank(tmp_path).query_pdq([text]) == ()


def test_reading_anew_takes_only_what_came_from_this_exchange(
    server: FeedServer, sync: Sync, tmp_path: Path
) -> None:
    server.add("one", "two")
    assert sync() == 0
    assert {entry.source for entry in bank(tmp_path).entries()} == {server.url}
    elsewhere = [
        BankEntry("mine", "image", origin="own", md5=hex_of(1, 32)),
        BankEntry("list:7", "image", origin="declared", md5=hex_of(2, 32)),
        BankEntry(id_of("other"), "image", origin="examined", md5=hex_of(3, 32), source="https://o.example"),
        BankEntry(id_of("older"), "image", origin="examined", md5=hex_of(4, 32)),
    ]
    Bank.open(tmp_path / "bank").apply([Add(entry) for entry in elsewhere])
    server.changes = []
    server.add("one")
    assert sync("--from-start") == 0
    assert ids(tmp_path) == {id_of("one"), "mine", "list:7", id_of("other")}


def test_what_a_terminal_would_obey() -> None:
    assert printable("a\x1b[2J\n\u202eb\x9b") == "a\\x1b[2J\\n\\u202eb\\x9b"


def test_a_refusal_keeps_its_meaning(
    server: FeedServer, sync: Sync, capsys: pytest.CaptureFixture[str]
) -> None:
    server.script = [refusal(401, "revoked_key")]
    assert sync() == 1
    assert "this key was revoked" in capsys.readouterr().err
