"""A second way out, through a proxy elsewhere: SOCKS5 (RFC 1928, 1929) or HTTP CONNECT (RFC 9110).

The proxy is given the very address that was checked, never a name: what the door refuses stays refused.
"""

from __future__ import annotations

import base64
import socket
import struct
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from disrupt.hotline.common.outbound.errors import EgressDown, NotConnected
from disrupt.protocol.public_addresses import Address

_LONGEST_HEAD = 8192
_PORTS = {"socks5": 1080, "http": 8080}


class BadEgress(ValueError):
    """The setting names no proxy; the message says what to write."""


@dataclass(frozen=True)
class Egress:
    """A proxy; `user` is "" where it asks for none."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""


def read_egress(text: str) -> Egress | None:
    """`socks5://host:port` or `http://user:password@host:port`; None for nothing. Raises BadEgress."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise BadEgress("Write socks5://host:port or http://host:port.") from None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not parts.hostname or max(len(user.encode()), len(password.encode())) > 255:
        raise BadEgress("Write socks5://host:port or http://host:port.")
    return Egress(parts.scheme, parts.hostname, port, user, password)


def opened(egress: Egress, address: Address, port: int, seconds: float) -> socket.socket:
    """A connection to an address through the proxy. Raises EgressDown (the proxy's fault), NotConnected."""
    try:
        connection = socket.create_connection((egress.host, egress.port), timeout=seconds)
    except OSError:
        raise EgressDown("The proxy of the second way out cannot be reached.") from None
    try:
        ask = _socks if egress.scheme == "socks5" else _connect
        reached = ask(connection, egress, address, port)
    except OSError:
        connection.close()
        raise EgressDown("The proxy of the second way out does not answer as one.") from None
    if not reached:
        connection.close()
        raise NotConnected("There is no connection.")
    return connection


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise OSError
        data += more
    return data


def _socks(connection: socket.socket, egress: Egress, address: Address, port: int) -> bool:
    connection.sendall(b"\x05\x02\x00\x02" if egress.user else b"\x05\x01\x00")
    version, method = _exactly(connection, 2)
    if version != 5 or method == 255:
        raise OSError
    if method == 2:
        user, password = egress.user.encode(), egress.password.encode()
        connection.sendall(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
        if _exactly(connection, 2)[1] != 0:
            raise OSError
    kind = b"\x01" if address.version == 4 else b"\x04"
    connection.sendall(b"\x05\x01\x00" + kind + address.packed + struct.pack(">H", port))
    _version, reply, _reserved, bound = _exactly(connection, 4)
    length = _exactly(connection, 1)[0] if bound == 3 else 16 if bound == 4 else 4
    _exactly(connection, length + 2)
    return reply == 0


def _connect(connection: socket.socket, egress: Egress, address: Address, port: int) -> bool:
    where = f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
    head = f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n"
    if egress.user:
        secret = base64.b64encode(f"{egress.user}:{egress.password}".encode()).decode()
        head += f"Proxy-Authorization: Basic {secret}\r\n"
    connection.sendall(f"{head}\r\n".encode())
    answer = b""
    # One byte at a time: what comes after the head is the site's already.
    while not answer.endswith(b"\r\n\r\n"):
        answer += _exactly(connection, 1)
        if len(answer) > _LONGEST_HEAD:
            raise OSError
    status = answer.split(b" ", 2)[1:2]
    if status == [b"407"] or not answer.startswith(b"HTTP/1."):
        raise OSError
    return bool(status) and status[0][:1] == b"2"
