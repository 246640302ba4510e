"""A large bank is folded while it goes on changing; whatever happens to that, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.matching.entries import content, pdq, picture

from disrupt.matching import Add, Bank, Withdraw, store
from disrupt.matching._bank._folder import FOLD, locked
from disrupt.matching._bank._folding import Beginning
from disrupt.matching._bank._snapshot import Manifest


@pytest.fixture
def bank(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bank]:
    """One that is folded after each change, in the background."""
    made = Bank.load(tmp_path / "bank", [picture(n) for n in range(3)], cursor="1")
    monkeypatch.setattr(store, "_JOURNAL_LEAST", 0)
    monkeypatch.setattr(store, "_JOURNAL_MOST", 0)
    monkeypatch.setattr(store, "LARGE", 0)
    yield made
    wait(made)


def wait(bank: Bank) -> None:
    if bank._folder is not None:
        bank._folder.join(60)
        assert not bank._folder.is_alive()


def test_changes_go_on_meanwhile(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    written, began, may_end = Beginning.written, threading.Event(), threading.Event()

    def slowly(self: Beginning, folder: Path) -> Manifest:
        began.set()
        assert may_end.wait(60)
        return written(self, folder)

    monkeypatch.setattr(Beginning, "written", slowly)
    bank.apply([Add(picture(3)), Withdraw("e0")], cursor="2")
    assert began.wait(60)
    bank.apply([Add(picture(4)), Withdraw("e1"), Withdraw("e3")], cursor="3")
    other = Bank.open(bank.path, strict=True)
    assert set(content(other)) == {"e2", "e4"}
    may_end.set()
    wait(bank)
    for one in (bank, other, Bank.open(bank.path, strict=True)):
        one.refresh()
        assert (set(content(one)), one.cursor, one.stat().generation) == ({"e2", "e4"}, "3", 2)
        assert [match.entry.id for match in one.query_pdq([pdq(4)], 0)] == ["e4"]
        assert one.query_pdq([pdq(3)], 0) == ()
    assert bank.verify() == ()
    bank.compact()
    assert b"e3" not in b"".join(path.read_bytes() for path in bank.path.glob("*.jsonl"))


def test_who_folds_already_is_left_to_it(bank: Bank) -> None:
    with locked(bank.path, name=FOLD):
        bank.apply([Add(picture(5))])
        wait(bank)
    assert (len(bank), bank.stat().generation) == (4, 1)


def test_a_full_disk_ends_the_folding_only(
    bank: Bank, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(self: Beginning, folder: Path) -> Manifest:
        self.manifest().path(folder, "entries").write_bytes(b"half of")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Beginning, "written", full)
        bank.apply([Add(picture(5))], cursor="9")
        wait(bank)
    assert "could not be folded" in caplog.text
    for one in (bank, Bank.open(bank.path, strict=True)):
        assert (len(one), one.cursor, one.problems) == (4, "9", ())
    bank.apply([Add(picture(6))])
    wait(bank)
    assert (len(Bank.open(bank.path, strict=True)), bank.stat().generation) == (5, 2)
    assert bank.verify() == ()


def test_what_another_program_folded_before_is_begun_from(bank: Bank) -> None:
    other = Bank.open(bank.path)
    other.apply([Add(picture(7))])
    wait(other)
    bank._fold()
    assert (bank.stat().generation, set(content(bank))) == (3, {"e0", "e1", "e2", "e7"})
    assert bank.verify() == ()
