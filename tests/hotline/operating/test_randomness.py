"""A kernel that has no randomness yet, or gives none: keys are waited for, and no weak one is ever made."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace answers in the kernel's place"),
]
# Python's own questions at its start ask for no secret; ours come after them.
OURS = 5
MAKE = """
import sys
from pathlib import Path
from disrupt.hotline.common.keys import create_all
create_all(Path(sys.argv[1]))
"""


def make(keys: Path, *inject: str) -> tuple[int, str]:
    """Make all keys while the kernel answers so; the status, and every question for randomness."""
    trace = keys.with_name("trace")
    command = ["strace", "-f", "-qq", "-o", str(trace), "-e", "trace=getrandom,openat"]
    for one in inject:
        command += ["-e", f"inject=getrandom:{one}"]
    done = subprocess.run(
        [*command, sys.executable, "-c", MAKE, str(keys)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, trace.read_text(errors="replace")


def files(keys: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in keys.rglob("*") if path.is_file()}


def test_every_key_waits_for_the_kernel(tmp_path: Path) -> None:
    status, trace = make(tmp_path / "keys")
    assert status == 0
    asked = re.findall(r"getrandom\(.*, (\d+), (\w+)\) = (\d+)", trace)[OURS - 1 :]
    long = [one for one in asked if int(one[0]) >= 32]
    assert len(long) >= 10
    # No flag: it returns when there is randomness, and gives all that was asked for.
    assert {flags for _size, flags, _given in asked} == {"0"}
    assert all(size == given for size, _flags, given in asked)
    assert not re.search(r'openat\(.*"/dev/u?random"', trace)


def test_a_kernel_that_takes_its_time_is_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()
    status, trace = make(tmp_path / "keys", f"delay_enter=50000:when={OURS}+")
    waited = 0.05 * (trace.count("getrandom(") - OURS)
    assert status == 0
    assert time.monotonic() - began > waited > 1
    assert all(files(tmp_path / "keys").values())


@pytest.mark.parametrize("number", [OURS, OURS + 1, OURS + 5, OURS + 20, OURS + 40])
def test_where_there_is_none_no_weak_key_is_made(tmp_path: Path, number: int) -> None:
    keys = tmp_path / "keys"
    status, _trace = make(keys, f"error=EIO:when={number}+")
    assert status != 0, "it ends, and does without nothing"
    before = files(keys)
    for path, data in before.items():
        assert len(data) >= 32, path
        assert len(set(data)) > 8, path
    assert make(keys)[0] == 0
    after = files(keys)
    assert {path: after[path] for path in before} == before, "what was made stays"
    assert len(set(after.values())) == len(after), "and no two are the same"
    assert all(len(data) >= 32 and len(set(data)) > 8 for data in after.values())
