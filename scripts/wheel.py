"""Build the wheel, the same bytes of the same tree: `python -m scripts.wheel DIR`.

Times in it are fixed (SOURCE_DATE_EPOCH); hatchling sorts the names, and knows two kinds of permissions only.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_EPOCH = "1767225600"  # the first second of 2026: a time that says nothing


def build(folder: Path, source: Path = ROOT) -> Path:
    """Build into `folder`, which must be empty; return the wheel."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.resolve())],
        cwd=source,
        env={**os.environ, "SOURCE_DATE_EPOCH": _EPOCH},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


if __name__ == "__main__":
    made = build(Path(sys.argv[1]))
    print(f"{hashlib.sha256(made.read_bytes()).hexdigest()}  {made}")
