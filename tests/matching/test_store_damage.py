"""A bank that was altered, cut short, spoiled or lost: said, named by line, and repaired."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.matching.entries import content, pdq, picture

from disrupt.matching import Add, Bank, BankExists, BankFileError, BankMissing, Withdraw
from disrupt.matching._bank._snapshot import _seal


def test_a_malformed_hash_in_the_bank_names_its_line_and_loses_nothing_else(full: Bank) -> None:
    full.compact()
    before = {*content(full)}
    path = full.path / f"entries-{full.stat().generation:06d}.jsonl"
    lines = path.read_text().splitlines()
    lines[4] = lines[4].replace(pdq(4), pdq(4)[:32])
    path.write_text("\n".join(["{", *lines, "", "[]"]))
    bank = Bank.open(full.path)
    assert [(p.path, p.line) for p in bank.problems] == [(path, 0), (path, 1), (path, 6), (path, 45)]
    assert "malformed PDQ" in str(bank.problems[2])
    assert "--repair" in str(bank.problems[2])
    assert sorted(content(bank)) == sorted(before - {"e4"})
    assert [m.entry.id for m in bank.query_pdq([pdq(5), pdq(4), pdq(39)])] == ["e5", "e39"]
    with pytest.raises(BankFileError):
        Bank.open(full.path, strict=True)
    with pytest.raises(BankFileError):
        bank.compact()
    bank.apply([Add(picture(60))])
    dropped = bank.repair()
    assert [p.line for p in dropped] == [0, 1, 6, 45]
    again = Bank.open(full.path, strict=True)
    assert sorted(content(again)) == sorted(before - {"e4"} | {"e60"})
    assert again.verify() == again.repair() == ()


def test_a_spoiled_line_of_the_journal_is_named_and_the_others_count(bank: Bank) -> None:
    bank.apply([Add(picture(n)) for n in range(5)])
    path = bank.path / "journal-000001.jsonl"
    path.write_bytes(path.read_bytes().replace(pdq(2).encode(), b"x" * 64))
    again = Bank.open(bank.path)
    assert [(p.path, p.line) for p in again.problems] == [(path, 3)]
    assert sorted(content(again)) == ["e0", "e1", "e3", "e4"]
    assert len(again.repair()) == 1
    assert sorted(content(Bank.open(bank.path, strict=True))) == ["e0", "e1", "e3", "e4"]


@pytest.mark.parametrize("part", ["index", "tables"])
def test_a_spoiled_index_is_made_anew_from_the_entries(full: Bank, part: str) -> None:
    full.compact()
    path = full.path / f"{part}-{full.stat().generation:06d}.bin"
    path.write_bytes(path.read_bytes()[:-5000])
    bank = Bank.open(full.path)
    assert len(bank.problems) == 1
    assert [m.entry.id for m in bank.query_pdq([pdq(25)])] == ["e25"]
    assert len(bank.repair()) == 1
    assert Bank.open(full.path).verify() == ()


def test_verify_tells_a_flipped_bit(full: Bank) -> None:
    full.compact()
    path = full.path / f"index-{full.stat().generation:06d}.bin"
    data = bytearray(path.read_bytes())
    data[4096] ^= 4
    path.write_bytes(data)
    (problem,) = Bank.open(full.path).verify()
    assert "altered" in str(problem)


def test_a_torn_end_of_the_journal_is_the_old_state(bank: Bank) -> None:
    bank.apply([Add(picture(1))], cursor="c1")
    path = bank.path / "journal-000001.jsonl"
    first = path.read_bytes()
    bank.apply([Add(picture(2)), Withdraw("e1")], cursor="c2")
    second = path.read_bytes()
    for length in range(len(first), len(second)):
        path.write_bytes(second[:length])
        torn = Bank.open(bank.path, strict=True)
        assert (sorted(content(torn)), torn.cursor) == (["e1"], "c1")
    path.write_bytes(second[: len(second) - 9])
    torn = Bank.open(bank.path)
    torn.apply([Add(picture(3))], cursor="c3")
    assert sorted(content(Bank.open(bank.path, strict=True))) == ["e1", "e3"]


def test_missing_existing_and_foreign_folders(tmp_path: Path, bank: Bank) -> None:
    with pytest.raises(BankMissing, match="no bank here"):
        Bank.open(tmp_path / "nowhere")
    with pytest.raises(BankExists, match="already"):
        Bank.create(bank.path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "holiday.txt").write_text("mine")
    with pytest.raises(BankExists, match="not empty"):
        Bank.create(tmp_path / "other")
    (bank.path / "manifest.json").write_text("{}")
    with pytest.raises(BankFileError, match="not a bank's manifest"):
        Bank.open(bank.path)


def test_an_altered_or_newer_manifest_is_told(full: Bank) -> None:
    path = full.path / "manifest.json"
    text = path.read_text()
    path.write_text(text.replace('"generation": ', '"generation": 1'))
    with pytest.raises(BankFileError, match="checksum"):
        Bank.open(full.path)
    path.write_text(text.replace('"format": 2', '"format": 3'))
    with pytest.raises(BankFileError, match="upgrade"):
        Bank.open(full.path)


def test_a_missing_file_is_named(full: Bank) -> None:
    next(full.path.glob("entries-*")).unlink()
    with pytest.raises(BankFileError, match="missing"):
        Bank.open(full.path)


def test_a_lost_or_damaged_manifest_is_made_anew_from_the_entries(full: Bank) -> None:
    before = content(full)
    for damage in ("{}", None):
        path = full.path / "manifest.json"
        path.unlink() if damage is None else path.write_text(damage)
        with pytest.raises(BankFileError):
            Bank.open(full.path)
        with pytest.raises(BankExists):
            Bank.create(full.path)
        bank, problems = Bank.recover(full.path)
        assert problems[0].path == path
        assert content(bank) == before
        assert content(Bank.open(full.path, strict=True)) == before


def test_a_newer_bank_is_never_repaired(full: Bank) -> None:
    path = full.path / "manifest.json"
    text = path.read_text().replace('"format": 2', '"format": 3')
    path.write_text(text)
    with pytest.raises(BankFileError, match="upgrade"):
        Bank.recover(full.path)
    assert path.read_text() == text


@pytest.mark.parametrize("part", ["index", "tables", "entries"])
def test_an_altered_file_makes_the_bank_damaged_and_repair_makes_it_clean(bank: Bank, part: str) -> None:
    bank.apply([Add(picture(number)) for number in range(40)])
    bank.compact()
    assert bank.health().state == "clean"
    (file,) = bank.path.glob(f"{part}-*")
    data = bytearray(file.read_bytes())
    data[4096 if part != "entries" else 30] ^= 1
    file.write_bytes(data)
    health = Bank.open(bank.path).health()
    assert health.state == "damaged"
    assert health.reasons
    assert Bank.recover(bank.path)[0].health().state == "clean"


def test_empty_stale_and_clean(bank: Bank) -> None:
    assert bank.health().state == "empty"
    bank.apply([Add(picture(1))])
    assert bank.health().state == "clean"  # nobody's copy
    bank.apply([], cursor="1", source="https://exchange.example")
    assert bank.health(now=1000).state == "stale"  # never fetched to the end
    bank.note_fetched(1000.0)
    assert bank.health(now=1000 + 86_400).state == "clean"
    assert bank.health(now=1001 + 86_400).state == "stale"
    assert bank.health(now=1001 + 86_400, max_age=None).state == "clean"
    assert bank.health(now=1001, max_age=1).state == "clean"
    assert bank.health(now=0, max_age=60).state == "stale"  # fetched in the future
    (bank.path / "fetched.json").write_text("x")
    assert bank.health(now=1000).state == "stale"


def test_a_bank_of_the_first_format_is_read(full: Bank) -> None:
    path, before = full.path / "manifest.json", content(full)
    body = json.loads(path.read_text())
    for name in ("checksum", "tables_ns", "index_ns"):
        del body[name]
    body["format"] = 1
    path.write_text(json.dumps({**body, "checksum": _seal(body)}))
    bank = Bank.open(full.path, strict=True)
    assert content(bank) == before
    bank.compact()
    assert json.loads(path.read_text())["format"] == 2
