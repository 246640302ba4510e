"""A web host on loopback that answers as it is told, byte by byte if need be, and counts who came when."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Script = Callable[[socket.socket], None]


def page(
    body: str | bytes = "<title>A page</title><p>Words.", status: str = "200 OK", **headers: str
) -> Script:
    """An answer as most give it."""
    raw = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": "text/html", **{k.replace("_", "-"): v for k, v in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())

    def answer(client: socket.socket) -> None:
        client.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(raw)}\r\n{head}\r\n".encode() + raw)

    return answer


def redirect(to: str) -> Script:
    return page("", "302 Found", Location=to)


def drip(before: bytes, forever: bytes = b"x", pause: float = 0.2) -> Script:
    """A tarpit: it never ends, a little at a time."""

    def answer(client: socket.socket) -> None:
        client.sendall(before)
        while True:
            client.sendall(forever)
            time.sleep(pause)

    return answer


@dataclass
class WebHost:
    """`pages` maps a path to its script; any other path gets `otherwise`. A context manager."""

    pages: dict[str, Script] = field(default_factory=dict)
    otherwise: Script = field(default_factory=lambda: page("Not here", "404 Not Found"))
    came: list[tuple[float, str]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    silent: Script | None = None
    address: str = "127.0.0.1"
    poll: float = 0.05
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> WebHost:
        host = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    host._answer(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Silent."""

        self._server = Server((self.address, 0), Handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(self.poll,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, path: str = "/", host: str = "") -> str:
        return f"http://{host or self.address}:{self.port}{path}"

    def _answer(self, client: socket.socket) -> None:
        if self.silent is not None:
            self.silent(client)
            return
        data = b""
        while b"\r\n\r\n" not in data:
            more = client.recv(65536)
            if not more:
                return
            data += more
        with self._lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            path = data.split(b" ", 2)[1].decode()
            self.came.append((time.monotonic(), path))
            self.heads.append(data.decode("latin-1"))
        try:
            self.pages.get(path.partition("?")[0], self.otherwise)(client)
        finally:
            with self._lock:
                self.at_once -= 1
