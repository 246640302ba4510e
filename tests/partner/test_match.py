"""`disrupt match`, as a platform's engineer runs it."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import bank_of, entry_of, photo

from disrupt.cli import main
from disrupt.matching import Bank, Findings, Match
from disrupt.matching.entries import Origin
from disrupt.matching.lookup import Certainty

pytestmark = pytest.mark.usefixtures("shared_decoders")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("match") / "bank"
    bank_of(folder, {f"p{seed}": photo(seed) for seed in range(3)})
    return str(folder)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "deeper").mkdir()
    Image.fromarray(photo(0)).save(folder / "a-same.png")
    ImageOps.expand(ImageOps.mirror(Image.fromarray(photo(1))), 60, "white").save(folder / "b-framed.jpg")
    Image.fromarray(photo(30)).save(folder / "c-other.png")
    Image.fromarray(photo(2)).resize((300, 220)).save(folder / "deeper" / "d-small.webp")
    return folder


@pytest.fixture
def uploads(tmp_path: Path, pictures: Path) -> Path:
    return Path(shutil.copytree(pictures, tmp_path / "uploads"))


def lines(capsys: pytest.CaptureFixture[str]) -> tuple[list[dict[str, Any]], str]:
    captured = capsys.readouterr()
    return [json.loads(line) for line in captured.out.splitlines()], captured.err


def test_a_folder_is_walked_and_each_file_gets_a_line(
    bank: str, uploads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["match", "--bank", bank, str(uploads)]) == 0
    out, err = lines(capsys)
    assert err == ""
    assert [Path(line["path"]).name for line in out] == [
        "a-same.png",
        "b-framed.jpg",
        "c-other.png",
        "d-small.webp",
    ]
    assert [[m["entry"] for m in line["matches"]] for line in out] == [["p0"], ["p1"], [], ["p2"]]
    assert [line["action"] for line in out] == ["block", out[1]["matches"][0]["action"], "none", "block"]
    assert out[0]["matches"] == [
        {
            "entry": "p0",
            "action": "block",
            "distance": 0,
            "view": "as it is",
            "category": "ncii",
            "certainty": "match",
            "origin": "examined",
            "needs_review": False,
        }
    ]
    assert out[1]["matches"][0]["view"].endswith("mirrored")


def test_explain_gives_the_rectangle(bank: str, uploads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "--bank", bank, "--explain", "--level", "fast", str(uploads / "b-framed.jpg")]) == 0
    (match,) = lines(capsys)[0][0]["matches"]
    assert np.abs(np.array(match["box"]) - [60, 60, 700, 540]).max() <= 12
    assert match["role"] == "stored"
    assert len(match["hash"]) == 64
    assert match["seconds"] == []


def test_visualize_writes_a_picture_of_it(
    bank: str, uploads: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "shown"
    assert main(["match", "--bank", bank, "--visualize", str(out), str(uploads)]) == 0
    assert len(lines(capsys)[0]) == 4
    assert len(list(out.iterdir())) == 3
    (framed,) = out.glob("b-framed-*.png")
    assert framed.stat().st_mode & 0o777 == 0o600
    with Image.open(framed) as picture:
        assert picture.width > picture.height
        pixels = np.asarray(picture.convert("RGB"))
    assert (pixels == (220, 0, 60)).all(2).any()


def test_what_cannot_be_read_is_said_and_the_rest_done(
    bank: str, uploads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, empty, missing = uploads / "text.jpg", uploads / "empty.png", uploads / "none.png"
    text.write_text("no picture")
    empty.touch()
    paths = [str(p) for p in (text, empty, missing, uploads / "a-same.png")]
    assert main(["match", "--bank", bank, *paths]) == 1
    out, err = lines(capsys)
    assert [line["path"] for line in out] == paths, "a reader that fails open must see every file"
    assert [line.get("error", {}).get("kind") for line in out] == [
        "UnsupportedMedia",
        "EmptyFile",
        "MissingFile",
        None,
    ]
    assert [line["action"] for line in out[:3]] == ["review"] * 3
    assert [line.split(": ")[0] for line in err.splitlines()] == paths[:3]
    assert "Traceback" not in err


def test_a_flat_picture_is_refused_not_failed(
    bank: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flat = tmp_path / "flat.png"
    Image.new("RGB", (300, 300), "navy").save(flat)
    assert main(["match", "--bank", bank, str(flat)]) == 0
    (line,) = lines(capsys)[0]
    assert line["matches"] == []
    assert "under 50" in line["refused"]


@pytest.mark.parametrize(
    "arguments",
    [["--level", "best"], ["--radius", "65"], ["--radius", "-1"], ["--radius", "x"], ["--jobs", "0"]],
)
def test_bad_usage(bank: str, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["match", "--bank", bank, *arguments, "x"])
    assert caught.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_a_bank_that_is_none(tmp_path: Path, uploads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "--bank", str(tmp_path / "none"), str(uploads)]) == 2
    out, err = lines(capsys)
    assert out == []
    assert "no bank here" in err


def test_the_radius_can_be_lowered(bank: str, uploads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["match", "--bank", bank, "--radius", "0", "--jobs", "1", str(uploads)]) == 0
    assert [len(line["matches"]) for line in lines(capsys)[0]] == [1, 0, 0, 0]


def test_a_visualized_upload_is_blurred_unless_asked(bank: str, uploads: Path, tmp_path: Path) -> None:
    file, detail = str(uploads / "a-same.png"), []
    for name, more in (("blurred", []), ("plain", ["--unblurred"])):
        assert main(["match", "--bank", bank, "--visualize", str(tmp_path / name), *more, file]) == 0
        (written,) = (tmp_path / name).iterdir()
        with Image.open(written) as picture:
            shown = np.asarray(picture.convert("L")).astype(int)[30:300, 30:400]
        detail.append(float(np.abs(np.diff(shown, axis=1)).mean()))
    assert detail[0] < detail[1] / 2


def test_empty_stale_damaged_and_clean_differ(
    tmp_path: Path, uploads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, folder = str(uploads / "a-same.png"), tmp_path / "bank"
    match = ["match", "--bank", str(folder), file]
    made = Bank.create(folder)
    assert main(match) == main(["bank", "health", str(folder)]) == 3
    out, err = capsys.readouterr()
    assert out.startswith("empty: 0 entries")  # and no line that says "no match"
    assert "nothing can be found" in err
    made.apply([entry_of(photo(0), "p0")])
    assert main(match) == main(["bank", "health", str(folder)]) == 0
    assert "bank" not in json.loads(capsys.readouterr().out.splitlines()[0])
    made.apply([], cursor="1", source="https://exchange.example")
    made.note_fetched(1000.0)
    assert main(match) == main(["bank", "health", str(folder)]) == 4
    out, err = capsys.readouterr()
    assert json.loads(out.splitlines()[0])["bank"] == "stale"
    assert "hours ago" in err
    assert main([*match, "--max-age", "never"]) == 0
    made.compact()
    (index,) = folder.glob("index-*")
    data = bytearray(index.read_bytes())
    data[4096] ^= 1
    index.write_bytes(data)
    capsys.readouterr()
    assert main(match) == main(["bank", "health", str(folder)]) == 5
    assert json.loads(capsys.readouterr().out.splitlines()[0])["bank"] == "damaged"
    (folder / "manifest.json").write_text("{}")
    assert main(match) == main(["bank", "health", str(folder)]) == 5
    assert main(["bank", "stat", "--repair", str(folder)]) == 0
    assert main(["bank", "health", "--json", str(folder)]) == 0


@pytest.mark.parametrize(
    ("origin", "certainty", "action"),
    [
        ("examined", "match", "block"),
        ("own", "match", "block"),
        ("declared", "match", "review"),
        ("examined", "probable", "review"),
        ("own", "probable", "review"),
    ],
)
def test_one_word_says_what_to_do(origin: Origin, certainty: Certainty, action: str) -> None:
    match = Match("e", 0, "as it is", "", certainty, origin=origin)
    declared = Match("d", 0, "as it is", "", "match", origin="declared")
    assert match.action == Findings((match, declared), 90, (1, 1)).action == action
    assert Findings((), 90, (1, 1)).action == "none"


def test_a_picture_is_never_written_through_a_link_that_somebody_left(
    bank: str, uploads: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, mine = tmp_path / "out", tmp_path / "mine"
    file = str(uploads / "a-same.png")
    assert main(["match", "--bank", bank, "--visualize", str(out), file]) == 0
    (written,) = out.iterdir()
    written.unlink()
    mine.write_text("precious")
    written.symlink_to(mine)
    assert main(["match", "--bank", bank, "--visualize", str(out), file]) == 1
    assert mine.read_text() == "precious"
    assert "disrupt match: " in capsys.readouterr().err


def test_a_bank_that_rotted_unseen_is_an_error_of_ours(
    bank: str, uploads: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = shutil.copytree(bank, tmp_path / "bank")
    Bank.open(folder).compact()
    path = next(folder.glob("entries-*"))
    before, text = path.stat(), path.read_text()
    path.write_text(text.replace('"kind": "image"', '"kind": "imagf"'))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert main(["match", "--bank", str(folder), str(uploads / "a-same.png")]) != 0
    assert "malformed kind" in capsys.readouterr().err
