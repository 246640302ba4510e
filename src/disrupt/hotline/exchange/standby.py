"""Pages of the list come from a standby of the database while it has exactly what the primary has.

Whether it has is asked for each page: the last number and the size of the log are changed in the transaction
of every change of the list, and a standby replays whole transactions in their order. One that lags, is away
or has refused a question is not read, so that a page is the same wherever it comes from. Keys, what they may
see and what is written are the primary's alone.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

from disrupt.hotline.bank.models import BankSequence
from disrupt.hotline.common import clock

log = logging.getLogger(__name__)

STANDBY = "standby"
NONE, IN_STEP, BEHIND, AWAY = "none", "in step", "behind", "away"
# One that cannot be reached is left alone for so long, because finding that out may take seconds.
REST = dt.timedelta(seconds=10)

T = TypeVar("T")


class _Standby:
    """What is known of it, by all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said = ""
        self._missed_at: dt.datetime | None = None

    def state(self) -> str:
        """How it stands to the primary at this moment."""
        if STANDBY not in connections.settings:
            return NONE
        if self._missed_at is not None and abs(clock.now() - self._missed_at) < REST:
            return AWAY
        try:
            there = _position(STANDBY)
        except DatabaseError:
            return self.missed()
        return self._say(IN_STEP if there == _position(DEFAULT_DB_ALIAS) else BEHIND)

    def missed(self) -> str:
        """It did not answer."""
        self._missed_at = clock.now()
        return self._say(AWAY)

    def _say(self, state: str) -> str:
        with self._lock:
            before, self._said = self._said, state
        if state != before:
            log.warning("the standby of the database is %s", state)
        return state


_STANDBY = _Standby()


def state() -> str:
    """Of the standby: none, in step, behind, away."""
    return _STANDBY.state()


def read(question: Callable[[str], T]) -> T:
    """The answer of the standby where it is in step, else that of the primary; `question` is told which."""
    if state() == IN_STEP:
        try:
            return question(STANDBY)
        except DatabaseError:  # it ended, or needed the rows for what it was replaying
            _STANDBY.missed()
    return question(DEFAULT_DB_ALIAS)


def _position(using: str) -> tuple[int, int] | None:
    return BankSequence.objects.using(using).filter(pk=1).values_list("last", "logged").first()
