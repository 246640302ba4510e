"""How long a web process waits for a client that is slow, or wants to hold it.

gunicorn's threads read without a time limit. Here each connection has 30 seconds to say what it wants, and a
body must bring something in every two minutes; otherwise its reading side is closed, as if the client had
gone.
What a resumable upload had sent is kept.
"""

from __future__ import annotations

import socket
import struct
import threading
import time
from dataclasses import dataclass
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

HEAD_WITHIN = 30.0
BODY_WINDOW = 120.0
BODY_AT_LEAST = 1024
# struct tcp_info of linux/tcp.h: eight bytes of flags, 24 numbers, two rates, then what was acknowledged.
_BYTES_RECEIVED = struct.Struct("=8x24I2QQQ")


def bytes_received(connection: socket.socket) -> int:
    """What the kernel has received on this connection since it was opened."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _BYTES_RECEIVED.size)
    return int(_BYTES_RECEIVED.unpack(info)[-1])


@dataclass
class Reading:
    """One connection that a thread reads from."""

    since: float
    received: int
    body: bool = False


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn's threaded worker, that does not wait for ever."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._reading: dict[Any, Reading] = {}
        self._reading_lock = threading.Lock()

    def handle(self, conn: Any) -> Any:
        with self._reading_lock:
            self._reading[conn] = Reading(time.monotonic(), 0)
        try:
            return super().handle(conn)
        finally:
            with self._reading_lock:
                self._reading.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        # The head has been read.
        with self._reading_lock:
            self._reading[conn] = Reading(time.monotonic(), self._received(conn), body=True)
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """gunicorn calls this once a second."""
        super().murder_pending()
        with self._reading_lock:
            reading = list(self._reading.items())
        now = time.monotonic()
        for conn, state in reading:
            if now - state.since < (BODY_WINDOW if state.body else HEAD_WITHIN):
                continue
            received = self._received(conn)
            if state.body and received - state.received >= BODY_AT_LEAST:
                state.since, state.received = now, received
                continue
            # A request whose body is here already notices nothing: only reading ends.
            try:
                conn.sock.shutdown(socket.SHUT_RD)
            except OSError:
                self.log.debug("a slow connection had gone already")

    @staticmethod
    def _received(conn: Any) -> int:
        try:
            return bytes_received(conn.sock)
        except OSError:
            return 0
