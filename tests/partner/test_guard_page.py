"""The lines of docs/guard.md under "A forum in ten minutes" do what the page says, as they are printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from tests.partner.guarding import PINNED, jpeg, notice, photo, sign
from tests.partner.serving import SOURCE

from disrupt.partner.guard.quarantine import Quarantine

PAGE = Path(__file__).parents[2] / "docs" / "guard.md"


@pytest.mark.slow
def test_a_forum_in_ten_minutes(tmp_path: Path) -> None:
    (script,) = re.findall(r"^```sh\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (printed,) = re.findall(r"undo-notice guard (\S+)", script)
    one, other = Image.fromarray(photo(1, 320, 240)), photo(2, 320, 240)
    for name, content in (
        ("known/picture.jpg", jpeg(one)),
        ("altered-copy.jpg", jpeg(ImageOps.mirror(one))),
        ("uploads/reported.jpg", jpeg(other)),
        ("uploads/innocent.jpg", jpeg(photo(3, 320, 240))),
        ("hotline.keys", PINNED.encode()),
        ("notice.json", sign(replace(notice("reported.jpg", pixels=other), id=printed))),
        ("bin/disrupt", f'#!/bin/sh\nexec {sys.executable} -m disrupt.cli "$@"\n'.encode()),
    ):
        place = tmp_path / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
    (tmp_path / "bin" / "disrupt").chmod(0o755)
    environment = {"PYTHONPATH": str(SOURCE), "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", f"set -eum\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{script}"],
        cwd=tmp_path, env={**os.environ, **environment},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"state": "held"' in done.stdout
    assert sorted(path.name for path in (tmp_path / "uploads").iterdir()) == ["innocent.jpg", "reported.jpg"]
    assert [held.path for held in Quarantine(tmp_path / "guard" / "quarantine").all()] == ["new.jpg"]
