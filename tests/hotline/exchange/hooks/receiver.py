"""A partner's program that is told: a real server on loopback, which answers as it is bidden."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.loopback import answering


@dataclass
class Receiver:
    """What came, as (headers, body); what it answers next, 204 when nothing is bidden."""

    address: str = ""
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://{self.address}/told"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _body in self.came]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """It listens for as long as the block lasts."""
    told = Receiver()
    told.may_answer.set()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.came.append(({k.lower(): v for k, v in self.headers.items()}, body))
            told.may_answer.wait()
            status, more = told.answers.pop(0) if told.answers else (204, {})
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return None

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.address = f"127.0.0.1:{server.server_port}"
    with answering(server):
        try:
            yield told
        finally:
            told.may_answer.set()
