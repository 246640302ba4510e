"""What a host does with what it is told: kinds of hosts, and a mail server through which they hear of it."""

from __future__ import annotations

import itertools
import json
import re
import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.hotline.common.webhost import Script, WebHost, page
from tests.hotline.takedown.postmaster import Mail, Postmaster

POLICE = "pharos@police.example"
GONE, REMOVED = page("", "404 Not Found"), page("<title>This page has been removed</title>")
NEVER = 9


@dataclass(frozen=True)
class Kind:
    """A host that removes after so many messages to it, or to its second contact, and in what way.

    `returns`: what it removed is there again a day later, once. `wall`: it hides it behind a sign-in.
    """

    after: int
    gone: Script = GONE
    second: bool = False
    returns: bool = False
    wall: bool = False
    flaps: bool = False

    @property
    def ends_gone(self) -> bool:
        return self.after < NEVER


KINDS = {
    "removes at once": Kind(1),
    "says so on a page": Kind(1, REMOVED),
    "at the first reminder": Kind(2),
    "at the second reminder": Kind(3),
    "at the third reminder": Kind(4),
    "its second contact removes": Kind(1, second=True),
    "removes, and it comes back": Kind(1, returns=True),
    "never": Kind(NEVER),
    "hides it behind a sign-in": Kind(NEVER, wall=True),
    "flaps": Kind(NEVER, flaps=True),
}


@dataclass
class Host:
    """One host with its addresses."""

    name: str
    number: int
    web: WebHost
    told: Counter[str] = field(default_factory=Counter)
    back: set[str] = field(default_factory=set)

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]

    @property
    def mailbox(self) -> str:
        return f"abuse@host{self.number}.example"

    @property
    def second(self) -> str:
        return f"second@host{self.number}.example"

    def put(self, number: int) -> str:
        """A page of its own; its address."""
        path = f"/view/{number}"
        live = _live(number)
        self.web.pages[path] = _in_turn(live, GONE) if self.kind.flaps else live
        return self.web.url(path)

    def hears(self, recipient: str, urls: list[str]) -> None:
        """A message came: it does what its kind does."""
        for url in urls:
            if recipient != (self.second if self.kind.second else self.mailbox):
                continue
            self.told[url] += 1
            path = url.split(str(self.web.port), 1)[1]
            if self.kind.wall:
                self.web.pages[path] = page("no", "403 Forbidden")
            elif self.told[url] >= self.kind.after:
                self.web.pages[path] = self.kind.gone

    def put_back(self) -> None:
        """What comes back does so, once."""
        for url in self.told if self.kind.returns else ():
            if url not in self.back:
                self.back.add(url)
                path = url.split(str(self.web.port), 1)[1]
                self.web.pages[path] = _live(int(path.rpartition("/")[2]))


def _live(number: int) -> Script:
    words = "words of a page with a picture of its own " * 30
    return page(f"<title>A gallery</title><img src=/own-{number}.jpg><p>{words}")


def _in_turn(*scripts: Script) -> Script:
    """Each caller gets the next one."""
    turns, lock = itertools.cycle(scripts), threading.Lock()

    def answer(client: socket.socket) -> None:
        with lock:
            script = next(turns)
        script(client)

    return answer


def urls_of(mail: Mail) -> list[str]:
    """The addresses that a notice names for programs."""
    data = next(part for part in mail.message.iter_attachments() if part.get_filename() == "notice.json")
    return [one["exact"] for one in json.loads(data.get_content())["urls"]]


class Post(Postmaster):
    """A mail server whose mailboxes are the hosts'."""

    hosts: dict[str, Host]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        mail = self.mails[-1]
        (recipient,) = mail.recipients
        number = re.search(r"@host(\d+)\.example", recipient)
        if number:
            self.hosts[number[1]].hears(recipient, urls_of(mail))
        return answer
