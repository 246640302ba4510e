"""Damage at the end of a bank's journal is told, and never swept away as if a writer had been stopped."""

from __future__ import annotations

from pathlib import Path

from tests.matching.entries import content, picture

from disrupt.matching import Add, Bank


def test_a_damaged_last_line_is_no_torn_end(tmp_path: Path) -> None:
    bank = Bank.create(tmp_path / "bank")
    bank.apply([Add(picture(1))], cursor="c1")
    bank.apply([Add(picture(2)), Add(picture(3))], cursor="c2")
    journal = bank.path / "journal-000001.jsonl"
    data = journal.read_bytes()
    lines = data.splitlines(keepends=True)
    for damaged in (len(lines) - 1, len(lines) - 2):  # the commit, and the entry before it
        changed = [*lines]
        changed[damaged] = changed[damaged].replace(b"e", b"f", 1).replace(b"c", b"d", 1)
        journal.write_bytes(b"".join(changed))
        seen = Bank.open(bank.path)
        assert [problem.line for problem in seen.problems] == [damaged + 1]
        expected = ["e1", "e2", "e3"] if damaged == len(lines) - 1 else ["e1", "e2"]
        assert sorted(content(seen)) == expected
        seen.apply([Add(picture(4))], cursor="c4")  # and nothing of it is swept away
        after = Bank.open(bank.path)
        assert sorted(content(after)) == [*expected, "e4"]
        assert after.problems
        assert journal.read_bytes().startswith(b"".join(changed))
    repaired, dropped = Bank.recover(bank.path)
    assert dropped
    assert sorted(content(repaired)) == ["e1", "e2", "e4"]
    assert Bank.open(bank.path, strict=True).verify() == ()
