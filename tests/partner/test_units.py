"""The systemd units of docs/systemd: each command is one that this program takes, and systemd reads it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from disrupt.cli import build_parser

UNITS = sorted((Path(__file__).parents[2] / "docs" / "systemd").glob("*.service"))


def test_there_are_three() -> None:
    assert [unit.stem for unit in UNITS] == ["disrupt-guard", "disrupt-serve", "disrupt-sync"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_its_command_is_taken(unit: Path) -> None:
    (line,) = [one for one in unit.read_text().splitlines() if one.startswith("ExecStart=")]
    words = shlex.split(line.removeprefix("ExecStart="))
    assert words[0] == "/opt/disrupt/bin/disrupt"
    told = build_parser().parse_args(words[1:])
    assert f"disrupt-{told.command}" == unit.stem


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_reads_it(unit: Path, tmp_path: Path) -> None:
    copy = tmp_path / unit.name
    # The one thing that is not there on this machine.
    copy.write_text(unit.read_text().replace("/opt/disrupt/bin/disrupt", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(copy)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if unit.name in line]
    assert said == []
