"""The outside world of the demonstration, on loopback: a host that shows two pages, and a mail server."""

from __future__ import annotations

import email
import email.policy
import http.server
import threading
from dataclasses import dataclass, field
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

_SHOWN = (
    b"<!doctype html><title>A page</title><img src=/picture.jpg>"
    b"<p>A picture shared without consent would be here."
)
_GONE = b"<!doctype html><title>Not found</title><p>There is nothing here."


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers with a page, or with one that says that there is none."""

    def is_shown(self) -> bool:
        """Whether there is a page at the path that is asked for."""
        raise NotImplementedError

    def do_GET(self) -> None:
        is_shown = self.is_shown()
        body = _SHOWN if is_shown else _GONE
        self.send_response(200 if is_shown else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Silent."""


class _Page(Pages):
    shown: frozenset[str] = frozenset()

    def is_shown(self) -> bool:
        return self.path in self.shown


@dataclass
class Mailbox:
    """Keeps every message that arrives."""

    messages: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 2.0.0 accepted"


class Outside:
    """A web host and a mail server; a context manager."""

    def __init__(self, host_port: int, smtp_port: int) -> None:
        self.mailbox = Mailbox()
        self._host = http.server.ThreadingHTTPServer(("127.0.0.1", host_port), _Page)
        self._host_thread = threading.Thread(target=self._host.serve_forever, daemon=True)
        self._smtp = Controller(self.mailbox, hostname="127.0.0.1", port=smtp_port)
        self._paths = ("/gallery/view?id=1", "/thread/2")
        self.urls = tuple(f"http://127.0.0.1:{host_port}{path}" for path in self._paths)
        self.show()

    def show(self) -> None:
        """The host shows its pages."""
        _Page.shown = frozenset(self._paths)

    def remove(self) -> None:
        """The host has removed them: nothing is where they were."""
        _Page.shown = frozenset()

    def __enter__(self) -> Outside:
        self._host_thread.start()
        self._smtp.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._smtp.stop()
        self._host.shutdown()
        self._host.server_close()
