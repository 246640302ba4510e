"""`disrupt bank mute`, `unmute` and `label`: the platform's own word on an entry, which no source undoes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.matching.pictures import bank_of, photo
from tests.partner.feed_server import FeedServer, hex_of, id_of
from tests.partner.syncing import Sync, bank

from disrupt.cli import main
from disrupt.matching import Bank, Withdraw, look_up


def test_a_muted_entry_is_not_acted_upon_until_it_is_unmuted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = photo(1, 160, 120)
    path = str(bank_of(tmp_path / "bank", {"one": picture, "two": photo(2, 160, 120)}).path)

    def found() -> list[tuple[str, str]]:
        return [(one.entry, one.label) for one in look_up(picture, Bank.open(path), level="gate")]

    assert main(["bank", "label", path, "one", "--text", "case 7"]) == 0
    assert found() == [("one", "case 7")]
    assert main(["bank", "mute", path, "one", "--why", "lawful"]) == 0
    assert found() == []
    capsys.readouterr()
    assert main(["bank", "list", path]) == 0
    told = {entry["id"]: entry for entry in map(json.loads, capsys.readouterr().out.splitlines())}
    assert (told["one"]["status"], told["one"]["reason"]) == ("muted", "lawful")
    assert (told["two"]["status"], "reason" in told["two"]) == ("active", False)
    assert main(["bank", "unmute", path, "one", "nobody"]) == 1
    assert "nobody: no such entry" in capsys.readouterr().err
    assert found() == [("one", "case 7")]
    assert main(["bank", "label", path, "one", "--text", ""]) == 0
    assert found() == [("one", "")]
    assert main(["bank", "label", path, "one", "--text", "x" * 1001]) == 2


def test_it_stays_when_the_source_says_it_anew(server: FeedServer, sync: Sync, tmp_path: Path) -> None:
    server.add("one", "two")
    assert sync() == 0
    path, one = str(tmp_path / "bank"), id_of("one")
    assert main(["bank", "mute", path, one, "--why", "consent"]) == 0
    assert main(["bank", "label", path, one, "--text", "ours"]) == 0
    server.add("one", category="OTHER")
    for more in ((), ("--from-start",)):
        assert sync(*more) == 0
        kept = bank(tmp_path).get(one)
        assert kept is not None
        assert (kept.status, kept.reason, kept.label, kept.category) == ("muted", "consent", "ours", "OTHER")
    assert bank(tmp_path).find_digest(sha256=hex_of("one")) == ()
    server.withdraw("one")
    assert sync() == 0
    assert bank(tmp_path).get(one) is None


def test_what_was_withdrawn_meanwhile_does_not_come_back_with_a_mark(tmp_path: Path) -> None:
    mine = bank_of(tmp_path / "bank", {"one": photo(1, 160, 120)})
    Bank.open(mine.path).apply([Withdraw("one")])
    assert mine.mark(["one"], lambda entry: replace(entry, label="late")).added == 0
    assert len(Bank.open(mine.path)) == 0
