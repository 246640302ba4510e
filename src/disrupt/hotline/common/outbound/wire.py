"""One HTTP/1.1 request over one connection, to an address that was checked, within one deadline.

A time-out for each read never ends against a server that sends a byte a second: here the whole look has a
deadline, and what comes slower than the floor is given up. Bodies are counted as they are after decoding.
"""

from __future__ import annotations

import functools
import hashlib
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import h11

from disrupt.hotline.common.outbound.egress import Egress, opened
from disrupt.hotline.common.outbound.errors import BadAnswer, BadTls, NotConnected, TooSlow, Unreachable
from disrupt.protocol.public_addresses import Address

_READ = 1 << 14
_LONGEST_CONNECT = 10.0


@dataclass(frozen=True)
class Limits:
    """Of one look: seconds in all, bytes of the decoded body and of the head, and the slowest that may be."""

    seconds: float = 30.0
    body: int = 2 * 1024 * 1024
    head: int = 64 * 1024
    floor: float = 1024.0
    floor_after: float = 10.0
    redirects: int = 5


@dataclass
class Watch:
    """The deadline of one look, and what came until now."""

    limits: Limits
    monotonic: Callable[[], float] = time.monotonic
    received: int = 0
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.monotonic()

    def rest(self) -> float:
        """Seconds that are left in all. Raises TooSlow."""
        spent = self.monotonic() - self.began
        if spent >= self.limits.seconds:
            raise TooSlow("It took too long in all.")
        return self.limits.seconds - spent

    def paused(self, seconds: float) -> None:
        """We waited out of politeness: that is not the other side's time."""
        self.began += seconds

    def left(self) -> float:
        """Seconds until somebody should look at the time again. Raises TooSlow."""
        spent = self.limits.seconds - self.rest()
        if spent > self.limits.floor_after and self.received < self.limits.floor * spent:
            raise TooSlow("It came too slowly.")
        # Look at the floor again soon, however patient the deadline is.
        return min(self.limits.seconds - spent, max(0.5, self.limits.floor_after / 4))


@dataclass(frozen=True)
class Response:
    """What came: the status, the head (lower case; the last of each name), the body as far as it was read."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool
    tls_leaf: str


@dataclass(frozen=True)
class Request:
    """One request: to which address, by which name, for what."""

    address: Address
    port: int
    host: str
    target: str
    secure: bool
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes = b""
    egress: Egress | None = None


def exchange(request: Request, watch: Watch) -> Response:
    """Ask and read. Raises Unreachable, BadTls, TooSlow, BadAnswer."""
    connection = _connect(request, watch)
    try:
        leaf = ""
        if request.secure:
            connection = secured = _handshake(connection, request, watch)
            certificate = secured.getpeercert(binary_form=True)
            leaf = hashlib.sha256(certificate).hexdigest() if certificate else ""
        return _talk(connection, request, watch, leaf)
    except (TimeoutError, BlockingIOError):
        raise TooSlow("It did not answer in time.") from None
    except h11.RemoteProtocolError:
        raise BadAnswer("What came is not HTTP.") from None
    except OSError:
        raise Unreachable("The connection was lost.") from None
    finally:
        connection.close()


def _connect(request: Request, watch: Watch) -> socket.socket:
    if request.egress is not None:
        seconds = min(_LONGEST_CONNECT, watch.rest())
        return opened(request.egress, request.address, request.port, seconds)
    family = socket.AF_INET if request.address.version == 4 else socket.AF_INET6
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(min(_LONGEST_CONNECT, watch.rest()))
        connection.connect((str(request.address), request.port))
    except (OSError, ValueError):
        connection.close()
        raise NotConnected("There is no connection.") from None
    return connection


@functools.cache
def _tls() -> ssl.SSLContext:
    """One for all: to read the machine's certificates costs more than a handshake."""
    return ssl.create_default_context()


def _handshake(connection: socket.socket, request: Request, watch: Watch) -> ssl.SSLSocket:
    secured = _tls().wrap_socket(connection, server_hostname=request.host, do_handshake_on_connect=False)
    try:
        # One time-out for the whole handshake, however many bytes it comes in.
        secured.settimeout(watch.rest())
        secured.do_handshake()
    except TimeoutError:
        secured.close()
        raise TooSlow("The handshake took too long.") from None
    except (ssl.SSLError, ValueError):
        secured.close()
        raise BadTls("The certificate or the handshake is not what it should be.") from None
    except OSError:
        secured.close()
        raise Unreachable("The connection was lost.") from None
    return secured


def _talk(connection: socket.socket, request: Request, watch: Watch, leaf: str) -> Response:
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=watch.limits.head)
    asked = h11.Request(method=request.method, target=request.target, headers=list(request.headers.items()))
    connection.settimeout(watch.left())
    data = http.send(asked) or b""
    if request.body:
        data += http.send(h11.Data(data=request.body)) or b""
    connection.sendall(data + (http.send(h11.EndOfMessage()) or b""))
    head: h11.Response | None = None
    body: _Body | None = None
    while True:
        event = http.next_event()
        if event is h11.NEED_DATA:
            http.receive_data(_read(connection, watch))
        elif isinstance(event, h11.Response):
            head = event
            body = _Body(_named(event).get("content-encoding", ""), watch.limits.body)
        elif isinstance(event, h11.Data):
            assert body is not None
            if not body.take(bytes(event.data)):
                break
        elif isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            break
    if head is None or body is None:
        raise BadAnswer("There was no answer.")
    return Response(head.status_code, _named(head), bytes(body.data), body.full, leaf)


def _named(head: h11.Response) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}


def _read(connection: socket.socket, watch: Watch) -> bytes:
    while True:
        try:
            connection.settimeout(watch.left())
            data = connection.recv(_READ)
        except TimeoutError:
            continue  # the watch says when it has been long enough
        watch.received += len(data)
        return data


class _Body:
    """The decoded body, up to a number of bytes: of a bomb no more is unpacked than that."""

    def __init__(self, coding: str, most: int) -> None:
        self.data, self._most, self.full = bytearray(), most, False
        coding = coding.strip().lower()
        if coding in {"", "identity"}:
            self._unpack = None
        elif coding in {"gzip", "x-gzip", "deflate"}:
            self._unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)
        else:
            raise BadAnswer("The body is coded in a way that was not asked for.")

    def take(self, data: bytes) -> bool:
        """Whether more is wanted."""
        room = self._most - len(self.data)
        if self._unpack is None:
            plain = data[: room + 1]
        else:
            try:
                plain = self._unpack.decompress(data, room + 1)
            except zlib.error:
                raise BadAnswer("The body cannot be unpacked.") from None
        self.full = len(plain) > room
        self.data += plain[:room]
        return not self.full
