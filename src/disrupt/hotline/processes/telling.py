"""Those who waited are answered all together, by one thread, without a request for each.

A process that has many waiting for the same news names in TELLS who answers them. That one is shown each
request that waits, and may decline: then it is given a thread like any other once there is news.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.db import close_old_connections
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)

MOST_ANSWER = 32 * 1024
"""Bytes of an answer that the kernel takes at once, from whoever reads what it is told."""
AT_ONCE = 64
"""Answers that are written in a row; then the loop looks after everybody else."""

Answer = tuple[bytes, bool]
"""Head and body, and whether the connection is kept."""


class Tells(Protocol):
    """Who answers."""

    def reads(self, data: bytes) -> Any | None:
        """What is asked by the request that is `data`, without waiting or raising; None: not for here."""

    def answers(self, asked: Sequence[Any]) -> tuple[list[Answer | None], Callable[[], None]]:
        """The answer to each (None: not a matter for here after all), and what is to be done then."""


@dataclass(frozen=True)
class Told:
    """One who waited: their network, the length of their request, and the answer; None: not here."""

    who: Any
    network: Hashable
    length: int
    answer: Answer | None


class Teller:
    """Who waits and can be answered here. All of it runs in the server's own thread but `_run`.

    `say(those)` has the answers written in the server's thread.
    """

    def __init__(self, tells: Tells, say: Callable[[list[Told]], None]) -> None:
        self._tells, self._say = tells, say
        self._waiting: dict[Any, tuple[int, Any]] = {}
        self._batch: list[tuple[Told, Any]] = []
        self._batches: queue.SimpleQueue[list[tuple[Told, Any]]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def notes(self, who: Any, data: bytes) -> None:
        """Somebody waits, whose request is `data`; that stays where it is."""
        asked = self._tells.reads(data)
        if asked is not None:
            self._waiting[who] = (len(data), asked)

    def leaves(self, who: Any) -> None:
        """Somebody goes elsewhere, or altogether."""
        self._waiting.pop(who, None)

    def takes(self, who: Any, network: Hashable) -> bool:
        """Whether somebody who need not wait any more is answered here, at the next `go`."""
        noted = self._waiting.pop(who, None)
        if noted is not None:
            self._batch.append((Told(who, network, noted[0], None), noted[1]))
        return noted is not None

    def go(self) -> None:
        """Answer those that were taken."""
        if not self._batch:
            return
        self._batches.put(self._batch)
        self._batch = []
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="telling", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            self._answer(self._batches.get())
            close_old_connections()

    def _answer(self, batch: list[tuple[Told, Any]]) -> None:
        answers: list[Answer | None] = [None] * len(batch)
        afterwards: Callable[[], None] | None = None
        try:
            answers, afterwards = self._tells.answers([asked for _, asked in batch])
        except Exception as error:
            log.error("those who waited could not be answered together: %s", type(error).__name__)
        those = [
            Told(
                one.who, one.network, one.length, answer if answer and len(answer[0]) <= MOST_ANSWER else None
            )
            for (one, _), answer in zip(batch, answers, strict=True)
        ]
        for first in range(0, len(those), AT_ONCE):
            self._say(those[first : first + AT_ONCE])
        try:
            if afterwards is not None:
                afterwards()
        except Exception as error:
            log.error("what those who waited hold could not be written down: %s", type(error).__name__)


def teller(say: Callable[[list[Told]], None]) -> Teller | None:
    """The teller of a process that has one."""
    name: str = settings.TELLS
    return Teller(import_string(name), say) if name else None
