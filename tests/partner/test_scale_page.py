"""The lines of docs/scale.md do what the page says, as they are printed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import bank_of, photo
from tests.partner.guarding import jpeg
from tests.partner.serving import SOURCE

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"


@pytest.mark.slow
def test_a_catalogue_in_two_parts(tmp_path: Path) -> None:
    (script,) = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    known, late = photo(1, 320, 240), photo(2, 320, 240)
    bank_of(tmp_path / "bank", {"known": known})
    pictures = {f"{seed}.jpg": jpeg(photo(seed, 320, 240)) for seed in range(10, 16)}
    pictures |= {
        "copy.jpg": jpeg(ImageOps.mirror(Image.fromarray(known))),
        "late.jpg": jpeg(ImageOps.mirror(Image.fromarray(late))),
    }
    for name, content in (
        *((f"uploads/{name}", content) for name, content in pictures.items()),
        ("new/late.jpg", jpeg(late)),
        ("bin/disrupt", f'#!/bin/sh\nexec {sys.executable} -m disrupt.cli "$@"\n'.encode()),
    ):
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
    (tmp_path / "bin" / "disrupt").chmod(0o755)
    environment = {"PYTHONPATH": str(SOURCE), "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path, env={**os.environ, **environment},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr

    def paths(*names: str) -> list[str]:
        lines = [line for name in names for line in (tmp_path / name).read_text().splitlines()]
        return sorted(json.loads(line)["path"] for line in lines)

    assert paths("rows.aa", "rows.ab") == sorted(f"uploads/{name}" for name in pictures)
    assert paths("found") == ["uploads/copy.jpg"]
    assert paths("late.aa", "late.ab") == ["uploads/late.jpg"]
