"""The package works where neither it nor a home can be written: kernels are then compiled afresh."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import disrupt

pytestmark = pytest.mark.slow

_SAY = """
import numpy as np
import disrupt.matching.index, disrupt.matching.views  # and with them every module that has kernels
from disrupt.fingerprint._hashing._kernels import quality
print(quality(np.full((64, 64), 7, np.float32), 0.0))
"""


@pytest.mark.skipif(os.name != "posix", reason="folders that cannot be written")
@pytest.mark.parametrize("cache", [False, True], ids=["nowhere", "NUMBA_CACHE_DIR"])
def test_a_read_only_package_works(tmp_path: Path, *, cache: bool) -> None:
    package = Path(disrupt.__file__).parent
    copy = tmp_path / "site" / "disrupt"
    for part in ("fingerprint", "matching"):
        shutil.copytree(package / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("__init__.py", "errors.py"):
        shutil.copy(package / file, copy)
    # The root user may write anywhere: what numba finds instead of a cache folder is a file.
    for folder in (copy / "fingerprint", copy / "matching"):
        (folder / "__pycache__").write_bytes(b"")
    nowhere = tmp_path / "file"
    nowhere.write_bytes(b"")
    kept = tmp_path / "cache"
    kept.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(copy.parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(nowhere),
        "XDG_CACHE_HOME": str(nowhere),
        "IPYTHONDIR": str(nowhere),
    } | ({"NUMBA_CACHE_DIR": str(kept)} if cache else {})
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _SAY],
        env=environment, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "0"
    assert bool(list(kept.rglob("*.nbi"))) is cache
