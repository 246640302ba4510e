"""Measure each test's processor time, and write those that `make quick` leaves out to tests/long.txt.

Run as `python -m scripts.long_tests`, on an idle machine, after many tests were added: two at a time, as
`make quick` does. Processor time, also of the test's own processes, hardly depends on what else runs; a test
that sleeps counts by the clock.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tests" / "long.txt"
CPU_SECONDS, SECONDS = 0.1, 1.5


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """As a plugin of pytest: one line for each long test."""
    cpu, began = _cpu(), time.monotonic()
    result = yield
    if _cpu() - cpu > CPU_SECONDS or time.monotonic() - began > SECONDS:
        with Path(os.environ["DISRUPT_LONG"]).open("a") as out:
            out.write(item.nodeid.split("[")[0] + "\n")
    return result


def main() -> int:
    """Write the list; pytest's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "long"
        told.touch()
        command = [sys.executable, "-m", "pytest", "-q", "-p", "scripts.long_tests"]
        command += ["-n", "2", "--dist", "loadfile"]
        command += ["-m", "not fuzz and not functional and not alone", "--ignore", "tests/functional"]
        code = subprocess.run(command, env=dict(os.environ, DISRUPT_LONG=str(told)), check=False).returncode
        if code == 0:
            LIST.write_text("\n".join(sorted(set(told.read_text().split()))) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
