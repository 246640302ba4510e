"""The programs in docs/platforms.md run as they are printed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import photo

from disrupt.fingerprint import fingerprint_image
from disrupt.matching import Add, Bank, BankEntry, PdqValue

PAGE = Path(__file__).parents[2] / "docs" / "platforms.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_printed_program_runs_and_finds(tmp_path: Path, number: int) -> None:
    Image.fromarray(photo(5, 400, 300)).save(tmp_path / "photo.png")
    ImageOps.mirror(Image.open(tmp_path / "photo.png")).save(tmp_path / "upload.jpg", quality=80)
    found = fingerprint_image(tmp_path / "photo.png", trusted=True)
    printed = re.search(r'"([0-9a-f]{64})"', PROGRAMS[number])
    own = PdqValue(printed.group(1) if printed else found.pdq.hex, found.pdq.quality)
    Bank.create(tmp_path / "bank").apply([Add(BankEntry("banked", "image", "ncii", pdq=(own,)))])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAMS[number]],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "banked" in done.stdout


def test_the_page_has_its_programs() -> None:
    assert len(PROGRAMS) == 2
