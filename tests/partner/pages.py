"""Runs the shell lines of a documentation page as they are printed, where our wheel is and nothing else."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.partner.clean import Clean

DOCS = Path(__file__).parents[2] / "docs"
_ALONE = "set -eum\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n"


def script_of(page: str) -> str:
    """The one block of shell lines of a page."""
    (script,) = re.findall(r"^```sh\n(.*?)^```", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return str(script)


def run_page(page: str, folder: Path, files: dict[str, bytes], clean: Clean, **more: str) -> str:
    """Run a page's lines where these files are, until the last or one that fails; what they printed.

    `more`: of the environment.
    """
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(content)
    done = subprocess.run(
        ["bash", "-c", _ALONE + script_of(page)],
        cwd=folder, env={**clean.environment, **more},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
