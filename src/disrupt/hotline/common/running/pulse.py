"""Signs of life: a process or a work says that it is there, and an operator sees when it falls silent."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from django.db import Error

from disrupt.hotline.common import clock
from disrupt.hotline.common.models import Pulse
from disrupt.hotline.common.running.in_a_row import InARow

log = logging.getLogger(__name__)

# Seconds between two signs of one process.
EVERY = 5.0


def feel(name: str, says: Mapping[str, Any] | None = None, *, begins: bool = False) -> None:
    """Write the sign of `name`, with what it has to say; `begins` starts its life anew.

    Lanes of an earlier life are forgotten then: one that is no more would be missed for ever.
    """
    now = clock.now()
    changes: dict[str, Any] = {"at": now, "says": dict(says or {})}
    if begins:
        changes["since"] = now
        Pulse.objects.filter(name__startswith=f"{name}/").delete()
    Pulse.objects.update_or_create(name=name, defaults=changes, create_defaults={"since": now, **changes})


REVIEW_KEY = "review-key"


def waits_for_the_review_key(said: str) -> None:
    """The worker waits until operators have brought the review key in; "": it waits no more."""
    try:
        feel(REVIEW_KEY, {"waits": said})
    except Error as error:
        log.error("that the review key is waited for could not be written: %s", type(error).__name__)


class Heart:
    """Beats for one process or lane, at most every EVERY seconds; a lost beat stops nobody."""

    def __init__(self, name: str) -> None:
        self._name, self._next, self._begins = name, 0.0, True
        self._lost = InARow()

    def beat(self, says: Mapping[str, Any] | None = None) -> None:
        if time.monotonic() < self._next:
            return
        try:
            feel(self._name, says, begins=self._begins)
        except Error as error:
            if self._lost.failed():
                log.error("no sign of life of %s could be written: %s", self._name, type(error).__name__)
            return
        self._lost.ended()
        self._begins, self._next = False, time.monotonic() + EVERY
