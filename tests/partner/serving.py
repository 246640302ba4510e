"""A real `disrupt serve` on loopback for a test."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from PIL import Image
from tests.matching.pictures import photo

SOURCE = Path(__file__).parents[2] / "src"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def serving(*arguments: str, key: str = "", ready: bool = True) -> Iterator[httpx.Client]:
    """Start it, wait until it is ready, give a client for it, and end it."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "disrupt.cli", "serve", "--port", str(port), *arguments],
        env=dict(os.environ, PYTHONPATH=str(SOURCE)),
    )
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=120) as client:
            deadline = time.monotonic() + 180
            while True:
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server is never ready"
                try:
                    answer = client.get("/ready" if ready else "/live")
                    if answer.status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                time.sleep(0.2)
            yield client
    finally:
        process.terminate()
        process.wait(60)


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; a minute at most."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def png(seed: int) -> bytes:
    """A picture made in code, as an upload."""
    out = io.BytesIO()
    Image.fromarray(photo(seed, 160, 120)).save(out, "PNG")
    return out.getvalue()
