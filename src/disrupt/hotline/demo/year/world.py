"""The hosts of the simulated year: pages that are there, and what becomes of a notice about each."""

from __future__ import annotations

import http.server
import re
import threading
from email.message import EmailMessage

from aiosmtpd.controller import Controller

from disrupt.hotline.demo.outside import Mailbox, Pages

# By the last figure of a page's number: most obey, some need reminders, some never answer, some put it back.
_AFTER_REMINDER, _NEVER, _PUTS_BACK = {6, 7}, {8}, {9}


class World:
    """A web host and a mail server; a context manager."""

    def __init__(self, host_port: int, smtp_port: int) -> None:
        self.mailbox = Mailbox()
        self._base = f"http://127.0.0.1:{host_port}"
        self._gone: set[str] = set()
        self._told: dict[str, int] = {}
        self._read = 0
        world = self

        class Page(Pages):
            def is_shown(self) -> bool:
                return self.path.startswith("/p/") and self.path not in world._gone

        self._host = http.server.ThreadingHTTPServer(("127.0.0.1", host_port), Page)
        self._smtp = Controller(self.mailbox, hostname="127.0.0.1", port=smtp_port)

    def url(self, person: int, number: int = 1) -> str:
        return f"{self._base}/p/{number}-{person}"

    def is_shown(self, url: str) -> bool:
        return url.removeprefix(self._base) not in self._gone

    def read_mail(self) -> None:
        """The host's people read what came since, and each page has its fate."""
        new = self.mailbox.messages[self._read :]
        self._read += len(new)
        for message in new:
            if "host.example" in str(message["To"]):
                for path in set(re.findall(r"/p/\d+-\d+", text_of(message))):
                    self._told[path] = self._told.get(path, 0) + 1
                    self._act(path, int(path[-1]), self._told[path])

    def _act(self, path: str, kind: int, told: int) -> None:
        if kind in _NEVER or (kind in _AFTER_REMINDER and told < 2):
            return
        self._gone.add(path)

    def put_back(self) -> int:
        """Those who put pages back once do it now."""
        back = {path for path in self._gone if int(path[-1]) in _PUTS_BACK and self._told[path] == 1}
        self._gone -= back
        return len(back)

    def __enter__(self) -> World:
        threading.Thread(target=self._host.serve_forever, daemon=True).start()
        self._smtp.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._smtp.stop()
        self._host.shutdown()
        self._host.server_close()


def text_of(message: EmailMessage) -> str:
    """All of its words."""
    parts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join(str(part.get_content()) for part in parts if isinstance(part, EmailMessage))
