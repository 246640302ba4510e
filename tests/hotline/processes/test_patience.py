"""Slow clients: what holds a thread without sending anything is let go, and nothing else is."""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from collections.abc import Iterator

import pytest

from disrupt.hotline.processes.patience import (
    BODY_AT_LEAST,
    BODY_WINDOW,
    HEAD_WITHIN,
    PatientWorker,
    Reading,
    bytes_received,
)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """The two ends of a TCP connection: client, server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        server.settimeout(0.2)
        with client, server:
            yield client, server


def _worker(conn: object, reading: Reading) -> PatientWorker:
    worker = PatientWorker.__new__(PatientWorker)
    worker.pending_conns = deque()
    worker._reading = {conn: reading}
    worker._reading_lock = threading.Lock()
    return worker


def test_the_kernel_counts_what_came(pair: tuple[socket.socket, socket.socket]) -> None:
    client, server = pair
    client.sendall(b"x" * 12_345)
    server.recv(20_000)
    assert bytes_received(server) == 12_345


@pytest.mark.parametrize(
    ("body", "age", "sent", "let_go"),
    [
        (False, HEAD_WITHIN - 5, 10, False),
        (False, HEAD_WITHIN + 1, 100_000, True),
        (True, BODY_WINDOW - 5, 0, False),
        (True, BODY_WINDOW + 1, BODY_AT_LEAST - 1, True),
        (True, BODY_WINDOW + 1, BODY_AT_LEAST, False),
    ],
)
def test_who_is_let_go(
    pair: tuple[socket.socket, socket.socket], body: bool, age: float, sent: int, let_go: bool
) -> None:
    client, server = pair
    client.sendall(b"x" * sent)
    time.sleep(0.05)
    key = type("Conn", (), {"sock": server})()
    worker = _worker(key, Reading(time.monotonic() - age, 0, body))
    worker.murder_pending()
    while True:
        try:
            data = server.recv(1 << 20)
        except TimeoutError:
            assert not let_go
            break
        if not data:
            assert let_go
            break
    server.sendall(b"the answer still goes")
    assert client.recv(100)
