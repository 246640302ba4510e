"""The door through which a server fetches content: open to public hosts only."""

from __future__ import annotations

import asyncio
import gzip
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from disrupt.partner.serve import door
from disrupt.partner.serve.door import allowed, fetch
from disrupt.partner.serve.http import Refused

_HOUSE = [
    *("10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "192.168.7.7"),
    *("::1", "fd00::1", "fe80::1", "::ffff:192.168.0.1", "2002:7f00:1::"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "::127.0.0.1", "::ffff:0:127.0.0.1", "fec0::1"),
]


@pytest.mark.parametrize("address", _HOUSE)
def test_it_is_shut_to_addresses_of_the_house(address: str) -> None:
    assert not allowed(address)
    assert allowed("93.184.216.34")
    assert allowed("2606:2800:220:1:248:1893:25c8:1946")


def test_a_name_that_leads_into_the_house_as_well_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*_: Any, **__: Any) -> list[Any]:
        return [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(Refused) as caught:
        asyncio.run(fetch("http://rebound.example/x", 1000))
    assert (caught.value.status, caught.value.code) == (403, "private_address")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.example/",
        "http://user:word@a.example/",
        "http:///x",
        "x",
        "",
        "http://xn--/",
        "\ud800",
        "http://\ud800/",
    ],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Refused) as caught:
        asyncio.run(fetch(address, 1000))
    assert caught.value.code == "bad_address"


@pytest.mark.parametrize(
    "address", ["http://a.example:25/", "http://a.example:6379/", "https://a.example:8080/"]
)
def test_it_knocks_at_the_ports_of_the_web_only(address: str) -> None:
    with pytest.raises(Refused) as caught:
        asyncio.run(fetch(address, 1000))
    assert caught.value.code == "bad_port"


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A hostile server on loopback: what it sends is up to `answer`."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    one, _ = server.accept()
                    with suppress(OSError), one:
                        one.recv(4096)
                        answer(one)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def ask(port: int, monkeypatch: pytest.MonkeyPatch) -> Refused:
    monkeypatch.setattr(door, "allowed", lambda address: True)
    monkeypatch.setattr(door, "_PORTS", {port})
    with pytest.raises(Refused) as caught:
        asyncio.run(fetch(f"http://127.0.0.1:{port}/", 1000))
    return caught.value


def test_a_coding_in_a_coding_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """gzip within gzip: 3 kB on the wire were gigabytes in memory."""
    bomb = gzip.compress(gzip.compress(bytes(1 << 30)))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    with answering(lambda one: one.sendall(head.encode() + bomb)) as port:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert ask(port, monkeypatch).code == "not_fetched"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


@pytest.mark.parametrize("begun", ["", "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n"])
def test_a_byte_now_and_then_does_not_hold_it(begun: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def drip(one: socket.socket) -> None:
        one.sendall(begun.encode() or b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(100):
            one.sendall(b"a")
            time.sleep(0.1)

    monkeypatch.setattr(door, "_SECONDS", 1.0)
    with answering(drip) as port:
        began = time.monotonic()
        assert ask(port, monkeypatch).code == "too_slow"
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("leads", ["http://[::1", "//\x00", "http://xn--/", "x" * 70_000])
def test_a_redirect_to_nonsense_is_an_answer_like_another(
    leads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {leads}\r\nContent-Length: 0\r\n\r\n"
    with answering(lambda one: one.sendall(head.encode())) as port:
        assert ask(port, monkeypatch).status in (400, 502)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f.1", "017700000001", "127.1", "0", "[::ffff:7f00:1]", "localhost"]
)
def test_an_address_in_disguise_is_known(host: str) -> None:
    with pytest.raises(Refused) as caught:
        asyncio.run(fetch(f"http://{host}/", 1000))
    assert caught.value.code == "private_address"
