"""Connections are spread over the workers, also after one of them was killed."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from tests.matching.pictures import bank_of, photo
from tests.partner.serving import SOURCE, below, serving
from tests.waiting import until

CONNECTIONS = 64
"""All of them to one of two workers by chance: once in 2 ** 63."""

pytestmark = [
    pytest.mark.functional,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere one socket is shared"),
]


def inodes(port: int, state: str) -> set[str]:
    """The sockets of this machine at a port: state 0A listens, 01 is a connection."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == state}


def held(pid: int) -> set[str]:
    found = set()
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            found |= set(re.findall(r"socket:\[(\d+)\]", str(one.readlink())))
    return found


def shares(port: int) -> dict[int, int]:
    """How many connections each process below this one holds, of those that hold any."""
    there = inodes(port, "01")
    counts = {}
    for pid in below(os.getpid()):
        with suppress(OSError):
            counts[pid] = len(held(pid) & there)
    return {pid: count for pid, count in counts.items() if count}


@contextmanager
def crowd(port: int) -> Iterator[None]:
    """Connections that each have been answered once and stay open."""
    with ExitStack() as stack:
        for _ in range(CONNECTIONS):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), 60))
            one.sendall(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert one.recv(4096).startswith(b"HTTP/1.1 200")
        yield


def test_both_workers_take_connections_and_a_replaced_one_again(tmp_path: Path) -> None:
    bank_of(tmp_path / "bank", {"p1": photo(1)})
    bank = ["--bank", str(tmp_path / "bank"), "--level", "gate"]
    with serving(*bank, "--workers", "2") as client:
        port = client.base_url.port
        assert port is not None
        until(lambda: len(inodes(port, "0A")) == 2)
        with crowd(port):
            both = shares(port)
            assert len(both) == 2
        second = subprocess.run(
            [sys.executable, "-m", "disrupt.cli", "serve", *bank, "--workers", "2", "--port", str(port)],
            env=dict(os.environ, PYTHONPATH=str(SOURCE)), check=False, timeout=120, capture_output=True,
        )  # fmt: skip
        assert second.returncode != 0, "the address is taken"
        lost = min(both)
        # It is asked whether it lives, and dies before it has answered.
        os.kill(lost, signal.SIGSTOP)
        time.sleep(1.5)
        os.kill(lost, signal.SIGKILL)

        def is_replaced() -> bool:
            with crowd(port):  # what comes to the lost one's socket waits for the next
                now = shares(port)
            return len(now) == 2 and lost not in now

        until(is_replaced)
