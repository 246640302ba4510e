"""The lines of docs/guard.md under "A forum in ten minutes" do what the page says, as they are printed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from tests.partner.clean import Clean
from tests.partner.guarding import PINNED, jpeg, notice, photo, sign
from tests.partner.pages import run_page, script_of

from disrupt.partner.guard.quarantine import Quarantine


@pytest.mark.slow
def test_a_forum_in_ten_minutes(tmp_path: Path, clean: Clean) -> None:
    (printed,) = re.findall(r"undo-notice guard (\S+)", script_of("guard.md"))
    one, other = Image.fromarray(photo(1, 320, 240)), photo(2, 320, 240)
    files = {
        "known/picture.jpg": jpeg(one),
        "altered-copy.jpg": jpeg(ImageOps.mirror(one)),
        "uploads/reported.jpg": jpeg(other),
        "uploads/innocent.jpg": jpeg(photo(3, 320, 240)),
        "hotline.keys": PINNED.encode(),
        "notice.json": sign(replace(notice("reported.jpg", pixels=other), id=printed)),
    }
    assert '"state": "held"' in run_page("guard.md", tmp_path, files, clean)
    assert sorted(path.name for path in (tmp_path / "uploads").iterdir()) == ["innocent.jpg", "reported.jpg"]
    assert [held.path for held in Quarantine(tmp_path / "guard" / "quarantine").all()] == ["new.jpg"]
