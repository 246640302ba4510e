"""What a decoder can no longer do: refused, deadly, or left to it because it is needed."""

from __future__ import annotations

import platform
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from tests.fingerprint.confined import LINUX, SECCOMP

from disrupt.fingerprint import Sandbox, SandboxFailure, protections
from disrupt.fingerprint._confined import _seccomp

PROBE = """
import ctypes, os, sys
from disrupt.fingerprint._confined import _confine
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
