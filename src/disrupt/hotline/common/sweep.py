"""The worker's loop: the rows say what is due, the sweep does it, again and again, until it is done.

There is no queue to lose or to replay (docs/adr/0001): a duty names the rows that are due and how to bring
one a step further. Every step may run twice and must commit compare-and-set on the row's own state.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any

from disrupt.hotline.common import clock

log = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Duty:
    """What the worker must do: `due()` lists the keys that are due, `run(key)` takes one a step further."""

    name: str
    due: Callable[[], Iterable[Any]]
    run: Callable[[Any], object]


class Rest:
    """An hour in which a duty that is dear to ask about is let be; none has begun yet."""

    def __init__(self) -> None:
        self._until: dt.datetime | None = None

    def is_over(self) -> bool:
        now = clock.now()
        # A clock that went back (a demonstration's) must not put it off.
        return self._until is None or not now < self._until <= now + _HOUR

    def begin(self) -> None:
        self._until = clock.now() + _HOUR


@dataclass
class Sweep:
    """Runs duties; what fails is tried again later, ever less often, and never stops the others."""

    duties: tuple[Duty, ...]
    monotonic: Callable[[], float] = time.monotonic
    _failures: dict[tuple[str, Hashable], tuple[int, float]] = field(default_factory=dict)

    def once(self) -> int:
        """Go round all duties once; return how many steps were done."""
        return sum(self._go(duty) for duty in self.duties)

    def _go(self, duty: Duty) -> int:
        try:
            due = list(duty.due())
        except Exception:
            log.exception("duty %s cannot list what is due", duty.name)
            return 0
        return sum(self._step(duty, key) for key in due)

    def _step(self, duty: Duty, key: Hashable) -> int:
        slot = (duty.name, key)
        count, not_before = self._failures.get(slot, (0, 0.0))
        if self.monotonic() < not_before:
            return 0
        try:
            duty.run(key)
        except Exception as error:
            # The type and our own typed message only: a traceback's values could hold content.
            log.error("duty %s failed on %s (try %d): %s", duty.name, key, count + 1, type(error).__name__)
            log.debug("duty %s", duty.name, exc_info=True)
            pause = min(_FIRST_PAUSE * 2**count, _LONGEST_PAUSE)
            self._failures[slot] = (count + 1, self.monotonic() + pause)
            return 0
        self._failures.pop(slot, None)
        return 1
