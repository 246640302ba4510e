"""Slow, silent and odd clients of `disrupt serve`: they end, keep nobody out, and leave no line in a log."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.matching.pictures import bank_of, photo
from tests.partner.serving import SOURCE, free_port
from tests.waiting import until

from disrupt.partner.serve import http
from disrupt.partner.serve.http import Held, Refused, Request
from disrupt.partner.serve.patience import send_at_once

pytestmark = pytest.mark.functional

# The server of the command, whose head may take so long; and few files, as a small machine has.
START = """
import resource, sys
from disrupt.partner.serve import patience
patience.HEAD_SECONDS, patience.MOST_FILES = 2.0, 256
resource.setrlimit(resource.RLIMIT_NOFILE, (96, 256))
from disrupt.cli import main
if __name__ == "__main__":  # its worker reads this file too
    sys.exit(main(["serve", "--port", sys.argv[1], "--bank", sys.argv[2], "--workers", "1"]))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    folder = tmp_path_factory.mktemp("patience")
    bank_of(folder / "bank", {"p": photo(1)})
    port, log = free_port(), folder / "log"
    (folder / "start.py").write_text(START)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, str(folder / "start.py"), str(port), str(folder / "bank")],
            env={"PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin"}, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        until(lambda: process.poll() is not None or is_live(port))
        assert process.poll() is None, log.read_text()
        yield port, log
    finally:
        process.terminate()
        process.wait(60)


def is_live(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/live", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def connected(port: int, words: bytes = b"") -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.sendall(words)
    return line


def ended(line: socket.socket) -> bool:
    try:
        return line.recv(1) == b""
    except ConnectionError:
        return True


@pytest.mark.parametrize("words", [b"", b"GET /live HTT", b"GET /live HTTP/1.1\r\nHost: a\r\n"])
def test_who_says_nothing_is_let_go(server: tuple[int, Path], words: bytes) -> None:
    with connected(server[0], words) as line:
        assert ended(line)


def test_a_head_that_comes_letter_by_letter_ends(server: tuple[int, Path]) -> None:
    with connected(server[0], b"GET /live HTTP/1.1\r\nHost: a\r\n\r\n") as line:
        assert line.recv(4096).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        with pytest.raises(OSError):
            while time.monotonic() < began + 25:
                line.sendall(b"G")
                time.sleep(0.3)
                if line.recv(4096, socket.MSG_DONTWAIT | socket.MSG_PEEK) == b"":
                    raise ConnectionResetError


def test_more_silent_ones_than_files_keep_nobody_out(server: tuple[int, Path]) -> None:
    lines = [connected(server[0]) for _ in range(300)]
    try:
        until(lambda: is_live(server[0]))
    finally:
        for line in lines:
            line.close()


def test_what_is_no_request_leaves_no_line(server: tuple[int, Path]) -> None:
    port, log = server
    before = log.read_text()
    upgrade = b"GET /live HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
    for words in (b"\x16\x03\x01\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"A" * 70_000, upgrade):
        with connected(port, words) as line:
            line.recv(4096)
    assert is_live(port)
    assert log.read_text() == before


def test_a_form_that_is_none_leaves_no_line(caplog: pytest.LogCaptureFixture) -> None:
    for body in (b"xx", b"--a\r\n:", b"--ab", b"\r\n" * 1000, b"--a\r\nX: y\r\r", b"--a--trailing"):
        with suppress(Refused):
            http.parts_of(body, "multipart/form-data; boundary=a")
    assert caplog.records == []


def test_a_body_in_chunks_is_counted_like_another(server: tuple[int, Path]) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"{"
        yield b" " * (9 << 20)

    answer = httpx.post(f"http://127.0.0.1:{server[0]}/m/compare", content=pieces(), timeout=60)
    assert answer.status_code == 413


def test_a_body_that_trickles_ends(monkeypatch: Any) -> None:
    """However small the pauses: it brings so many bytes a second, or it is refused."""
    monkeypatch.setattr(http, "SLOW_SECONDS", 0.3)

    async def trickle() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def flow() -> dict[str, Any]:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x" * 8192, "more_body": next(left, False)}

    scope = {"query_string": b"", "headers": [], "path": "/", "method": "POST"}
    with pytest.raises(Refused, match="too slowly"):
        asyncio.run(Request(scope, trickle, 1 << 30, Held(1 << 30)).body())
    left = iter([True] * 30)
    assert len(asyncio.run(Request(scope, flow, 1 << 30, Held(1 << 30)).body())) == 31 * 8192


class Line:
    """What a transport says of its socket."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line

    def get_extra_info(self, name: str) -> socket.socket | None:
        return self.line if name == "socket" else None


def test_no_answer_waits_for_its_own_first_piece_to_be_acknowledged() -> None:
    with socket.socket() as listening:  # as the supervisor of the workers makes it
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        with socket.create_connection(listening.getsockname()):
            line, _ = listening.accept()
            with line:
                assert not line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
                send_at_once(Line(line))
                assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
