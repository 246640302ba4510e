"""The lines of docs/scale.md do what the page says, as they are printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import bank_of, photo
from tests.partner.clean import Clean
from tests.partner.guarding import jpeg
from tests.partner.pages import run_page


@pytest.mark.slow
def test_a_catalogue_in_two_parts(tmp_path: Path, clean: Clean) -> None:
    known, late = photo(1, 320, 240), photo(2, 320, 240)
    bank_of(tmp_path / "bank", {"known": known})
    pictures = {f"{seed}.jpg": jpeg(photo(seed, 320, 240)) for seed in range(10, 16)}
    pictures |= {
        "copy.jpg": jpeg(ImageOps.mirror(Image.fromarray(known))),
        "late.jpg": jpeg(ImageOps.mirror(Image.fromarray(late))),
    }
    files = {f"uploads/{name}": content for name, content in pictures.items()}
    run_page("scale.md", tmp_path, {**files, "new/late.jpg": jpeg(late)}, clean)

    def paths(*names: str) -> list[str]:
        lines = [line for name in names for line in (tmp_path / name).read_text().splitlines()]
        return sorted(json.loads(line)["path"] for line in lines)

    assert paths("rows.aa", "rows.ab") == sorted(f"uploads/{name}" for name in pictures)
    assert paths("found") == ["uploads/copy.jpg"]
    assert paths("late.aa", "late.ab") == ["uploads/late.jpg"]
