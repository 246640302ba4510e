"""Kill switches: what an administrator can stop at run time, for every process at once, with a reason."""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.db import transaction

from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.models import Switch
from disrupt.hotline.common.running.sweep import Duty

# So long a worker goes on with what it knew of a switch.
_REMEMBERED = 1.0


class Stop(enum.StrEnum):
    """What can be stopped: sending notices, telling partners of additions, writing anything at all."""

    NOTICES = "notices"
    ENTRIES = "entries"
    WRITING = "writing"


class ReasonMissing(ValueError):
    """Who stops something, or lets it go on, says why."""


def is_on(stop: Stop) -> bool:
    """Whether this is stopped now."""
    return Switch.objects.filter(pk=stop).exists()


def all_on() -> dict[str, Switch]:
    """What is stopped now, by its name."""
    return {one.name: one for one in Switch.objects.all()}


@transaction.atomic
def put(stop: Stop, on: bool, actor: Actor, why: str) -> bool:
    """Stop it or let it go on; False where that was so already. Raises ReasonMissing."""
    if not why.strip():
        raise ReasonMissing("Say why: it stands in the audit log.")
    why = why.strip()[:300]
    if on:
        row = {"since": clock.now(), "by": str(actor), "why": why}
        changed = Switch.objects.get_or_create(name=stop, defaults=row)[1]
    else:
        changed = Switch.objects.filter(pk=stop).delete()[0] > 0
    if changed:
        audit.record("switch.on" if on else "switch.off", actor, {"switch": stop.value, "why": why})
    return changed


class Still:
    """Whether nothing is written now, asked for once a second at most: each duty wants to know each round."""

    def __init__(self) -> None:
        self._until, self._still = 0.0, False

    def __call__(self) -> bool:
        if time.monotonic() >= self._until:
            self._still, self._until = is_on(Stop.WRITING), time.monotonic() + _REMEMBERED
        return self._still


def resting(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """The same duties, of which none is due while nothing is written."""
    still = Still()

    def due(duty: Duty) -> Callable[[], Iterable[Any]]:
        return lambda: () if still() else duty.due()

    return tuple(replace(duty, due=due(duty)) for duty in duties)
