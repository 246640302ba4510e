"""A running exchange tells who waits: at once, more of them than it has threads, and when it is stopped."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.functional.exchange_scene import Exchange
from tests.functional.servers import Hotline

CROWD = 60
"""Far more than the exchange has threads."""


@pytest.fixture(scope="module")
def exchange(hotline: Callable[..., Hotline], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    made = Exchange(hotline, tmp_path_factory.mktemp("news"))
    made.add("one")
    yield made
    made.hotline.stop()


def waiter(exchange: Exchange, after: int, wait: int = 25) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", exchange.hotline.ports["exchange"]), timeout=60)
    query = f"after={after}&wait={wait}"
    head = f"GET /v1/feed?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {exchange.key}\r\n"
    connection.sendall(f"{head}Connection: close\r\n\r\n".encode())
    return connection


def answer(connection: socket.socket) -> tuple[int, dict[str, object]]:
    with connection:
        said = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    head, _, body = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def last(exchange: Exchange) -> int:
    """The number of the newest change."""
    page = answer(waiter(exchange, 0))[1]
    assert isinstance(page["next"], int)
    return page["next"]


def test_more_wait_than_there_are_threads_and_all_are_told(exchange: Exchange) -> None:
    newest = last(exchange)
    waiting = [waiter(exchange, newest) for _ in range(CROWD)]
    with waiter(exchange, 0):  # somebody who is behind is answered while they wait
        pass
    assert last(exchange) == newest
    for one in waiting:
        one.setblocking(False)
        with pytest.raises(BlockingIOError):
            one.recv(1)
        one.settimeout(60)
    exchange.add("two")
    assert {(status, page["next"]) for status, page in map(answer, waiting)} == {(200, newest + 1)}


def test_a_follower_keeps_its_connection_from_one_change_to_the_next(exchange: Exchange) -> None:
    newest = last(exchange)
    waiting = http.client.HTTPConnection("127.0.0.1", exchange.hotline.ports["exchange"], timeout=60)
    waiting.connect()
    connection = waiting.sock
    for number in range(newest, newest + 3):
        waiting.request(
            "GET", f"/v1/feed?after={number}&wait=25", headers={"Authorization": f"Bearer {exchange.key}"}
        )
        exchange.add(f"kept {number}")
        said = waiting.getresponse()
        page = json.load(said)
        assert (said.status, page["next"], len(page["changes"])) == (200, number + 1, 1)
        assert waiting.sock is connection
    waiting.close()


def test_who_waits_in_vain_hears_that_nothing_is_new(exchange: Exchange) -> None:
    newest = last(exchange)
    began = time.monotonic()
    status, page = answer(waiter(exchange, newest, wait=1))
    assert (status, page["changes"]) == (200, [])
    assert time.monotonic() - began >= 1
    assert answer(waiter(exchange, newest + 7, wait=25))[0] == 409, "a cursor that is ahead does not wait"


def test_a_key_is_judged_all_the_same_and_a_stop_answers_who_waits(exchange: Exchange) -> None:
    newest = last(exchange)
    key, exchange.key = exchange.key, "dsr_000000000000_" + "0" * 64
    assert answer(waiter(exchange, newest, wait=1))[0] == 401
    exchange.key = key
    waiting = [waiter(exchange, newest) for _ in range(3)]
    assert answer(waiter(exchange, 0))[0] == 200
    exchange.hotline.stop("exchange")
    assert [answer(one)[0] for one in waiting] == [200] * 3
    exchange.hotline.start("exchange")


def test_disrupt_sync_watching_hears_of_a_change_without_asking_again(
    exchange: Exchange, tmp_path: Path
) -> None:
    exchange.folder = tmp_path
    exchange.add("withdrawn soon")
    # So long a pause would be seen: the change comes because the exchange tells it.
    with exchange.watching(3600) as told:
        assert told()["entries"] >= 2
        exchange.withdraw("withdrawn soon")
        assert told()["withdrawn"] == 1
