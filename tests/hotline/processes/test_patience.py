"""Slow clients: what holds a thread without sending anything is let go, and nothing else is."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator

import pytest

from disrupt.hotline.processes.hall import Hall
from disrupt.hotline.processes.patience import (
    BODY_AT_LEAST,
    BODY_WINDOW,
    BUSY_AT_LEAST,
    BUSY_WINDOW,
    Reading,
    bytes_received,
    has_ended,
    wake_after,
)

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """The two ends of a TCP connection: client, server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        with client, server:
            yield client, server


def test_the_kernel_counts_what_came(pair: Pair) -> None:
    client, server = pair
    client.sendall(b"x" * 12_345)
    server.recv(20_000)
    assert bytes_received(server) == 12_345
    assert not has_ended(server)
    client.close()
    assert select.select([server], [], [], 5)[0]
    assert has_ended(server)


def test_a_connection_is_readable_when_enough_is_there(pair: Pair) -> None:
    client, server = pair
    wake_after(server, 10)
    client.sendall(b"x" * 9)
    assert not select.select([server], [], [], 0.2)[0]
    client.sendall(b"x")
    assert select.select([server], [], [], 5)[0]
    wake_after(server, 100)
    client.shutdown(socket.SHUT_WR)
    assert select.select([server], [], [], 5)[0], "its end wakes as well"


@pytest.mark.parametrize(
    ("age", "grown", "others_wait", "too_slow"),
    [
        (BODY_WINDOW - 5, 0, False, False),
        (BODY_WINDOW + 1, BODY_AT_LEAST - 1, False, True),
        (BODY_WINDOW + 1, BODY_AT_LEAST, False, False),
        (BUSY_WINDOW + 1, 0, False, False),
        (BUSY_WINDOW - 1, 0, True, False),
        (BUSY_WINDOW, BUSY_AT_LEAST - 1, True, True),
        (BUSY_WINDOW, BUSY_AT_LEAST, True, False),
        (3 * BUSY_WINDOW, 2 * BUSY_AT_LEAST, True, True),
    ],
)
def test_which_body_is_too_slow(age: float, grown: int, others_wait: bool, too_slow: bool) -> None:
    reading = Reading(1000.0, 500)
    assert reading.is_too_slow(1000.0 + age, 500 + grown, others_wait=others_wait) is too_slow


def test_a_full_window_begins_the_next_one() -> None:
    reading = Reading(0.0, 0)
    assert not reading.is_too_slow(BODY_WINDOW, BODY_AT_LEAST, others_wait=False)
    assert not reading.is_too_slow(BODY_WINDOW * 1.5, BODY_AT_LEAST, others_wait=False)
    assert reading.is_too_slow(BODY_WINDOW * 2, BODY_AT_LEAST, others_wait=False)


def test_the_hall_knows_who_is_late_and_who_is_the_crowd() -> None:
    hall = Hall()
    for number in range(3):
        hall.enter(f"crowd {number}", "crowd", 10.0 + number)
    hall.enter("person", "elsewhere", 5.0)
    assert hall.first_of_the_crowd() == "crowd 0", "the person came last, and has stayed too long, and stays"
    assert hall.late(5.5) == ["person"]
    assert hall.leave("crowd 0")
    assert not hall.leave("crowd 0")
    assert hall.first_of_the_crowd() == "crowd 1"
    assert len(hall) == 3
    for who in ("crowd 1", "crowd 2", "person"):
        hall.leave(who)
    assert hall.first_of_the_crowd() is None
