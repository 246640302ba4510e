"""`disrupt bank`, as a platform's engineer runs it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.matching.entries import pdq

from disrupt.cli import main
from disrupt.matching import Bank
from disrupt.partner.bank.lists import BadLine, read_list

pytestmark = pytest.mark.usefixtures("shared_decoders")


def photograph(path: Path, seed: int) -> Path:
    """A picture with enough in it to have a good PDQ."""
    coarse = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((256, 256), Image.Resampling.BICUBIC).save(path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for seed in range(3):
        photograph(pictures / f"{seed}.png", seed)
    return pictures


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_files_are_banked_listed_and_removed(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bank = str(tmp_path / "bank")
    assert main(["bank", "add", bank, str(folder), "--category", "own-rules"]) == 0
    added = lines(capsys)
    assert [Path(str(line["path"])).name for line in added] == ["0.png", "1.png", "2.png"]
    assert main(["bank", "list", bank]) == 0
    listed = lines(capsys)
    assert [line["id"] for line in listed] == [line["entry"] for line in added]
    assert {line["category"] for line in listed} == {"own-rules"}
    assert {line["origin"] for line in listed} == {"own"}
    assert main(["bank", "remove", bank, str(added[0]["entry"])]) == 0
    assert main(["bank", "stat", bank, "--json"]) == 0
    capsys_out = capsys.readouterr().out
    assert json.loads(capsys_out)["entries"] == 2
    assert main(["bank", "verify", bank]) == 0
    assert "2 entries" in capsys.readouterr().out


def test_a_file_added_twice_is_banked_once(folder: Path, tmp_path: Path) -> None:
    for _ in range(2):
        assert main(["bank", "add", str(tmp_path / "bank"), str(folder / "0.png")]) == 0
    assert len(Bank.open(tmp_path / "bank")) == 1


def test_an_unreadable_file_is_told_and_the_others_are_banked(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "1.png").write_text("not a picture")
    assert main(["bank", "add", str(tmp_path / "bank"), str(folder)]) == 1
    assert "1.png: " in capsys.readouterr().err
    assert len(Bank.open(tmp_path / "bank")) == 2


def test_a_flat_picture_is_banked_for_exact_copies_and_this_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("RGB", (256, 256), "grey").save(tmp_path / "flat.png")
    assert main(["bank", "add", str(tmp_path / "bank"), str(tmp_path / "flat.png")]) == 0
    assert "only exact copies" in capsys.readouterr().err
    stat = Bank.open(tmp_path / "bank").stat()
    assert (stat.entries, stat.hashes) == (1, 0)


def test_a_list_of_hashes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = tmp_path / "hashes.txt"
    listed.write_text(
        f"# ours\n{pdq(1)}\n\n{pdq(2)[:32]}\n{pdq(3).upper()}\n{'0' * 64}\nx,y,z\nmine,{pdq(4)}\n"
    )
    assert main(["bank", "add", str(tmp_path / "bank"), "--hashes", str(listed)]) == 1
    told = capsys.readouterr().err
    for line in ("line 4: malformed PDQ", "line 6: malformed PDQ", "line 7: 3 fields"):
        assert f"{listed}: {line}" in told
    bank = Bank.open(tmp_path / "bank")
    assert [e.id for e in bank.entries()] == [f"pdq:{pdq(1)}", f"pdq:{pdq(3)}", "mine"]
    assert [m.entry.id for m in bank.query_pdq([pdq(4)])] == ["mine"]


def test_a_list_with_named_columns() -> None:
    text = [
        "\ufeffQuality,PDQ,id,label",
        f"70,{pdq(1)},one,first",
        f"49,{pdq(2)},two,",
        f"x,{pdq(3)},three,",
        f",{pdq(4)},,",
    ]
    first, poor, bad, last = read_list(text, category="c")
    assert not isinstance(first, BadLine)
    assert (first.id, first.label, first.category, first.pdq[0].quality) == ("one", "first", "c", 70)
    assert isinstance(poor, BadLine)
    assert "below 50" in poor.reason
    assert bad == BadLine(4, "malformed quality 'x': it must be 0 to 100")
    assert not isinstance(last, BadLine)
    assert (last.id, last.pdq[0].quality) == (f"pdq:{pdq(4)}", 100)


@pytest.mark.parametrize(
    "line", ["a" * 200_000, f"x,{pdq(1)}," + "9" * 5000, '"' + "a\rb", "\x1b[31mred," + pdq(1)]
)
def test_a_hostile_line_of_a_list_is_a_bad_line_like_another(line: str) -> None:
    found = list(read_list(["id,pdq,quality", line, f"good,{pdq(2)},90"]))
    assert [isinstance(one, BadLine) for one in found] == [True, False]


def test_a_malformed_line_is_told_and_repaired(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bank"
    assert main(["bank", "add", str(path), str(folder)]) == 0
    bank = Bank.open(path)
    bank.compact()
    entries = path / "entries-000002.jsonl"
    spoiled = next(bank.entries())
    entries.write_text(entries.read_text().replace(spoiled.pdq[0].hex, "f" * 32))
    capsys.readouterr()
    for action in ("stat", "list", "verify"):
        assert main(["bank", action, str(path)]) == 1
        told = capsys.readouterr()
        assert f"{entries}: line 1: malformed PDQ" in told.err
        assert "--repair" in told.err
    assert main(["bank", "stat", str(path), "--repair"]) == 0
    told = capsys.readouterr()
    assert f"dropped or rebuilt: {entries}: line 1" in told.err
    assert "entries               2\n" in told.out
    assert main(["bank", "stat", str(path)]) == 0
    assert capsys.readouterr().err == ""


def test_bad_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bank", "add", str(tmp_path / "bank")]) == 2
    assert not (tmp_path / "bank").exists()
    for action in (["stat"], ["list"], ["verify"], ["remove", "x"]):
        assert main(["bank", action[0], str(tmp_path / "nowhere"), *action[1:]]) == 2
        assert "no bank here" in capsys.readouterr().err
    for arguments in (["bank"], ["bank", "eat", "x"], ["bank", "list"]):
        with pytest.raises(SystemExit) as stop:
            main(arguments)
        assert stop.value.code == 2


def test_removing_what_is_not_there(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["bank", "add", str(tmp_path / "bank"), str(folder)])
    assert main(["bank", "remove", str(tmp_path / "bank"), "nobody"]) == 1
    assert "nobody: no such entry" in capsys.readouterr().err
    assert main(["bank", "add", str(tmp_path / "bank"), "--hashes", str(tmp_path / "none.txt")]) == 1
