"""A proxy on loopback, SOCKS5 or HTTP CONNECT, that goes out from an address of its own and counts."""

from __future__ import annotations

import contextlib
import ipaddress
import select
import socket
import socketserver
import struct
import threading
from dataclasses import dataclass, field
from typing import Any

# Whom it goes out as: a site on loopback can tell its callers by it.
GOES_OUT_AS = "127.0.0.9"


@dataclass
class Proxy:
    """A context manager; `user` and `password`: what it asks for, if anything; `asked`: who was wanted."""

    user: str = ""
    password: str = ""
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Proxy:
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    proxy._serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Silent."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def url(self, scheme: str, who: str = "") -> str:
        return f"{scheme}://{who + '@' if who else ''}127.0.0.1:{self.port}"

    def _serve(self, client: socket.socket) -> None:
        first = client.recv(1, socket.MSG_PEEK)
        where = self._socks(client) if first == b"\x05" else self._http(client)
        if where is None:
            return
        self.asked.append(f"{where[0]}:{where[1]}")
        try:
            far = socket.create_connection(where, timeout=10, source_address=(GOES_OUT_AS, 0))
        except OSError:
            client.sendall(
                b"\x05\x05\x00\x01" + b"\x00" * 6 if first == b"\x05" else b"HTTP/1.1 502 No\r\n\r\n"
            )
            return
        client.sendall(
            b"\x05\x00\x00\x01" + b"\x00" * 6 if first == b"\x05" else b"HTTP/1.1 200 Yes\r\nVia: x\r\n\r\n"
        )
        with far:
            self._both_ways(client, far)

    def _socks(self, client: socket.socket) -> tuple[str, int] | None:
        _version, count = client.recv(2)
        methods = client.recv(count)
        if self.user and 2 not in methods:
            client.sendall(b"\x05\xff")
            return None
        client.sendall(b"\x05\x02" if self.user else b"\x05\x00")
        if self.user:
            _version, length = client.recv(2)
            user = client.recv(length).decode()
            password = client.recv(client.recv(1)[0]).decode()
            good = (user, password) == (self.user, self.password)
            client.sendall(b"\x01\x00" if good else b"\x01\x01")
            if not good:
                return None
        _version, _command, _reserved, kind = client.recv(4)
        address = ipaddress.ip_address(client.recv(4 if kind == 1 else 16))
        return str(address), struct.unpack(">H", client.recv(2))[0]

    def _http(self, client: socket.socket) -> tuple[str, int] | None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += client.recv(4096)
        if self.user and b"Proxy-Authorization: Basic " not in data:
            client.sendall(b"HTTP/1.1 407 Who\r\n\r\n")
            return None
        host, _, port = data.split(b" ", 2)[1].decode().rpartition(":")
        return host.strip("[]"), int(port)

    def _both_ways(self, one: socket.socket, other: socket.socket) -> None:
        while True:
            ready, _, _ = select.select([one, other], [], [], 30)
            if not ready:
                return
            for here in ready:
                data = here.recv(65536)
                if not data:
                    return
                (other if here is one else one).sendall(data)
