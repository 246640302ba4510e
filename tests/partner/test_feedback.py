"""`disrupt feedback` against a loopback server that reads what is posted as the exchange does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.matching.pictures import bank_of, photo
from tests.partner.feed_server import id_of
from tests.partner.guarding import jpeg

from disrupt.cli import main
from disrupt.matching import Add, Bank, BankEntry, PdqValue
from disrupt.partner import feedback
from disrupt.protocol.feedback import Word
from disrupt.protocol.feedback import parse_feedback as parse_words
from disrupt.protocol.stopncii import Posted, parse_feedback


class Exchange(ThreadingHTTPServer):
    """`said`, `words`: all, latest last; `statuses`: what to answer first; `listed`: what it knows."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.said: list[Posted] = []
        self.words: list[Word] = []
        self.listed: set[str] = set()
        self.keys: list[str] = []
        self.statuses: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Exchange

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        answer: dict[str, Any] = {"message": "not now"}
        if status == 200 and self.path == "/v1/feedback":
            words = parse_words(json.loads(body))
            self.server.words += words
            known = sum(one.entry in self.server.listed for one in words)
            self.server.keys.append(self.headers["authorization"])
            answer = {"kept": known, "changed": known, "unknown": len(words) - known}
        elif status == 200:
            posted = parse_feedback(json.loads(body))
            self.server.said += posted
            self.server.keys.append(self.headers["x-functions-key"])
            answer = {"count": len(posted), "changed": len(posted)}
        text = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Nothing is written."""


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    server = Exchange()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def hex_of(number: int, length: int = 64) -> str:
    return f"{number:0{length}x}"


@pytest.fixture
def told(exchange: Exchange, tmp_path: Path, key_file: Path) -> list[str]:
    """The command but for its entries; the bank has a picture, a film, another's picture and one's own."""
    here = exchange.url
    prints = (PdqValue(hex_of(1), 90), PdqValue(hex_of(2), 90, "derived"), PdqValue(hex_of(3), 20))
    Bank.create(tmp_path / "bank", source=here).apply(
        [
            Add(BankEntry("picture", "image", origin="examined", pdq=prints, source=here)),
            Add(BankEntry("film", "video", origin="examined", md5=hex_of(4, 32), source=here)),
            Add(BankEntry("silent film", "video", origin="examined", sha256=hex_of(5), source=here)),
            Add(BankEntry("another's", "image", origin="examined", pdq=prints, source="https://b.example")),
            Add(BankEntry("own:1", "image", origin="own", pdq=prints)),
        ]
    )
    where = ["--url", here, "--key-file", str(key_file), "--bank", str(tmp_path / "bank")]
    return ["feedback", *where, "--value"]


def test_pictures_and_films_are_told_by_what_the_hotline_knows_them_by(
    exchange: Exchange, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*told, "blocked", "--tag", "retroactive", "picture", "film"]) == 0
    assert json.loads(capsys.readouterr().out) == {"entries": 2, "hashes": 2, "changed": 2}
    assert [(one.value, one.opinion, one.tags) for one in exchange.said] == [
        (hex_of(1), "Blocked", ("retroactive",)),
        (hex_of(4, 32), "Blocked", ("retroactive",)),
    ]
    assert exchange.keys == ["dsr_key"]


def test_what_cannot_be_told_is_named_and_nothing_goes_where_it_does_not_come_from(
    exchange: Exchange, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*told, "not-blocked", "unknown", "silent film", "another's", "own:1", "picture"]) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["entries"] == 1
    assert [one.value for one in exchange.said] == [hex_of(1)]
    for name in ("unknown", "silent film", "another's", "own:1"):
        assert name in err


def test_what_is_muted_here_is_told_with_its_reason(
    exchange: Exchange, told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = {
        id_of(number): reason
        for number, reason in enumerate(("other_picture", "nobody_shown", "lawful", "consent", "", "other"))
    }
    bank = Bank.open(tmp_path / "bank")
    one = BankEntry("", "image", status="muted", md5=hex_of(4, 32), source=exchange.url)
    bank.apply([Add(replace(one, id=key, reason=reason)) for key, reason in theirs.items()])
    bank.apply([Add(replace(one, id=id_of("active"), status="active"))])
    bank.apply([Add(replace(one, id=id_of("another's"), source="https://b.example"))])
    bank.apply([Add(replace(one, id="own:2", source=""))])
    exchange.listed = set(theirs)
    tell = [*told[:-1], "--muted"]
    assert main(tell) == 0
    assert json.loads(capsys.readouterr().out) == {"entries": 6, "hashes": 0, "changed": 6}
    said = {word.entry: (word.opinion.value, word.why.value) for word in exchange.words}
    wrong = {"other_picture", "nobody_shown"}
    assert said == {
        key: ("false_match" if reason in wrong else "not_blocked", reason or "other")
        for key, reason in theirs.items()
    }
    assert exchange.keys == ["Bearer dsr_key"]
    exchange.listed.remove(id_of(0))
    assert main(tell) == 1
    assert "1 of them are on the hotline's list no more" in capsys.readouterr().err
    exchange.statuses = [403]
    assert main(tell) == 1


def test_the_rows_of_a_scan_are_told(
    exchange: Exchange, told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"path": "a.jpg", "action": "block", "matches": [{"entry": "picture"}, {"entry": "film"}]},
        {"path": "b.jpg", "action": "none", "matches": []},
        {"path": "c.jpg", "action": "block", "matches": [{"entry": "picture"}]},
    ]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main([*told, "pending-review", "--rows", str(tmp_path / "rows.jsonl")]) == 0
    assert json.loads(capsys.readouterr().out)["entries"] == 2
    assert {one.opinion for one in exchange.said} == {"PendingReview"}


def test_a_stumble_is_tried_again_and_a_refusal_is_said(
    exchange: Exchange, told: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(feedback._post, "__defaults__", (waited.append, lambda: 1.0))
    exchange.statuses = [503, 429]
    assert main([*told, "blocked", "picture"]) == 0
    assert waited == [0.5, 1]
    exchange.statuses = [403]
    assert main([*told, "blocked", "picture"]) == 1
    assert "403" in capsys.readouterr().err
    exchange.statuses = [500] * 9
    assert main([*told, "blocked", "picture"]) == 1
    assert "tried 5 times" in capsys.readouterr().err


def test_a_scan_tells_what_it_found_and_may_tell_it_again(
    exchange: Exchange, tmp_path: Path, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = exchange.url
    known = photo(1, 320, 240)
    bank = bank_of(tmp_path / "bank", {"theirs": known, "own": photo(2, 320, 240)})
    theirs, own = bank.get("theirs"), bank.get("own")
    assert theirs is not None
    assert own is not None
    bank.apply([Add(replace(theirs, origin="examined", source=here)), Add(replace(own, origin="own"))])
    (tmp_path / "uploads").mkdir()
    for name, picture in (
        ("copy.jpg", known),
        ("mine.jpg", photo(2, 320, 240)),
        ("no.jpg", photo(3, 320, 240)),
    ):
        (tmp_path / "uploads" / name).write_bytes(jpeg(picture))
    scan = ["scan", "--bank", str(tmp_path / "bank"), "--level", "gate", "--out", str(tmp_path / "rows")]
    scan += [str(tmp_path / "uploads"), "--sink", "feedback"]
    assert main(scan) == 2
    assert "--url" in capsys.readouterr().err
    assert main([*scan, "--url", "http://a.example", "--key-file", str(key_file)]) == 2
    assert not (tmp_path / "rows").exists(), "a key is not sent in clear, and nothing is begun"
    for _ in range(2):
        assert main([*scan, "--url", here, "--key-file", str(key_file)]) == 0
        assert "1 hashes told of" in capsys.readouterr().err
    told = {(one.value, one.opinion.value, one.tags) for one in exchange.said}
    assert told == {(theirs.pdq[0].hex, "PendingReview", ("retroactive",))}
    assert exchange.keys == ["dsr_key"] * 2
    exchange.statuses = [403]
    assert main([*scan, "--url", here, "--key-file", str(key_file)]) == 2
    assert "refuses it (403)" in capsys.readouterr().err
