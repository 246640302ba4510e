"""What the server's process is given: few memory arenas, enough open files."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from disrupt.hotline.processes.server import _NoAddresses

ARENAS = """
import ctypes, threading
from disrupt.hotline.processes import server
{call}
libc = ctypes.CDLL(None)
libc.malloc.argtypes, libc.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
together = threading.Barrier(12)
def take():
    together.wait()
    libc.malloc(1000)
    together.wait()
threads = [threading.Thread(target=take) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.malloc_stats()
"""


def _arenas(call: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", ARENAS.format(call=call)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stderr.count("Arena ")


def test_a_hundred_threads_share_two_arenas() -> None:
    without = _arenas("")
    if without <= 2:
        pytest.skip("this C library, or this machine, uses few arenas by itself")
    assert 1 <= _arenas("server._few_arenas()") <= 2


def test_connections_leave_room_for_other_files() -> None:
    asked = (
        "import resource; from disrupt.hotline.processes import server; "
        "resource.setrlimit(resource.RLIMIT_NOFILE, ({soft}, {hard})); print(server._connections())"
    )
    for soft, hard, expected in ((1024, 3000, 2000), (256, 1024, 256), (3000, 20000, 4000)):
        done = subprocess.run(
            [sys.executable, "-c", asked.format(soft=soft, hard=hard)],
            capture_output=True, text=True, timeout=60, check=True,
        )  # fmt: skip
        assert int(done.stdout) == expected


def test_a_request_that_failed_is_logged_without_its_address() -> None:
    record = logging.LogRecord(
        "gunicorn.error", logging.ERROR, "", 0, "Error handling request %s %s", ("GET", "/a/a-key/"), None
    )
    assert _NoAddresses().filter(record)
    assert record.getMessage() == "Error handling request"
    record = logging.LogRecord(
        "gunicorn.error", logging.WARNING, "", 0, "Invalid from %s", ("192.0.2.7",), None
    )
    assert _NoAddresses().filter(record)
    assert record.getMessage() == "Invalid from [address]"
