"""A process that ends by an error quotes nobody, and tells an operator what there is to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest

from disrupt.hotline.__main__ import STAY
from disrupt.hotline.operating.installing.plan import Wanted, files

CANARY = "canary-7d41 person@example.org 192.0.2.7"
# The program itself, whose part that serves is replaced by one that ends by an error.
DIES = """
import sys, threading
from disrupt.hotline import __main__ as program
def dies(*_args, **_named):
    def fails():
        raise {error}
    if {in_a_thread}:
        thread = threading.Thread(target=fails)
        thread.start()
        thread.join()
        return 0
    try:
        raise LookupError({canary!r})
    except LookupError as cause:
        raise {error} from cause
sys.argv = ["disrupt-hotline", {command!r}]
from disrupt.hotline.processes import server
from disrupt.hotline.processes.worker import loop as worker
from disrupt.hotline.processes.checker import loop as checker
from disrupt.hotline.processes.taking import loop as taking
from disrupt.hotline.operating import commands
server.serve = worker.run = checker.run = taking.run = commands.run = dies
program.keep_memory_private = lambda: None
sys.exit(program.main())
"""


def last_words(tmp_path: Path, command: str, error: str, *, in_a_thread: bool = False) -> str:
    script = DIES.format(error=error, canary=CANARY, command=command, in_a_thread=in_a_thread)
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "DISRUPT_VAR": str(tmp_path), "DISRUPT_INSECURE_LOOPBACK": "1"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode == 0) == in_a_thread, done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("command", sorted(STAY))
def test_no_process_quotes_anybody(tmp_path: Path, command: str) -> None:
    said = last_words(tmp_path, command, f"ValueError({CANARY!r})")
    assert "builtins.ValueError" in said
    assert "builtins.LookupError" in said, "its cause too"
    assert "<string>:" in said, "where"
    for word in CANARY.split():
        assert word not in said


def test_nor_does_a_thread(tmp_path: Path) -> None:
    said = last_words(tmp_path, "worker", f"ValueError({CANARY!r})", in_a_thread=True)
    assert "builtins.ValueError" in said
    assert "canary" not in said


def test_what_an_operator_needs_is_said(tmp_path: Path) -> None:
    for error in (
        "__import__('disrupt.hotline.common.running.schema', fromlist=['x']).DatabaseTooOld('run upgrade')",
        "__import__('django.db', fromlist=['x']).OperationalError('run upgrade')",
        "PermissionError(13, 'Permission denied: run upgrade', '/etc/disrupt/keys')",
    ):
        said = last_words(tmp_path, "worker", error)
        assert "run upgrade" in said
        assert "canary" not in said


def test_every_process_of_a_unit_stays() -> None:
    wanted = Wanted("portal.hotline.example", PurePosixPath("/opt/disrupt/bin/disrupt-hotline"))
    started = {
        line.split()[1]
        for file in files(wanted)
        if "Restart=always" in file.text
        for line in file.text.splitlines()
        if line.startswith("ExecStart=/opt/disrupt")
    }
    assert started - {"relay"} == STAY
