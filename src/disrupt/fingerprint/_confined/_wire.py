"""Messages between the parent and a decoder: a length, JSON, some bytes, and at most one file descriptor."""

from __future__ import annotations

import json
import socket
import struct
import time
from typing import Any, NamedTuple

_HEADER = struct.Struct("!II")
_JSON_CEILING = 32 << 20
_PIECE = 1 << 20


class Message(NamedTuple):
    """Plain values, bytes, and the descriptors that came along (the receiver closes them)."""

    values: dict[str, Any]
    blob: bytes = b""
    descriptors: tuple[int, ...] = ()


class BrokenMessage(Exception):
    """The other side sent something that is no message, or more than it may."""


def send(
    sock: socket.socket, values: dict[str, Any], blob: bytes = b"", descriptors: tuple[int, ...] = ()
) -> None:
    """Send one message. Raises OSError when the other side is gone or the socket's time is up."""
    encoded = json.dumps(values, separators=(",", ":")).encode()
    head = _HEADER.pack(len(encoded), len(blob))
    # The descriptors travel with the first bytes; what does not fit then follows.
    packet = head + encoded + blob
    sent = socket.send_fds(sock, [packet], descriptors) if descriptors else sock.send(packet)
    if sent < len(packet):
        sock.sendall(memoryview(packet)[sent:])


def receive(
    sock: socket.socket, *, blob_ceiling: int = 0, descriptors: int = 0, deadline: float | None = None
) -> Message | None:
    """Receive one message, None when the other side has closed; `deadline` on the monotonic clock.

    Raises BrokenMessage for one that is malformed or larger than allowed, TimeoutError past the deadline
    or the socket's own timeout, OSError as the socket does.
    """
    _allow_until(sock, deadline)
    if descriptors:
        first, received, _, _ = socket.recv_fds(sock, _HEADER.size, descriptors)
    else:
        first, received = sock.recv(_HEADER.size), []
    if not first:
        return None
    json_size, blob_size = _HEADER.unpack(first + _exactly(sock, _HEADER.size - len(first), deadline))
    if json_size > _JSON_CEILING or blob_size > blob_ceiling:
        raise BrokenMessage(f"a message of {json_size} + {blob_size} bytes is more than is accepted")
    try:
        values = json.loads(_exactly(sock, json_size, deadline))
    except (ValueError, RecursionError) as error:
        raise BrokenMessage("a message is not JSON") from error
    if not isinstance(values, dict):
        raise BrokenMessage("a message is not a JSON object")
    return Message(values, bytes(_exactly(sock, blob_size, deadline)), tuple(received))


def _allow_until(sock: socket.socket, deadline: float | None) -> None:
    if deadline is not None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock.settimeout(left)


def _exactly(sock: socket.socket, size: int, deadline: float | None) -> bytes:
    """That many bytes, however slowly they drip, until the deadline."""
    parts: list[bytes] = []
    while size:
        _allow_until(sock, deadline)
        part = sock.recv(min(size, _PIECE))
        if not part:
            raise BrokenMessage("the other side closed in the middle of a message")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
