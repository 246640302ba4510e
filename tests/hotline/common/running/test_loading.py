"""While a process loads nothing is searched for garbage; afterwards it is as ever."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from disrupt.hotline.common.running.loading import loading

LOOK = "import gc; print(gc.isenabled(), gc.get_freeze_count() > 100_000)"


def test_garbage_is_found_again_however_it_ended() -> None:
    gc.collect()
    with pytest.raises(ZeroDivisionError), loading():
        assert not gc.isenabled()
        raise ZeroDivisionError
    assert gc.isenabled()


def test_a_command_looks_for_garbage_and_not_in_what_was_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "disrupt.hotline", "manage", "shell", "--no-imports", "-c", LOOK],
        env={**os.environ, "DISRUPT_VAR": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.split() == ["True", "True"], done
