"""A hotline on loopback that a guard can ask for notices: it hands them out, and keeps the answers."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class HotlineServer(ThreadingHTTPServer):
    """`notices`: envelopes to hand out; `answers`: what was posted, by the notice's id."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.notices: list[bytes] = []
        self.answers: dict[str, bytes] = {}
        self.asked: list[str] = []
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/guards/notices"

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: HotlineServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self._say(200, json.dumps({"notices": [json.loads(one) for one in self.server.notices]}).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.answers[self.path.rpartition("/")[2]] = body
        self._say(200, b"{}")

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is written."""
