"""The bank keeps what it is given, finds it again, and forgets what is withdrawn."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from tests.matching.entries import content, film, pdq, picture

from disrupt.matching import (
    Add,
    BadEntry,
    BadHash,
    Bank,
    BankEntry,
    BankLocked,
    FrameValue,
    LowQuality,
    PdqValue,
    Withdraw,
    store,
)
from disrupt.matching._bank._folder import locked


def test_what_was_added_is_there_and_after_opening_again(full: Bank) -> None:
    wanted = {e.id: e for e in [*map(picture, range(40)), film(1), film(2)]}
    for bank in (full, Bank.open(full.path)):
        assert content(bank) == wanted
        assert len(bank) == 42
        assert (bank.cursor, bank.source) == ("c2", "https://example.org/v1/feed")
        assert bank.get("e7") == picture(7)
        assert bank.get("nobody") is None
        assert bank.problems == bank.verify() == ()


def test_lookups_name_the_entry_the_role_and_the_frame(full: Bank) -> None:
    for bank in (full, Bank.open(full.path)):
        first, second = bank.query_pdq([pdq(3), pdq(2002)])
        assert (first.query, first.entry, first.distance, first.role) == (0, picture(3), 0, "stored")
        assert (second.query, second.entry, second.role) == (1, film(2), "frame")
        assert (second.frame, second.timestamp, second.hex) == (50, 2.002, pdq(2002))
        assert bank.query_pdq(np.zeros((0, 32), np.uint8)) == ()
        assert [m.entry.id for m in bank.query_pdq([pdq(25)], 0, threads=2)] == ["e25"]


def test_digests_find_exact_copies(full: Bank) -> None:
    for bank in (full, Bank.open(full.path)):
        assert bank.find_digest(sha256=f"{5:064X}") == (picture(5),)
        assert {e.id for e in bank.find_digest(md5=f"{1:032x}")} == {"e1", "film1"}
        assert bank.find_digest(sha256="f" * 64, md5="f" * 32) == ()
        assert bank.find_digest() == ()


def test_withdrawn_entries_vanish_everywhere(full: Bank) -> None:
    done = full.apply(
        [Withdraw("e3"), Withdraw("e30"), Withdraw("film2"), Withdraw("never banked")], cursor="c3"
    )
    assert (done.added, done.withdrawn) == (0, 3)
    full.compact()
    full.apply([Withdraw("e4")])
    for bank in (full, Bank.open(full.path)):
        assert len(bank) == 38 == len(content(bank))
        assert bank.query_pdq([pdq(3), pdq(4), pdq(30), pdq(2001)]) == ()
        assert bank.find_digest(sha256=f"{3:064x}") == bank.find_digest(md5=f"{4:032x}") == ()
        assert bank.get("e3") is bank.get("e4") is None
        assert bank.cursor == "c3"


def test_an_entry_added_again_replaces_the_former(full: Bank) -> None:
    changed = picture(3, label="again")
    changed = BankEntry(
        **{**{f: getattr(changed, f) for f in changed.__slots__}, "pdq": (PdqValue(pdq(999), 70, "upright"),)}
    )
    for _ in range(2):
        full.apply([Add(changed)])
    full.apply([Add(picture(50)), Withdraw("e50"), Withdraw("e6"), Add(picture(6))])
    for bank in (full, Bank.open(full.path)):
        assert len(bank) == 42
        assert bank.query_pdq([pdq(3), pdq(50)]) == ()
        assert [(m.entry, m.role) for m in bank.query_pdq([pdq(999)])] == [(changed, "upright")]
        assert len(bank.query_pdq([pdq(6)])) == 1
    full.compact()
    assert len(Bank.open(full.path)) == 42
    assert len(full.query_pdq([pdq(999)])) == 1


def test_poor_hashes_are_never_looked_up(bank: Bank) -> None:
    flat = BankEntry(id="flat", kind="image", md5="0" * 32, pdq=(PdqValue(pdq(1), 49),))
    done = bank.apply([Add(flat), Add(picture(2))])
    assert done.digest_only == ("flat",)
    assert bank.query_pdq([pdq(1)]) == ()
    assert bank.find_digest(md5="0" * 32) == (flat,)
    with pytest.raises(LowQuality, match="SHA-256 or MD5"):
        bank.apply([Add(BankEntry(id="flat2", kind="image", pdq=(PdqValue(pdq(1), 49),)))])


def test_muted_entries_are_kept_and_not_matched(bank: Bank) -> None:
    bank.apply([Add(picture(1, status="muted"))])
    assert bank.query_pdq([pdq(1)]) == bank.find_digest(sha256=f"{1:064x}") == ()
    assert bank.get("e1") == picture(1, status="muted")


def test_a_repeated_frame_counts_once(bank: Bank) -> None:
    still = BankEntry(
        id="still", kind="video", vpdq=tuple(FrameValue(n, float(n), 80, pdq(1)) for n in range(9))
    )
    bank.apply([Add(still)])
    assert [m.frame for m in bank.query_pdq([pdq(1)])] == [0]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (BankEntry(id="", kind="image", md5="0" * 32), "malformed id"),
        (BankEntry(id="a\nb", kind="image", md5="0" * 32), "malformed id"),
        (BankEntry(id="a", kind="sound", md5="0" * 32), "malformed kind"),  # type: ignore[arg-type]  # on purpose
        (BankEntry(id="a", kind="image", md5="0" * 31), "32 lower-case"),
        (BankEntry(id="a", kind="image", sha256="G" * 64), "64 lower-case"),
        (BankEntry(id="a", kind="image", pdq=(PdqValue("f" * 32, 90),)), "malformed PDQ"),
        (BankEntry(id="a", kind="image", pdq=(PdqValue("f" * 64, 101),)), "malformed quality"),
        (
            BankEntry(id="a", kind="video", vpdq=(FrameValue(0, float("nan"), 90, "f" * 64),)),
            "malformed timestamp",
        ),
        (BankEntry(id="a", kind="image"), "no fingerprint"),
    ],
)
def test_a_malformed_entry_is_refused_and_nothing_is_written(
    bank: Bank, entry: BankEntry, reason: str
) -> None:
    with pytest.raises(BadEntry, match=reason):
        bank.apply([Add(picture(1)), Add(entry)], cursor="c9")
    assert len(bank) == len(Bank.open(bank.path)) == 0
    assert bank.cursor is None


def test_a_malformed_hash_is_refused_in_a_lookup(bank: Bank) -> None:
    with pytest.raises(BadHash, match="number 2"):
        bank.query_pdq([pdq(1), "f" * 32])


def test_the_journal_is_folded_in_when_it_has_grown(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_JOURNAL_LEAST", 2000)
    for n in range(60):
        bank.apply([Add(picture(n)), Withdraw(f"e{n - 30}")], cursor=str(n))
    assert bank.stat().generation > 3
    assert bank.stat().journal_bytes < 40_000
    wanted = {f"e{n}": picture(n) for n in range(30, 60)}
    assert content(bank) == content(Bank.open(bank.path, strict=True)) == wanted
    assert bank.verify() == ()
    assert len([*bank.path.iterdir()]) == 6


def test_a_long_journal_is_folded_when_the_bank_settles(bank: Bank) -> None:
    bank.apply([Add(picture(0))])
    bank.settle()
    assert bank.stat().journal_bytes > 0
    label = "x" * 10_000
    bank.apply([Add(replace(picture(n), label=label)) for n in range(900)])
    before = [*bank.entries()]
    bank.settle()
    assert bank.stat().journal_bytes == 0
    assert [*Bank.open(bank.path, strict=True).entries()] == before


def test_another_process_is_seen_after_refresh(full: Bank) -> None:
    reader = Bank.open(full.path)
    assert not reader.refresh()
    full.apply([Add(picture(70))])
    assert reader.get("e70") is None
    assert reader.refresh()
    assert reader.get("e70") == picture(70)
    full.compact()
    full.apply([Withdraw("e70")])
    assert reader.query_pdq([pdq(70)])[0].entry.id == "e70"  # its files are gone from the folder, not from it
    assert reader.refresh()
    assert reader.query_pdq([pdq(70)]) == ()


def test_two_writers_do_not_undo_one_another(full: Bank) -> None:
    other = Bank.open(full.path)
    full.apply([Add(picture(80))])
    other.apply([Add(picture(81))])
    full.compact()
    other.apply([Add(picture(82))])
    assert {"e80", "e81", "e82"} <= content(Bank.open(full.path, strict=True)).keys()
    assert {"e80", "e81", "e82"} <= content(other).keys()


def test_a_writer_waits_and_then_says_so(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    with locked(bank.path), pytest.raises(BankLocked, match="try again"), locked(bank.path, patience=0.05):
        pass
    with locked(bank.path):
        writer = threading.Thread(target=bank.apply, args=([Add(picture(1))],))
        writer.start()
    writer.join()
    assert len(bank) == 1


def test_nothing_to_do_writes_nothing(full: Bank) -> None:
    before = full.stat()
    full.apply([], cursor="c2")
    assert full.stat() == before
    full.apply([], cursor="c3")
    assert Bank.open(full.path).cursor == "c3"


def test_figures(full: Bank) -> None:
    full.apply([Withdraw("e0"), Add(picture(41, status="muted", origin="own"))])
    stat = full.stat()
    assert (stat.entries, stat.hashes) == (42, 39 + 6)
    assert stat.counts == {
        ("image", "declared", "active", "sexual"): 39,
        ("video", "declared", "active", ""): 2,
        ("image", "own", "muted", "sexual"): 1,
    }


def test_nobody_else_can_read_any_file_of_a_bank(full: Bank) -> None:
    full.compact()
    full.note_fetched(1.0)
    assert {path.stat().st_mode & 0o077 for path in full.path.iterdir()} == {0}


def test_nobody_has_examined_an_entry_of_which_nobody_says_so() -> None:
    assert picture(1).origin == "declared"
