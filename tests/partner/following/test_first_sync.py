"""The first fetch of a feed: a bank at once, of what counts in the end; a kill loses little."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.partner.feed_server import FeedServer, hex_of, id_of
from tests.partner.serving import SOURCE
from tests.partner.syncing import Sync, bank, ids
from tests.waiting import until

from disrupt.matching import Add, Bank, BankEntry, BankMissing
from disrupt.matching._bank._columns import Column
from disrupt.matching._bank._filling import Filling, kept_cursor
from disrupt.matching._bank._progress import PROGRESS
from disrupt.partner.following import first_sync

KILLED = """
import sys
from disrupt.partner.following import first_sync
from disrupt.cli import main
first_sync.KEPT_EVERY = 4
first_sync.Filling.finish = lambda *_: input()
main(sys.argv[1:])
"""


def texts_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_what_is_withdrawn_meanwhile_is_nowhere(server: FeedServer, sync: Sync, tmp_path: Path) -> None:
    server.add("one", "two")
    server.withdraw("never here")
    server.withdraw("one")
    server.add("three")
    server.add("two", sha256=hex_of("changed"))
    server.page_size = 2
    assert sync() == 0
    assert ids(tmp_path) == {id_of("two"), id_of("three")}
    found = bank(tmp_path).get(id_of("two"))
    assert found is not None
    assert found.sha256 == hex_of("changed")
    assert bank(tmp_path).verify() == ()
    everything = texts_of(tmp_path / "bank")
    assert hex_of("one").encode() not in everything
    assert hex_of("two").encode() not in everything
    assert hex_of("three").encode() in everything
    (tmp_path / "bank" / "tables-000001.bin").write_bytes(b"lost")
    recovered, _ = Bank.recover(tmp_path / "bank")
    assert {entry.id for entry in recovered.entries()} == {id_of("two"), id_of("three")}


@pytest.mark.slow
def test_a_killed_one_goes_on(server: FeedServer, sync: Sync, tmp_path: Path, key_file: Path) -> None:
    server.add(*range(10))
    server.withdraw(3)
    server.page_size = 2
    waits = threading.Event()

    def stop(page: dict[str, Any]) -> None:
        if page["next"] == 10:
            waits.set()
            page["next"] = 99  # it is killed before it can know

    server.edit = stop
    command = ["sync", "--url", server.url, "--key-file", str(key_file), "--bank", str(tmp_path / "bank")]
    kept = tmp_path / "bank" / PROGRESS
    with subprocess.Popen(
        [sys.executable, "-c", KILLED,
         *command],
        env=dict(os.environ, PYTHONPATH=str(SOURCE)), stdin=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert waits.wait(60)
        until(lambda: kept.exists() and b'"cursor": "8"' in kept.read_bytes())
        process.kill()
    with pytest.raises(BankMissing):
        Bank.open(tmp_path / "bank")
    assert kept_cursor(tmp_path / "bank", server.url) == "8"
    server.edit, server.asked = lambda page: None, []
    assert sync() == 0
    assert [after for after, _ in server.asked] == [8, 10]
    assert ids(tmp_path) == {id_of(n) for n in range(10) if n != 3}
    assert bank(tmp_path).verify() == ()
    assert not any(path.name.startswith(".load") for path in (tmp_path / "bank").iterdir())


def test_what_was_kept_of_another_source_or_is_damaged_does_not_count(tmp_path: Path) -> None:
    def fill(source: str, *names: str) -> str | None:
        with Filling(tmp_path / "bank", source) as filling:
            before = filling.cursor
            for name in names:
                filling.add(BankEntry(name, "image", sha256=hex_of(name), source=source))
            filling.keep("2")
        return before

    assert fill("https://a.example", "one", "two") is None
    assert fill("https://b.example", "three") is None
    assert fill("https://b.example", "four") == "2"
    (tmp_path / "bank" / ".load-length.tmp").write_bytes(b"")
    assert fill("https://b.example", "five") is None
    (tmp_path / "bank" / PROGRESS).write_bytes(b'{"kept": {"text": -1}}')
    with Filling(tmp_path / "bank", "https://b.example") as filling:
        assert filling.cursor is None
        filling.add_pictures([(id_of("six"), ("image", "x", "examined"), hex_of("six"), None, [])])
        assert filling.finish("7") == (1, 0)
    made = Bank.open(tmp_path / "bank", strict=True)
    assert [entry.id for entry in made.entries()] == [id_of("six")]
    assert (made.cursor, made.source) == ("7", "https://b.example")
    made.apply([Add(BankEntry("seven", "image", sha256=hex_of("seven")))])
    made.compact()
    assert len(Bank.open(tmp_path / "bank", strict=True)) == 2


def test_a_full_disk_is_said_and_what_was_kept_goes_on(
    server: FeedServer,
    sync: Sync,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.add(*range(6))
    server.page_size = 2
    flushed, written = 0, Column.flush

    def full(self: Column) -> None:
        nonlocal flushed
        flushed += 1
        if flushed > 12:  # in the second of what is kept after each page
            raise OSError(28, "No space left on device")
        written(self)

    with monkeypatch.context() as patch:
        patch.setattr(first_sync, "KEPT_EVERY", 2)
        patch.setattr(Column, "flush", full)
        assert sync() == 1
    assert gc.isenabled(), "as it was before, however it ends"
    assert "No space left" in capsys.readouterr().err
    with pytest.raises(BankMissing):
        Bank.open(tmp_path / "bank")
    assert kept_cursor(tmp_path / "bank", server.url) == "2"
    assert sync() == 0
    assert ids(tmp_path) == {id_of(n) for n in range(6)}
    assert bank(tmp_path).verify() == ()


def test_a_bank_that_is_replaced_under_its_reader_is_taken_for_what_it_is_now(tmp_path: Path) -> None:
    def made(name: str) -> Bank:
        return Bank.load(tmp_path / name, [BankEntry(name, "image", sha256=hex_of(name))])

    reader, _ = made("bank"), made("other")
    (tmp_path / "bank").rename(tmp_path / "old")
    (tmp_path / "other").rename(tmp_path / "bank")
    assert [entry.id for entry in reader.find_digest(sha256=hex_of("bank"))] == ["bank"]
    reader.refresh()
    assert [entry.id for entry in reader.entries()] == ["other"]
    assert reader.find_digest(sha256=hex_of("bank")) == ()
