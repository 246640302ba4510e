"""What the tests about letters share: who writes, to whom, and a round of the worker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst

ALICE = analyst(1)
JANE = "jane.canary@example.org"
Told = Callable[..., Case]


def go_round() -> None:
    """What the worker does about letters in one round, failures shown."""
    from disrupt.hotline.processing.tasks import DUTIES

    for duty in DUTIES:
        known = {"review.tell", "review.letters", "review.letters_in_doubt"}
        if duty.name in known or "bounces" in duty.name:
            for key in list(duty.due()):
                duty.run(key)


def later(**by: float) -> None:
    clock.move(dt.timedelta(**by))
