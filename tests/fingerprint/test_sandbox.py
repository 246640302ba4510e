"""The sandbox: the parent survives whatever becomes of a decoder, and no process is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.fingerprint import media
from tests.fingerprint.confined import LINUX, PICTURE, alive, children_of

import disrupt.fingerprint.sandbox as sandbox_module
from disrupt.fingerprint import (
    Limits,
    MediaTooLarge,
    MissingFile,
    Sandbox,
    SandboxFailure,
    UnsupportedMedia,
    fingerprint_file,
    fingerprint_image,
)


def test_a_worker_that_is_killed_is_replaced() -> None:
    with Sandbox(workers=1) as sandbox:
        before = fingerprint_image(PICTURE, sandbox=sandbox)
        worker = sandbox._idle[0]
        os.kill(worker.pid, signal.SIGKILL)
        assert fingerprint_image(PICTURE, sandbox=sandbox) == before
        assert sandbox._idle[0].pid != worker.pid


def test_an_ancestor_that_is_killed_is_replaced() -> None:
    with Sandbox(workers=1) as sandbox:
        before = fingerprint_image(PICTURE, sandbox=sandbox)
        process = sandbox._nursery._process
        assert process is not None
        process.kill()
        time.sleep(0.2)  # its workers die with it
        assert fingerprint_image(PICTURE, sandbox=sandbox) == before


def test_a_worker_is_replaced_after_its_tasks() -> None:
    with Sandbox(workers=1, tasks_per_worker=2) as sandbox:
        pids = []
        for _ in range(4):
            fingerprint_image(PICTURE, sandbox=sandbox)
            pids.append(sandbox._idle[0].pid if sandbox._idle else None)
        assert pids[1] is pids[3] is None
        assert pids[0] != pids[2]


@pytest.mark.slow
def test_a_decoder_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox_module, "_GRACE_SECONDS", 0.1)
    large = media.encode(np.zeros((9000, 9000, 3), dtype=np.uint8), "PNG", compress_level=1)
    with Sandbox(Limits(image_seconds=0.01), workers=1) as sandbox:
        start = time.monotonic()
        with pytest.raises(MediaTooLarge, match="was stopped"):
            fingerprint_file(large, sandbox=sandbox)
        assert time.monotonic() - start < 20  # starting the first decoder is most of it
        assert not sandbox._idle
        assert fingerprint_image(PICTURE, sandbox=sandbox).width == 128


def test_a_decoder_that_wants_too_much_memory() -> None:
    limits = Limits(memory=64 << 20)
    with Sandbox(limits, workers=1) as sandbox:
        large = media.encode(np.zeros((5000, 6000, 3), dtype=np.uint8), "PNG", compress_level=1)
        with pytest.raises((MediaTooLarge, SandboxFailure)):
            fingerprint_image(large, sandbox=sandbox)
        assert fingerprint_image(PICTURE, sandbox=sandbox).width == 128


def test_the_bomb_in_the_sandbox() -> None:
    with pytest.raises(MediaTooLarge):
        fingerprint_file(media.png_bomb())


def test_paths_that_are_no_files(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="no such file"):
        fingerprint_file(tmp_path / "absent.jpg")
    with pytest.raises(UnsupportedMedia, match="a folder or a device"):
        fingerprint_file(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnsupportedMedia, match="a folder or a device"):
        fingerprint_file(tmp_path / "pipe")


def test_content_larger_than_memory_may_hold() -> None:
    sandbox = Sandbox(Limits(bytes_in_memory=1000))
    with sandbox, pytest.raises(MediaTooLarge, match="held in memory"):
        fingerprint_file(PICTURE, sandbox=sandbox)


def test_many_threads_share_it() -> None:
    pictures = [media.encode(media.scene(60 + i, 80, i), "PNG") for i in range(12)]
    expected = [fingerprint_image(one, trusted=True) for one in pictures]
    with Sandbox(workers=2) as sandbox, ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda one: fingerprint_image(one, sandbox=sandbox), pictures * 3))
        assert len(sandbox._idle) <= 2
    assert found == expected * 3


def test_closed() -> None:
    sandbox = Sandbox()
    sandbox.close()
    with pytest.raises(SandboxFailure, match="closed"):
        fingerprint_image(PICTURE, sandbox=sandbox)


FORKING = """
import os, sys, threading, time
from disrupt.fingerprint import fingerprint_image
content = open(sys.argv[1], "rb")
data = content.read(); content.close()
first = fingerprint_image(data)
done = []
thread = threading.Thread(target=lambda: done.append(fingerprint_image(data))); thread.start(); thread.join()
pid = os.fork()
if pid == 0:
    same = fingerprint_image(data) == first
    sys.exit(0 if same else 3)
assert os.waitpid(pid, 0)[1] == 0
assert fingerprint_image(data) == first == done[0]
with open("/proc/self/task/%d/children" % os.getpid()) as children:
    print(children.read(), flush=True)
time.sleep(float(sys.argv[2]))
"""


@pytest.mark.slow
@LINUX
def test_threads_fork_and_exit_leave_no_warning_and_no_process(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(PICTURE)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKING, str(tmp_path / "picture"), "0"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.split()
    assert not [pid for pid in done.stdout.split() if alive(int(pid))]


@pytest.mark.slow
@LINUX
def test_the_decoders_die_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(PICTURE)
    parent = subprocess.Popen(
        [sys.executable, "-c", FORKING, str(tmp_path / "picture"), "60"], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    ancestors = [int(word) for word in parent.stdout.readline().split()]
    assert ancestors
    workers = [pid for one in ancestors for pid in children_of(one)]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 15
    while any(alive(pid) for pid in [*ancestors, *workers]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in [*ancestors, *workers] if alive(pid)]
