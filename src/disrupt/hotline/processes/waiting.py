"""Requests that ask to be told of news wait without a thread until there are any, or their time is over.

`GET /v1/feed?after=N&wait=S` (and `/v1/list`) is answered at once when the newest number is not N, else when
it becomes another, at the latest after S seconds. Nothing is decided here but when a thread is given: who
asks, and what for, is judged as ever once it has one. One thread looks for the number, while somebody waits.
A stranger does not wait: how long one waits tells when the number changes, and who waits holds a connection.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import import_string

from disrupt.hotline.common.running.in_a_row import InARow
from disrupt.hotline.processes.hall import Hall
from disrupt.protocol.feed import MOST_WAIT

log = logging.getLogger(__name__)

EVERY = 0.2
"""Seconds between two looks at the newest number."""

_LINE = re.compile(rb"GET /v1/(?:feed|list)\?([!-~]{1,200}) HTTP/1\.1\r\n")
_NUMBER = re.compile("[0-9]{1,18}")


@dataclass(frozen=True)
class Asks:
    """What comes after this number is asked for, and waited for so many seconds."""

    after: int
    seconds: int


def asks(data: bytes) -> Asks | None:
    """Whether the request that begins with `data` waits for news; never raises."""
    found = _LINE.match(data)
    query = dict(parse_qsl(found[1].decode("ascii"))) if found else {}
    after, wait = query.get("after", "0"), query.get("wait", "0")
    if not (_NUMBER.fullmatch(after) and _NUMBER.fullmatch(wait) and 0 < int(wait) <= MOST_WAIT):
        return None
    return Asks(int(after), int(wait))


@dataclass(frozen=True)
class _Waits:
    after: int
    network: Hashable


class Room:
    """Who waits for news. All of it runs in the server's own thread but `_watch`, which calls `tell`.

    `newest` is the newest number; `tell(number)` has `arrived` called with it in the server's thread;
    `may_wait(request)`: whether the head of a request is of somebody who was let in lately.
    """

    def __init__(
        self, newest: Callable[[], int], tell: Callable[[int], None], may_wait: Callable[[bytes], bool]
    ) -> None:
        self._newest, self._tell, self._may_wait = newest, tell, may_wait
        self._hall, self._waits = Hall(), dict[Any, _Waits]()
        self._known: int | None = None
        self._somebody, self._asked = threading.Event(), threading.Event()
        self._watcher: threading.Thread | None = None

    def __len__(self) -> int:
        return len(self._waits)

    @property
    def crowd(self) -> int:
        """How many of one network wait, of the network with the most."""
        return self._hall.crowd

    def takes(self, who: Any, data: bytes, network: Hashable) -> bool:
        """Whether the request `data` asks for news and there is none as far as is known: `who` waits here."""
        asked = asks(data)
        if asked is None or (self._known is not None and asked.after < self._known):
            return False
        if not self._may_wait(data):
            return False
        self._hall.enter(who, network, time.monotonic() + asked.seconds)
        self._waits[who] = _Waits(asked.after, network)
        self._asked.set()
        self._somebody.set()
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, name="news", daemon=True)
            self._watcher.start()
        return True

    def arrived(self, number: int) -> list[tuple[Any, Hashable]]:
        """The newest number is this one: who need not wait any more, and their networks."""
        self._known = number
        return [self._leave(who) for who, one in list(self._waits.items()) if one.after != number]

    def late(self, now: float) -> list[tuple[Any, Hashable]]:
        """Whose time is over."""
        return [self._leave(who) for who in self._hall.late(now)]

    def first_of_the_crowd(self) -> Any | None:
        """One to be let go where there are too many."""
        who = self._hall.first_of_the_crowd()
        return None if who is None else self._leave(who)[0]

    def _leave(self, who: Any) -> tuple[Any, Hashable]:
        self._hall.leave(who)
        network = self._waits.pop(who).network
        if not self._waits:
            self._somebody.clear()
        return who, network

    def _watch(self) -> None:
        pause, told, lost = threading.Event(), -1, InARow()
        while True:
            self._somebody.wait()
            # Taken before the look, so that whoever comes meanwhile is told by the next.
            asked = self._asked.is_set()
            self._asked.clear()
            try:
                number = self._newest()
            except Exception as error:
                if lost.failed():
                    log.error("the newest number cannot be read: %s", type(error).__name__)
            else:
                lost.ended()
                if asked or number != told:
                    told = number
                    self._tell(number)
            finally:
                close_old_connections()
            pause.wait(EVERY)


def room(tell: Callable[[int], None]) -> Room | None:
    """The room of a process that has news to tell; None in any other."""
    newest, may_wait = settings.NEWS, settings.MAY_WAIT
    return Room(import_string(newest), tell, import_string(may_wait)) if newest else None
