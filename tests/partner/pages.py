"""Runs the shell lines of a documentation page as they are printed, in a folder of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.partner.serving import SOURCE

DOCS = Path(__file__).parents[2] / "docs"
_ALONE = "set -eum\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"


def script_of(page: str) -> str:
    """The one block of shell lines of a page."""
    (script,) = re.findall(r"^```sh\n(.*?)^```", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return str(script)


def run_page(page: str, folder: Path, files: dict[str, bytes], **more: str) -> str:
    """Run a page's lines where these files are, until the last or one that fails; what they printed.

    `more`: of the environment.
    """
    program = f'#!/bin/sh\nexec {sys.executable} -m disrupt.cli "$@"\n'.encode()
    for name, content in {**files, "bin/disrupt": program}.items():
        place = folder / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
    (folder / "bin" / "disrupt").chmod(0o755)
    environment = {"PYTHONPATH": str(SOURCE), "PATH": f"{folder / 'bin'}:{os.environ['PATH']}", **more}
    done = subprocess.run(
        ["bash", "-c", _ALONE + script_of(page)],
        cwd=folder, env={**os.environ, **environment},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
