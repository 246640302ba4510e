"""Small requests that are answered in the server's own loop, many together, without a thread for each.

A process that is asked the same small thing thousands of times a second names in QUICK who answers it. That
one is shown each request that has arrived, and may decline: then nothing of it has been taken from the
connection, and it goes the way of all others. So nothing is refused here, and what is unusual is judged where
it always is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

MOST_AT_ONCE = 64
"""Requests that are answered together; then the loop looks after everybody else."""
MOST_ANSWER = 8 * 1024
"""Bytes of an answer that the kernel takes at once, from whoever reads what it is told."""


class Quick(Protocol):
    """Who answers; neither may wait for anything, nor raise."""

    def reads(self, data: bytes) -> Any | None:
        """What is asked by the request that is `data`; None: not a matter for here, or not all of it."""

    def answers(self, asked: Sequence[Any]) -> list[bytes | None]:
        """The whole answer to each, head and body; None: not a matter for here after all."""


class Desk:
    """Who waits to be answered in a moment. For the loop's thread only.

    `later` has `answered` called soon.
    """

    def __init__(self, quick: Quick, later: Callable[[], None]) -> None:
        self._quick, self._later = quick, later
        self._waiting: dict[Any, tuple[int, Any]] = {}
        self._regulars: set[Any] = set()

    def takes(self, who: Any, data: bytes) -> bool:
        """Whether `who` is answered here; `data` stays where it is until then."""
        if who in self._waiting:
            return True
        asked = self._quick.reads(data)
        if asked is None:
            return False
        if not self._waiting:
            self._later()
        self._waiting[who] = (len(data), asked)
        return True

    def answered(self) -> list[tuple[Any, int, bytes | None]]:
        """Of those who wait, the first: who, the length of the request, the answer (None: not here)."""
        those = list(self._waiting.items())[:MOST_AT_ONCE]
        answers = self._quick.answers([asked for _, (_, asked) in those])
        for who, _ in those:
            del self._waiting[who]
            self._regulars.add(who)
        if self._waiting:
            self._later()
        told = (text if text and len(text) <= MOST_ANSWER else None for text in answers)
        return [(who, length, text) for (who, (length, _)), text in zip(those, told, strict=True)]

    def leave(self, who: Any) -> None:
        """Somebody goes elsewhere, or altogether."""
        self._waiting.pop(who, None)
        self._regulars.discard(who)

    def idle(self) -> list[Any]:
        """Who was answered and has asked nothing since."""
        return [who for who in self._regulars if who not in self._waiting]


def desk(later: Callable[[], None]) -> Desk | None:
    """The desk of a process that has one."""
    name: str = settings.QUICK
    return Desk(import_string(name), later) if name else None
