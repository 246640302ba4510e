"""Interfaces on loopback: reports of abuse in the documented shape, and the guard of a site."""

from __future__ import annotations

import base64
import datetime as dt
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, bytes] | None
"""A status and a body; None: the connection is cut instead of an answer."""


@dataclass
class Interface:
    """`answer(method, path, headers, body)` says what comes back. A context manager."""

    answer: Callable[[str, str, Any, bytes], Answer]
    port: int = 0

    def __enter__(self) -> Interface:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                found = outer.answer(self.command, self.path, self.headers, body)
                if found is None:
                    return
                self.send_response(found[0])
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(found[1])))
                self.end_headers()
                self.wfile.write(found[1])

            do_GET = do_POST  # noqa: N815

            def log_message(self, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


_REQUIRED = {"act", "email", "email2", "name", "urls", "host_notification", "owner_notification"}
_OPTIONAL = {"comments", "company", "country", "tele", "title", "reported_country", "reported_user_agent"}


@dataclass
class Reports:
    """Cloudflare's reports of abuse, the per-type shape of the official client; it keeps what it accepts."""

    token: str = "secret-token"
    lose: int = 0
    status: int = 200
    now: Callable[[], dt.datetime] = field(default=lambda: dt.datetime.now(dt.UTC))
    taken: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        where = "/client/v4/accounts/acc-1/abuse-reports/"
        if headers.get("Authorization") != f"Bearer {self.token}":
            return self._said(403, errors=[{"code": 10000, "message": "Authentication error"}])
        assert path.startswith(where)
        if method == "GET":
            return self._listed(path.removeprefix(where))
        if self.status != 200:
            return self.status, b"sorry"
        told = json.loads(body)
        problem = self._problem(told, path.removeprefix(where))
        if problem:
            return self._said(400, errors=[{"code": 7003, "message": problem}])
        self.taken.append({**told, "id": f"r-{len(self.taken) + 1}", "cdate": self.now().isoformat()})
        if self.lose:
            self.lose -= 1
            return None
        return self._said(200, result=self.taken[-1]["id"])

    def _problem(self, told: dict[str, Any], act: str) -> str:
        own = {
            "abuse_ncsei": {"ncsei_subject_representation"},
            "abuse_children": {"justification", "ncmec_notification"},
        }
        extra, said = own.get(act, {act}), told.keys()
        urls = told.get("urls", "").split("\n")
        wrong = [
            told.get("act") != act,
            bool((_REQUIRED | extra) - said or said - _REQUIRED - _OPTIONAL - extra),
            told.get("email") != told.get("email2"),
            told.get("host_notification") not in {"send", "send-anon"},
            told.get("owner_notification") not in {"send", "send-anon", "none"},
            len({url.split("/")[2] for url in urls if "://" in url}) != 1,
            len(urls) > 250 or len(set(urls)) != len(urls),
            len(told.get("comments", "")) > 2000,
        ]
        return "" if not any(wrong) else f"wrong: {[n for n, one in enumerate(wrong) if one]}"

    def _listed(self, path: str) -> Answer:
        if path == "submitted":
            listed = [{"id": r["id"], "cdate": r["cdate"], "type": "NCSEI"} for r in self.taken]
            return self._said(200, result={"reports": listed})
        found = next(r for r in self.taken if path == f"submitted/{r['id']}")
        return self._said(200, result={**found, "status": "accepted"})

    def _said(self, status: int, result: Any = None, errors: Any = ()) -> Answer:
        told = {"success": status == 200, "result": result, "errors": list(errors), "messages": []}
        return status, json.dumps(told).encode()


def pinned(line: str) -> dict[str, bytes]:
    """The key that `manage notice_key` prints, as a site pins it."""
    name, _space, key = line.strip().partition(" ")
    return {name: base64.b64decode(key)}
