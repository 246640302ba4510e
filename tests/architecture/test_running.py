"""How tests are run: the long ones are known by name, and what failed beside others gets one more try."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import pathlib

def test_late():
    first = pathlib.Path(__file__).with_name("first")
    if not first.exists():
        first.touch()
        raise AssertionError

def test_wrong():
    assert {right}
"""


@pytest.mark.slow
@pytest.mark.parametrize("right", [True, False])
def test_one_more_try(right: bool, tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "long.txt").touch()
    (tmp_path / "test_it.py").write_text(PROGRAM.format(right=right))
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DJANGO_"))
    } | {"PYTHONPATH": str(ROOT), "DISRUPT_FAILED": str(tmp_path / "of another run")}
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "run_tests.py", "-q", "test_it.py"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) is right
    assert ("UNSTABLE" in done.stdout) is right
    assert "once more by themselves: test_it.py" in done.stdout
    assert not (tmp_path / "of another run").exists()


def test_what_is_long_is_there() -> None:
    for name in (ROOT / "tests" / "long.txt").read_text().split():
        path, kind, *_ = name.split("::")  # a function, or a class of tests
        assert re.search(rf"^(def|class) {kind}\b|^{kind} = ", (ROOT / path).read_text(), re.M), name


def test_no_server_of_a_test_takes_half_a_second_to_end() -> None:
    """`serve_forever` looks twice a second whether it shall end, unless it is told how often."""
    for path in (ROOT / "tests").rglob("*.py"):
        for line in path.read_text().splitlines():
            if re.search(r"target=[\w.]+serve_forever", line):
                assert re.search(r"serve_forever, args=\([\w.]+,\)", line), f"{path}: use tests/loopback.py"


def test_a_choice_that_has_lost_its_tests_is_refused(tmp_path: Path) -> None:
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "long.txt").touch()
    (tmp_path / "test_it.py").write_text("def test_one():\n    pass\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    codes: list[tuple[int, bool]] = []
    for least, beside in ((1, ()), (2, ()), (1, ("-n", "2")), (2, ("-n", "2"))):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "no:django", f"--at-least={least}", *beside, "test_it.py"],
            cwd=tmp_path, env=environment | {"PYTHONPATH": str(ROOT)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        codes.append((done.returncode, "at least 2 were expected" in done.stdout + done.stderr))
    assert codes == [(0, False), (4, True)] * 2
