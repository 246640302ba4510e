"""The programs in docs/platforms.md run as they are printed, on pictures and films, and are well typed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import photo
from tests.matching.test_video import shot, write

from disrupt.fingerprint import fingerprint_file, fingerprint_image
from disrupt.matching import Add, Bank, BankEntry, PdqValue
from disrupt.partner.bank.adding import own_entry

PAGE = Path(__file__).parents[2] / "docs" / "platforms.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_printed_program_runs_and_finds(tmp_path: Path, number: int) -> None:
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    Image.fromarray(photo(5, 400, 300)).save(tmp_path / "photo.png")
    ImageOps.mirror(Image.open(tmp_path / "photo.png")).save(uploads / "upload.jpg", quality=80)
    found = fingerprint_image(tmp_path / "photo.png", trusted=True)
    film = fingerprint_file(write(tmp_path / "film.mp4", [shot(s) for s in range(6)]), trusted=True)
    write(uploads / "film.mp4", [shot(s) for s in range(1, 5)])
    printed = re.search(r'"([0-9a-f]{64})"', PROGRAMS[number])
    own = PdqValue(printed.group(1) if printed else found.pdq.hex, found.pdq.quality)
    Bank.create(tmp_path / "bank").apply(
        [Add(BankEntry("banked", "image", "ncii", pdq=(own,))), Add(own_entry(film))]
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAMS[number]],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "banked" in done.stdout
    assert "uploads" not in PROGRAMS[number] or "own:" in done.stdout


@pytest.mark.slow
def test_the_programs_are_well_typed(tmp_path: Path) -> None:
    files = []
    for number, program in enumerate(PROGRAMS):
        files.append(tmp_path / f"program_{number}.py")
        files[-1].write_text(program)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull),
            *("--follow-imports", "silent", "--ignore-missing-imports"),
            *("--cache-dir", str(tmp_path / "cache"), *map(str, files)),
        ],
        env=dict(os.environ, MYPYPATH=str(PAGE.parents[1] / "src")),
        cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_page_has_its_programs() -> None:
    assert len(PROGRAMS) == 3
