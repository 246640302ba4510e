"""A real IMAP server on loopback, as much of RFC 9051 as a client of one folder speaks."""

from __future__ import annotations

import contextlib
import re
import socketserver
import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass
class ImapHost:
    """`mails` by number; `validity` changes when numbers begin anew. `cut`: where the line is cut."""

    mails: dict[int, bytes] = field(default_factory=dict)
    validity: int = 1
    password: str = "secret"
    cut: str = ""
    fetched: list[str] = field(default_factory=list)
    flagged: set[int] = field(default_factory=set)
    port: int = 0

    def __enter__(self) -> ImapHost:
        host = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    self.wfile.write(b"* OK ready\r\n")
                    while line := self.rfile.readline():
                        tag, _, rest = line.decode().strip().partition(" ")
                        if host.cut and rest.upper().startswith(host.cut):
                            return
                        untagged, end = host.answer(rest)
                        self.wfile.write(b"".join(untagged) + f"{tag} {end} done\r\n".encode())
                        if rest.upper().startswith("LOGOUT"):
                            return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, command: str) -> tuple[list[bytes], str]:
        word = command.split(" ", 1)[0].upper()
        if word == "CAPABILITY":
            return [b"* CAPABILITY IMAP4rev1\r\n"], "OK"
        if word == "LOGIN":
            return [], "OK in" if f'"{self.password}"' in command else "NO wrong"
        if word == "SELECT":
            head = f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.validity}] valid\r\n"
            return [head.encode()], "OK [READ-WRITE] selected"
        if word == "EXPUNGE":
            for number in self.flagged & self.mails.keys():
                del self.mails[number]
            return [], "OK gone"
        if word == "UID":
            return self._uid(command.split(" ", 1)[1])
        return ([b"* BYE\r\n"] if word == "LOGOUT" else []), "OK"

    def _uid(self, command: str) -> tuple[list[bytes], str]:
        if found := re.match(r"SEARCH UID (\d+):\*", command):
            numbers = {n for n in self.mails if n >= int(found[1])}
            numbers |= {max(self.mails)} if self.mails else set()
            return [f"* SEARCH {' '.join(map(str, sorted(numbers)))}\r\n".encode()], "OK"
        if found := re.match(r"FETCH (\d+) \(BODY.PEEK\[\]<0.(\d+)>\)", command):
            self.fetched.append(found[1])
            raw = self.mails.get(int(found[1]), b"")[: int(found[2])]
            head = f"* 1 FETCH (UID {found[1]} BODY[]<0> {{{len(raw)}}}\r\n".encode()
            return [head + raw + b")\r\n"] if raw else [], "OK"
        if found := re.match(r"STORE 1:(\d+) \+FLAGS", command):
            self.flagged |= {n for n in self.mails if n <= int(found[1])}
            return [], "OK"
        return [], "BAD what"


def settings_for(host: ImapHost, settings: Any) -> None:
    settings.ANSWERS_EMAIL = "answers@hotline.example"
    settings.ANSWERS_IMAP_HOST, settings.ANSWERS_IMAP_PORT = "127.0.0.1", host.port
    settings.ANSWERS_IMAP_USER, settings.ANSWERS_IMAP_PASSWORD = "answers", "secret"
