"""One hostile client, real sockets: nobody else waits, and what cannot be read gets a safe answer."""

from __future__ import annotations

import http.client
import socket
import statistics
import time
from collections.abc import Callable, Iterator

import pytest
from tests.functional.servers import Hotline
from tests.hotline.intake.visit.test_pages import HEADERS

TOKEN = "a" * 32
# Well below the half minute for which a connection may say nothing, far above what a page takes.
MOST_SECONDS = 3.0
FORM = (
    "POST /fr/form/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
    f"Cookie: csrf={TOKEN}\r\n"
)
FIELDS = "Content-Type: application/x-www-form-urlencoded\r\n"
PART = f'--xx\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
FILE = '--xx\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\naaaa'
ATTACKS = {
    "nothing": (300, ""),
    "half a head": (150, "GET /fr/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX: a"),
    "half a form": (150, FORM + FIELDS + "Content-Length: 900\r\n\r\nurl=a"),
    "the beginning of a long form": (150, FORM + FIELDS + "Content-Length: 900000\r\n\r\nurl=a"),
    "the beginning of a file": (
        150,
        FORM
        + f"Content-Type: multipart/form-data; boundary=xx\r\nContent-Length: 90000000\r\n\r\n{PART}{FILE}",
    ),
    "one request and a half": (
        150,
        "GET /fr/done/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\nGET /fr/ HTTP/1.1\r\nX: a",
    ),
    "no good-bye": (30, "GET /fr/done/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"),
    "no end of a number": (
        150,
        FORM + FIELDS + "Content-Length: 9000000000000000000000\r\n\r\nurl=a",
    ),
    "an answer that nobody reads": (
        150,
        "GET /static/intake/vendor/tus-js-client/tus.min.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ),
    "a body for a page": (
        150,
        "GET /fr/done/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 9\r\n\r\n",
    ),
    "a body in pieces": (
        150,
        "POST /fr/leave/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
    ),
}


@pytest.fixture(scope="module")
def portal(hotline: Callable[..., Hotline]) -> Iterator[Hotline]:
    one = hotline("portal")
    yield one
    one.stop()


def seconds(portal: Hotline) -> float:
    """How long the first page takes for somebody else."""
    start = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", portal.ports["portal"], timeout=40)
    connection.request("GET", "/fr/")
    answer = connection.getresponse()
    assert answer.status == 200
    answer.read()
    connection.close()
    return time.monotonic() - start


def _narrow(port: int) -> socket.socket:
    """A connection that takes next to nothing of an answer, unless it reads."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    one.connect(("127.0.0.1", port))
    return one


@pytest.mark.alone
@pytest.mark.parametrize("attack", ATTACKS)
def test_who_holds_connections_holds_nobody_up(portal: Hotline, attack: str) -> None:
    port = portal.ports["portal"]
    count, said = ATTACKS[attack]
    held = [_narrow(port) for _ in range(count)]
    try:
        for one in held:
            one.sendall(said.replace("{port}", str(port)).encode())
        time.sleep(0.5)
        waits = [seconds(portal) for _ in range(3)]
    finally:
        for one in held:
            one.close()
    print(f"{count} times {attack}: {statistics.median(waits):.2f} s, at most {max(waits):.2f} s")
    assert max(waits) < MOST_SECONDS, waits


def test_a_form_that_comes_in_pieces_arrives(portal: Hotline) -> None:
    """On a bad line a request comes letter by letter, and is a request like any other."""
    port = portal.ports["portal"]
    whole = f"GET /fr/done/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=20) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in whole:
            one.sendall(bytes([byte]))
            time.sleep(0.002)
        assert one.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"GET /" + b"secret" * 2000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nX: " + b"secret" * 2000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\n" + b"X: secret\r\n" * 200 + b"\r\n", 431),
        (b"secret secret secret\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nse cret: 1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)
def test_what_cannot_be_read_has_a_safe_answer_and_a_way_out(
    portal: Hotline, said: bytes, status: int
) -> None:
    with socket.create_connection(("127.0.0.1", portal.ports["portal"]), timeout=20) as one:
        one.sendall(said)
        one.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(one)
        answer.begin()
        page = answer.read().decode()
    assert answer.status == status
    for name, value in {**HEADERS, "Cache-Control": "no-store"}.items():
        assert answer.headers[name] == value, name
    assert page.index("https://www.wikipedia.org/") < page.index("<main>"), "leaving comes first"
    assert "<title>Information</title>" in page
    assert "secret" not in page
    for line in portal.log("portal").splitlines():
        assert "secret" not in line, line
        assert "127.0.0.1" not in line or "Listening" in line, line
