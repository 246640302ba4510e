"""What the worker does for the exchange: the StopNCII protocol's table of hashes; partners' old words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from disrupt.hotline.common import clock
from disrupt.hotline.common.sweep import Duty
from disrupt.hotline.exchange import contributions, wirehashes

_HOUR = dt.timedelta(hours=1)


def _due() -> Iterator[str]:
    if wirehashes.is_behind():
        yield "bank"


class OldWords:
    """Partners' old words are looked for once an hour: the search goes through all that are kept."""

    def __init__(self) -> None:
        self._next: dt.datetime | None = None

    def __call__(self) -> Iterator[str]:
        now = clock.now()
        # A clock that went back (a demonstration's) must not put it off.
        if self._next is not None and now < self._next <= now + _HOUR:
            return
        if contributions.is_old():
            yield "partners' words"
        else:
            self._next = now + _HOUR


DUTIES: tuple[Duty, ...] = (
    Duty("wire-hashes", _due, lambda _: wirehashes.step()),
    Duty("exchange.old_words", OldWords(), lambda _: contributions.forget_old()),
)
