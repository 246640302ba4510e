"""The worker's loop: the rows say what is due, the sweep does it, again and again, until it is done.

There is no queue to lose or to replay (docs/adr/0001): a duty names the rows that are due and how to bring
one a step further. Every step may run twice and must commit compare-and-set on the row's own state.
Rows whose step fails rest, ever longer, and stand behind those that never failed; a duty whose steps are slow
gives way to the next one after its turn; what waits for others (mail) has a lane, so a thread, of its own.
A duty that takes long to say that nothing is due rests after it, ten times as long, a minute at most.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from disrupt.hotline.common import clock
from disrupt.hotline.common.running.in_a_row import InARow

log = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 300.0
# Of one duty in one round: so many steps, of which so many may have failed before, and so many seconds.
BATCH, AGAIN, TURN = 100, 10, 20.0
MAIN, MAIL = "main", "mail"
_HOUR = dt.timedelta(hours=1)
# Asking for what is due is dear where a table has millions of rows: of the time it is given at most a tenth.
_DEAR, _SHARE, _LONGEST_REST = 0.25, 10, 60.0


@dataclass(frozen=True)
class Duty:
    """What the worker must do: `due()` names the keys that are due, `run(key)` takes one a step further.

    `due` need not end: it is read until there is enough to do, past those that rest after a failure.
    """

    name: str
    due: Callable[[], Iterable[Any]]
    run: Callable[[Any], object]
    lane: str = MAIN


@dataclass(frozen=True)
class _Failed:
    """How often a row failed in a row, until when it rests, and the kind of the last error."""

    count: int
    not_before: float
    why: str


class Rest:
    """A time (an hour) in which a duty that is dear to ask about is let be; none has begun yet."""

    def __init__(self, length: dt.timedelta = _HOUR) -> None:
        self._length = length

    def is_over(self) -> bool:
        now, until = clock.now(), _begun.get(self)
        # A clock that went back (a demonstration's) must not put it off.
        return until is None or not now < until <= now + self._length

    def begin(self) -> None:
        _begun[self] = clock.now() + self._length


class NowAndThen:
    """What need not be known at once is asked for every few seconds only."""

    def __init__(self, due: Callable[[], Iterable[Any]], seconds: float) -> None:
        self._due, self._rest = due, Rest(dt.timedelta(seconds=seconds))

    def __call__(self) -> Iterator[Any]:
        if self._rest.is_over():
            self._rest.begin()
            yield from self._due()


_begun: WeakKeyDictionary[Rest, dt.datetime] = WeakKeyDictionary()


def none_has_begun() -> None:
    """No duty of this process rests: how a test begins, whatever the one before it did."""
    _begun.clear()


@dataclass
class Sweep:
    """Runs duties; what fails is tried again later, ever less often, and never stops the others."""

    duties: tuple[Duty, ...]
    monotonic: Callable[[], float] = time.monotonic
    _failures: dict[str, dict[Hashable, _Failed]] = field(default_factory=dict)
    _unlisted: dict[str, InARow] = field(default_factory=dict)
    _asked_again: dict[str, float] = field(default_factory=dict)

    @property
    def failing(self) -> dict[str, int]:
        """How many rows of each duty failed when they were last tried."""
        return {name: len(rows) for name, rows in self._failures.items() if rows}

    def complaint(self) -> dict[str, dict[str, Any]]:
        """For an operator: of each duty that fails, how many rows, the most tries, the kinds of errors."""
        return {
            name: {
                "rows": len(rows),
                "tries": max(row.count for row in rows.values()),
                "why": sorted({row.why for row in rows.values()}),
            }
            for name, rows in self._failures.items()
            if rows
        }

    def once(self) -> int:
        """Go round all duties once; return how many steps were done."""
        return sum(self._go(duty) for duty in self.duties)

    def _go(self, duty: Duty) -> int:
        begun = self.monotonic()
        if begun < self._asked_again.get(duty.name, begun):
            return 0
        done, chosen, ends = 0, self._choose(duty), begun + TURN
        took = self.monotonic() - begun
        if not chosen and took >= _DEAR:
            self._asked_again[duty.name] = begun + took + min(took * _SHARE, _LONGEST_REST)
        for key in chosen:
            done += self._step(duty, key)
            if self.monotonic() > ends:
                log.info("duty %s gives way after its turn", duty.name)
                break
        return done

    def _choose(self, duty: Duty) -> list[Any]:
        """The first that are due: those that never failed, then a few of those that have rested."""
        failures = self._failures.setdefault(duty.name, {})
        unlisted = self._unlisted.setdefault(duty.name, InARow())
        now, fresh, again, resting = self.monotonic(), [], [], set()
        try:
            for key in duty.due():
                failed = failures.get(key)
                if failed is None:
                    fresh.append(key)
                elif now >= failed.not_before:
                    again.append(key)
                else:
                    resting.add(key)
                if len(fresh) >= BATCH:
                    break
            else:
                # All that is due was seen: what else had failed is due no more.
                for key in failures.keys() - resting - set(again):
                    del failures[key]
        except Exception as error:
            if unlisted.failed():
                why, first = type(error).__name__, unlisted.count == 1
                log.error(
                    "duty %s cannot list what is due (%d): %s", duty.name, unlisted.count, why, exc_info=first
                )
            return []
        unlisted.ended()
        again = again[: max(AGAIN, BATCH - len(fresh))]
        return [*fresh[: BATCH - len(again)], *again]

    def _step(self, duty: Duty, key: Hashable) -> int:
        failures = self._failures[duty.name]
        count = failures[key].count if key in failures else 0
        try:
            duty.run(key)
        except Exception as error:
            # The type and our own typed message only: a traceback's values could hold content.
            log.error("duty %s failed on %s (try %d): %s", duty.name, key, count + 1, type(error).__name__)
            log.debug("duty %s", duty.name, exc_info=True)
            pause = min(_FIRST_PAUSE * 2**count, _LONGEST_PAUSE)
            failures[key] = _Failed(count + 1, self.monotonic() + pause, type(error).__name__)
            return 0
        failures.pop(key, None)
        return 1
