"""Simulated days at the real processes, with kills, a restore, a new key and version: nothing is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.functional.next_version import STEP, next_version
from tests.functional.servers import free_port

pytestmark = pytest.mark.functional


def simulate(*arguments: str) -> dict[str, Any]:
    """Run the command; its report, which must say that nothing is wrong."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DISRUPT_")}
    done = subprocess.run(
        [sys.executable, "-m", "disrupt.hotline", "simulate", *arguments, "--port", str(base_port())],
        env=kept,
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["problems"] == {}
    assert told["codes"] == told["people"]
    assert (told["restored"], told["rotated"], told["unsettled"]) == (1, 1, 0)
    assert all(told["processor_seconds"][name] > 1 for name in ("portal", "console", "exchange", "worker"))
    assert all(size > 50_000 for size in told["most_memory_kib"].values())
    assert told["growth"][-1][1] == told["people"]
    return told


def base_port() -> int:
    """A port with room behind it, where the processes of the simulation listen."""
    while (base := free_port()) > 65_000:
        pass
    return base


@pytest.mark.slow
def test_nothing_is_lost_double_late_or_false(tmp_path: Path) -> None:
    to = str(next_version(tmp_path))
    told = simulate(
        *("--reports", "8", "--days", "2", "--step-hours", "24", "--kills", "1", "--seed", "44"),
        *("--doubts", "1", "--second", "100", "--errs", "0.4", "--to", to),
    )
    assert told["people"] == 8
    assert told["decided"] > 4
    assert told["kills"] > 3
    assert told["taken_back"] > 0
    assert told["letters"] > 0
    assert told["listed"] > 0
    assert told["partner"]["found"] > 0
    assert told["partner"]["not-blocked"] > 0
    assert told["looked_again"] > 0
    assert told["upgraded"] == [STEP]
    assert told["second_opinions"] > told["disputes"] > 0


@pytest.mark.fuzz
def test_nothing_is_lost_in_a_month() -> None:
    told = simulate("--reports", "150", "--days", "28", "--step-hours", "12", "--seed", "7")
    assert told["deleted"] > 0
