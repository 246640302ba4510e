"""The sandbox: what a decoder can no longer do, and that the parent survives whatever becomes of it."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.fingerprint import media

import disrupt.fingerprint.sandbox as sandbox_module
from disrupt.fingerprint import (
    FingerprintError,
    Limits,
    MediaTooLarge,
    MissingFile,
    Sandbox,
    SandboxFailure,
    UnsupportedMedia,
    _seccomp,
    fingerprint_file,
    fingerprint_image,
    image_luma,
    preview,
    protections,
)

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is for Linux")
SECCOMP = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this processor"
)

PROBE = """
import ctypes, os, sys
from disrupt.fingerprint import _confine
import mmap, socket, threading
out = os.dup(1)
held = _confine.confine(256 << 20, network_left=_confine.leave_network())
def attempt():
{body}
try:
    attempt()
except (PermissionError, MemoryError, BlockingIOError) as error:
    socket_out = os.write(out, b"refused")
else:
    os.write(out, b"allowed")
"""


def probe(body: str) -> tuple[int, bytes]:
    """What becomes of a confined process that tries something: its exit status and what it says."""
    script = PROBE.format(body="\n".join("    " + line for line in body.splitlines()))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60, check=False)
    return done.returncode, done.stdout


@LINUX
@SECCOMP
@pytest.mark.parametrize(
    "body",
    [
        "open('/etc/hostname').read()",
        "open('/dev/null', 'wb')",
        "os.listdir('/')",
        "os.stat('/etc')",
        "os.kill(os.getppid(), 0)",
        "os.memfd_create('x')",
        "os.chdir('/')",
        "os.setuid(0)",
        "mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)",
        "bytearray(1 << 30)",
    ],
)
def test_refused_to_a_confined_process(body: str) -> None:
    assert probe(body) == (0, b"refused")


@LINUX
@SECCOMP
@pytest.mark.parametrize(
    "body",
    [
        "socket.socket()",
        "os.fork()",
        "os.execv(sys.executable, ['python'])",
        "ctypes.CDLL(None).ptrace(0, 0, 0, 0)",
        "ctypes.CDLL(None).unshare(0x10000000)",
    ],
)
def test_deadly_to_a_confined_process(body: str) -> None:
    assert probe(body) == (-signal.SIGSYS, b"")


@LINUX
def test_what_a_decoder_needs_is_left() -> None:
    body = "mmap.mmap(-1, 1 << 20).close()\nt = threading.Thread(target=int)\nt.start()\nt.join()"
    assert probe(body) == (0, b"allowed")


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_jumps_inside_itself(machine: str) -> None:
    code = _seccomp.program(machine)
    instructions = [code[i : i + 8] for i in range(0, len(code), 8)]
    assert len(instructions) < 4096
    for i, one in enumerate(instructions):
        assert i + 1 + max(one[2], one[3]) < len(instructions) or one[0] == 0x06
    assert instructions[-1][0] == 0x06
    with pytest.raises(KeyError):
        _seccomp.program("pdp11")


@LINUX
def test_the_protections_are_reported() -> None:
    held = protections()
    assert held.resource_limits
    assert held.no_new_privileges
    assert held.dies_with_parent
    assert held.unprivileged
    if platform.machine() in ("x86_64", "aarch64"):
        assert held.seccomp
    assert "seccomp" not in held.missing()


def test_a_missing_protection_that_is_required() -> None:
    with Sandbox(require=("seccomp",)) as sandbox:
        held = sandbox.protections()
        worker = sandbox._nursery.worker()
        sandbox._check(worker)
        worker.protections = replace(held, seccomp=False)
        with pytest.raises(SandboxFailure, match="does not offer seccomp"):
            sandbox._check(worker)


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


PICTURE = media.encode(media.scene(96, 128), "PNG")


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
    assert not [pid for pid in done.stdout.split() if _alive(int(pid))]


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
    while any(_alive(pid) for pid in [*ancestors, *workers]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in [*ancestors, *workers] if _alive(pid)]


def _alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_a_lying_decoder_is_not_believed() -> None:
    from disrupt.fingerprint import _wire
    from disrupt.fingerprint.sandbox import _checked

    with pytest.raises(SandboxFailure):
        _checked(_wire.Message({"values": None}))
    with pytest.raises(FingerprintError) as caught:
        _checked(_wire.Message({"error": "SystemExit", "message": "\x1b[2J" + "x" * 5000}))
    assert type(caught.value) is SandboxFailure
    assert len(str(caught.value)) <= 400
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"width": 1, "height": 1, "pdq": ["zz", 1], "upright": None, "notes": []},
        {"width": 1, "height": 1, "pdq": ["0" * 64, 101], "upright": None, "notes": []},
        {"width": -1, "height": 1, "pdq": ["0" * 64, 1], "upright": None, "notes": []},
        {"width": 1, "height": 1, "pdq": [7, 1], "upright": None, "notes": []},
    ],
)
def test_a_senseless_answer_is_a_fault(values: dict[str, object]) -> None:
    from disrupt.fingerprint.answers import image_of
    from disrupt.fingerprint.digest import digest_bytes
    from disrupt.fingerprint.tasks import Answer

    with pytest.raises(SandboxFailure, match="senseless"):
        image_of(Answer(values), digest_bytes(b"x"))


def test_a_message_too_long_or_too_slow() -> None:
    import socket

    from disrupt.fingerprint import _wire

    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"\xff" * 8)
        with pytest.raises(_wire.BrokenMessage, match="more than is accepted"):
            _wire.receive(ours)
        theirs.sendall((1000).to_bytes(4, "big") + bytes(4))

        def drip() -> None:
            for _ in range(20):
                theirs.sendall(b" ")
                time.sleep(0.02)

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(TimeoutError):
            _wire.receive(ours, deadline=time.monotonic() + 0.15)
        thread.join()


def test_previews_carry_no_metadata() -> None:
    import io

    from PIL import Image

    exif = Image.Exif()
    exif[274] = 6
    exif[0x010E] = "SECRET-DESCRIPTION"
    content = media.encode(media.scene(300, 400), "JPEG", exif=exif, comment=b"SECRET-COMMENT")
    small = preview(content, max_side=120, blur=6.0)
    assert b"SECRET" in content
    assert b"SECRET" not in small
    image = Image.open(io.BytesIO(small))
    assert image.size == (90, 120)  # upright
    assert not image.getexif()
    sharp = preview(content, max_side=120)
    assert len(small) < len(sharp)


@pytest.mark.parametrize("kind", ["png", "gif", "heif", "film"])
def test_previews_of_other_kinds(kind: str) -> None:
    import io

    from PIL import Image

    content = media.film() if kind == "film" else media.every_picture()[kind]
    image = Image.open(io.BytesIO(preview(content, max_side=64)))
    assert max(image.size) == 64
    assert image.format == "JPEG"


def test_luma_for_the_matcher() -> None:
    content = media.encode(media.scene(300, 400), "PNG")
    small = image_luma(content, max_side=100)
    assert small.luma.shape == (75, 100)
    assert small.fingerprint == fingerprint_image(content)
    assert image_luma(content, max_side=1000).luma.shape == (300, 400)
