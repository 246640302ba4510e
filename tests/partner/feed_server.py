"""A small feed server on loopback that a test scripts: it answers as an exchange does, or as none should."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

AT = "2026-11-22T10:00:00Z"


def hex_of(name: object, length: int = 64) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()[:length]


def id_of(name: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, str(name)))


@dataclass
class Answer:
    """What to answer instead of the feed."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False


def refusal(status: int, code: str, **headers: str) -> Answer:
    error = {"error": {"code": code, "message": f"about {code}", "hint": "hint"}}
    return Answer(status, json.dumps(error).encode(), {k.replace("_", "-"): v for k, v in headers.items()})


class FeedServer:
    """`changes` is the whole feed; `script` is taken first, one answer a request; `edit` alters each page."""

    def __init__(self) -> None:
        self.changes: list[dict[str, Any]] = []
        self.script: list[Answer] = []
        self.edit: Callable[[dict[str, Any]], object] = lambda page: None
        self.asked: list[tuple[int, dict[str, str]]] = []
        self.waits: list[int] = []
        self.page_size = 5000
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer._answer(self)

            def do_POST(self) -> None:
                outer._answer(self)

            def log_message(self, *_: object) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, *names: object, **changes: Any) -> None:
        for name in names:
            self.changes.append({
                "seq": len(self.changes) + 1, "at": AT, "action": "added", "id": id_of(name), "kind": "image",
                "category": "ADU-DNCI", "origin": "examined", "sha256": hex_of(name), "md5": hex_of(name, 32),
                "pdq": [{"hex": hex_of(("pdq", name)), "quality": 90, "role": "stored"}], "vpdq": [],
            } | changes)  # fmt: skip

    def withdraw(self, name: object) -> None:
        seq = len(self.changes) + 1
        self.changes.append({"seq": seq, "at": AT, "action": "withdrawn", "id": id_of(name)})

    def _page(self, after: int, limit: int) -> dict[str, Any]:
        part = self.changes[after : after + min(limit, self.page_size)]
        last = len(self.changes)
        end = part[-1]["seq"] if part else after
        page = {"format": "disrupt-feed/1", "changes": part, "next": end, "last": last, "more": end < last}
        page = json.loads(json.dumps(page))
        self.edit(page)
        return page

    def _elsewhere(self, path: str, query: dict[str, list[str]], body: bytes) -> Answer:
        """What is answered at another address than the feed's."""
        return refusal(404, "not_found")

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        query = parse_qs(parts.query)
        if parts.path != "/v1/feed":
            body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
            self._send(handler, self._elsewhere(parts.path, query, body))
        else:
            self._send(handler, self._feed(handler, query))

    def _feed(self, handler: BaseHTTPRequestHandler, query: dict[str, list[str]]) -> Answer:
        after, limit = int(query["after"][0]), int(query["limit"][0])
        self.waits.append(int(query.get("wait", ["0"])[0]))
        self.asked.append((after, {k.lower(): v for k, v in handler.headers.items()}))
        if self.script:
            return self.script.pop(0)
        if after > len(self.changes):
            return refusal(409, "cursor_ahead")
        body = json.dumps(self._page(after, limit)).encode()
        etag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if handler.headers.get("If-None-Match") == etag:
            return Answer(304, headers={"ETag": etag})
        return Answer(200, gzip.compress(body), {"ETag": etag, "Content-Encoding": "gzip"})

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        if answer.drop:
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        handler.wfile.write(answer.body)
