"""`disrupt scan`: a catalogue gone through once, killed and gone on with, re-checked without its files."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import bank_of, entry_of, photo
from tests.matching.test_video import shot, write

from disrupt.cli import main
from disrupt.fingerprint import fingerprint_file
from disrupt.matching import Add, Bank
from disrupt.partner.bank.adding import own_entry
from disrupt.partner.scan import prints
from disrupt.partner.scan.results import CannotGoOn, Results

SOURCE = Path(__file__).parents[2] / "src"
ODD = os.fsdecode(b"odd \xff name.jpg")


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("scan") / "bank"
    bank_of(folder, {f"p{seed}": photo(seed) for seed in range(3)})
    return str(folder)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("catalogue")
    for seed in range(24):
        below = folder / f"{seed % 3}"
        below.mkdir(exist_ok=True)
        picture = Image.fromarray(photo(seed if seed < 3 else 100 + seed))
        (ImageOps.mirror(picture) if seed == 1 else picture).save(below / f"{seed:02}.jpg", quality=90)
    (folder / "0" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not much of a picture")
    (folder / ODD).write_bytes((folder / "0" / "00.jpg").read_bytes())
    write(folder / "film.mp4", [shot(s) for s in range(5)])
    return folder


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def paths(folder: Path) -> Counter[str]:
    return Counter(str(path) for path in folder.rglob("*") if path.is_file())


def test_every_file_gets_its_row(bank: str, catalogue: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert main(["scan", "--bank", bank, "--out", str(out), "--level", "fast", str(catalogue)]) == 1
    found = rows(out)
    assert Counter(row["path"] for row in found) == paths(catalogue)
    by_name = {Path(row["path"]).name: row for row in found}
    assert by_name["broken.jpg"]["error"]["code"] == "unreadable_media"
    assert by_name["broken.jpg"]["action"] == "review"
    matched = {name: row["matches"][0]["entry"] for name, row in by_name.items() if row.get("matches")}
    assert matched == {
        "00.jpg": "p0",
        "01.jpg": "p1",
        "02.jpg": "p2",
        os.fsdecode(b"odd \xff name.jpg"): "p0",
    }
    assert (by_name["01.jpg"]["action"], by_name["05.jpg"]["action"]) == ("block", "none")
    assert out.stat().st_mode & 0o777 == 0o600
    # Again: there is nothing left to do.
    before = out.read_bytes()
    assert main(["scan", "--bank", bank, "--out", str(out), "--level", "fast", str(catalogue)]) == 0
    assert out.read_bytes() == before


def test_killed_again_and_again_each_file_is_done_once(bank: str, catalogue: Path, tmp_path: Path) -> None:
    out, kept = tmp_path / "out.jsonl", tmp_path / "prints"
    command = [
        *(sys.executable, "-m", "disrupt.cli", "scan", "--bank", bank, "--out", str(out), "--level", "fast"),
        *("--keep-prints", str(kept), "--most-a-second", "20", "--jobs", "2", str(catalogue)),
    ]
    kills = 0
    for _ in range(40):
        before = out.stat().st_size if out.exists() else 0
        process = subprocess.Popen(
            command, env=dict(os.environ, PYTHONPATH=str(SOURCE)), stderr=subprocess.DEVNULL
        )
        while process.poll() is None and kills < 3:
            if (out.stat().st_size if out.exists() else 0) > before:
                process.send_signal(signal.SIGKILL)
                kills += 1
            time.sleep(0.01)
        if process.wait(300) >= 0:
            break
        with out.open("ab") as file:  # as a power cut may leave it
            file.write(b'{"path": "half a ro')
        with (kept / "prints.bin").open("ab") as file:
            file.write(b"half a record")
    assert kills == 3
    found = rows(out)
    assert Counter(row["path"] for row in found) == paths(catalogue)
    records = np.fromfile(kept / "prints.bin", prints.RECORD)
    assert (np.diff(records["row"].astype(int)) >= 0).all()
    of_a_picture = next(n for n, row in enumerate(found) if row["path"].endswith("05.jpg"))
    hashes = records["hash"][records["row"] == of_a_picture].view(np.uint8).reshape(-1, 32)
    stored = fingerprint_file(found[of_a_picture]["path"])
    assert stored.kind == "image"
    assert hashes[0].tobytes().hex() == stored.pdq.hex
    assert len(hashes) == 8


def test_new_entries_are_found_without_the_files(catalogue: Path, tmp_path: Path, capsys: Any) -> None:
    folder = tmp_path / "catalogue"
    shutil.copytree(catalogue, folder)
    bank = bank_of(tmp_path / "bank", {"p0": photo(0)})
    out, kept, late = tmp_path / "out.jsonl", tmp_path / "prints", tmp_path / "late.jsonl"
    scan = ["scan", "--bank", str(tmp_path / "bank"), "--keep-prints", str(kept)]
    assert main([*scan, "--out", str(out), "--level", "fast", str(folder)]) == 1
    film = fingerprint_file(folder / "film.mp4")
    shutil.rmtree(folder)
    mirrored = np.ascontiguousarray(photo(107)[:, ::-1])
    bank.apply([entry_of(mirrored, "late"), entry_of(photo(500), "elsewhere"), Add(own_entry(film))])
    capsys.readouterr()
    assert main([*scan, "--out", str(late), "--recheck", str(out)]) == 0
    assert capsys.readouterr().err == "3 new entries, found in 2 files\n"
    found = {Path(row["path"]).name: row for row in rows(late)}
    assert set(found) == {"07.jpg", "film.mp4"}
    (match,) = found["07.jpg"]["matches"]
    assert (match["entry"], match["action"], match["bank"]) == ("late", "block", "bank")
    assert found["film.mp4"]["matches"][0]["distance"] == 0
    # They are known now.
    assert main([*scan, "--out", str(tmp_path / "later.jsonl"), "--recheck", str(out)]) == 0
    assert capsys.readouterr().err == "0 new entries, found in 0 files\n"


def test_lists_and_since(bank: str, catalogue: Path, tmp_path: Path, monkeypatch: Any) -> None:
    old, new = tmp_path / "old.jpg", tmp_path / "new.jpg"
    for path in (old, new):
        shutil.copy(catalogue / "0" / "00.jpg", path)
    os.utime(old, (1e9, 1e9))
    listed = tmp_path / "list"
    listed.write_text(f"{old}\n\n{new}\n{new}\n")
    base = ["scan", "--bank", bank, "--level", "fast"]
    assert main([*base, "--out", str(tmp_path / "a"), "--list", str(listed), str(new)]) == 0
    assert Counter(row["path"] for row in rows(tmp_path / "a")) == Counter([str(old), str(new)])
    for number, since in enumerate(("2020-01-01", "30d")):
        out = tmp_path / f"since{number}"
        assert main([*base, "--out", str(out), "--since", since, "--list", str(listed)]) == 0
        assert [row["path"] for row in rows(out)] == [str(new)]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(os.fsencode(f"{new}\n"))))
    assert main([*base, "--out", str(tmp_path / "b"), "--list", "-"]) == 0
    assert len(rows(tmp_path / "b")) == 1


def test_what_cannot_go_on_is_told(bank: str, catalogue: Path, tmp_path: Path, capsys: Any) -> None:
    out, one = tmp_path / "out", str(catalogue / "0" / "00.jpg")
    base = ["scan", "--bank", bank, "--out", str(out)]
    assert main(base) == 2
    assert main([*base, "--level", "fast", one]) == 0
    capsys.readouterr()
    assert main([*base, "--level", "standard", one]) == 2
    assert "another level" in capsys.readouterr().err
    (tmp_path / "other").write_text("mine\n")
    assert main(["scan", "--bank", bank, "--out", str(tmp_path / "other"), one]) == 2
    assert (tmp_path / "other").read_text() == "mine\n"
    holder = os.open(out, os.O_RDWR)
    import fcntl

    fcntl.flock(holder, fcntl.LOCK_EX)
    assert main([*base, "--level", "fast", one]) == 2
    assert "another scan" in capsys.readouterr().err
    os.close(holder)
    assert main(["scan", "--bank", str(tmp_path / "none"), "--out", str(out), one]) == 2
    Bank.create(tmp_path / "empty")
    assert main(["scan", "--bank", str(tmp_path / "empty"), "--out", str(tmp_path / "e"), one]) == 3
    assert not (tmp_path / "e").exists()


@pytest.mark.parametrize(
    "line",
    [b"[" * 100_000, b'{"path": 7}', b'{"path": null}', b'["path"]', b"\xff", b'{"path": ' + b"9" * 9000],
)
def test_a_hostile_file_of_results_is_told_by_name(tmp_path: Path, line: bytes) -> None:
    out = tmp_path / "out"
    with Results(out, {"level": "fast"}) as results:
        results.write({"path": "a"})
    out.write_bytes(line + b"\n")
    with pytest.raises(CannotGoOn, match="out: line 1: is not a row of a scan"):
        Results(out, {"level": "fast"})
    assert out.read_bytes() == line + b"\n"
    (tmp_path / "out.scan").write_bytes(line if line[:1] != b"{" else b"[]")
    with pytest.raises(CannotGoOn, match="out: is not of a scan"):
        Results(out, {"level": "fast"})


@pytest.mark.parametrize("content", [b"1234567", b"\x02" * 8 + b"\x01" * 8])
def test_hostile_known_entries_hide_nothing(tmp_path: Path, content: bytes) -> None:
    """Keys out of their order would be looked up in vain, or found where they are not."""
    (tmp_path / "known.bin").write_bytes(content)
    with pytest.raises(CannotGoOn, match="damaged"):
        prints.known(tmp_path)
