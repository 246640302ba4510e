"""How long a web process waits for a client that is slow, or wants to hold it.

Connections wait in a hall without a thread until their request has arrived whole (its head, and a short
body), for half a minute at most. A long body is read by a thread; it must bring something in every two
minutes, or, while others wait, a kibibyte a second; otherwise its reading side is closed, as if the client
had gone. What a resumable upload had sent is kept.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

HEAD_WITHIN = 30.0
# What a body must bring in: at any time, and while others wait for its thread.
BODY_WINDOW, BODY_AT_LEAST = 120.0, 1024
BUSY_WINDOW, BUSY_AT_LEAST = 20.0, 20 * 1024
# An answer that nobody reads.
WRITE_WITHIN = 30
# struct tcp_info of linux/tcp.h: eight bytes of flags, 24 numbers, two rates, then what was acknowledged.
_BYTES_RECEIVED = struct.Struct("=8x24I2QQQ")
_ESTABLISHED = 1


def bytes_received(connection: socket.socket) -> int:
    """What the kernel has received on this connection since it was opened; 0 when it cannot be known."""
    try:
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES_RECEIVED.size)
        return int(_BYTES_RECEIVED.unpack(info)[-1])
    except (OSError, struct.error):
        return 0


def has_ended(connection: socket.socket) -> bool:
    """Whether the client sends nothing more."""
    try:
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != _ESTABLISHED
    except OSError:
        return True


def wake_after(connection: socket.socket, length: int) -> None:
    """Call the connection readable only when so many bytes are there (or it ended)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, length)


def limit_writing(connection: socket.socket) -> None:
    """A client that takes nothing of its answer for so long is let go."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", WRITE_WITHIN, 0))


@dataclass
class Reading:
    """One body that a thread reads, from `since` on; `received` bytes had come by then."""

    since: float
    received: int

    def is_too_slow(self, now: float, received: int, *, others_wait: bool) -> bool:
        """Whether too little came; a whole window with enough begins the next one."""
        grown = received - self.received
        if now - self.since >= BODY_WINDOW:
            if grown < BODY_AT_LEAST:
                return True
            self.since, self.received = now, received
            return False
        return (
            others_wait
            and now - self.since >= BUSY_WINDOW
            and grown < (BUSY_AT_LEAST * (now - self.since) / BUSY_WINDOW)
        )
