"""When no content is shown to somebody: a break is due, the day is full, it is not the hour, or they stopped.

Words, decisions, messages and what the bank knows are there all the same: only pictures are not.
"""

from __future__ import annotations

import enum

from django.http import HttpRequest

from disrupt.hotline.common import clock, opening
from disrupt.hotline.common.amending import dials
from disrupt.hotline.review.seeing import exposure
from disrupt.hotline.review.waiting import claims

_STOPPED = "stopped_looking"


class Rest(enum.StrEnum):
    """Why nothing is shown now."""

    STOPPED = "stopped"
    HOURS = "hours"
    DAY = "day"
    BREAK = "break"


def of(request: HttpRequest) -> Rest | None:
    """Why nothing is shown to this person now; None where it may be."""
    if request.session.get(_STOPPED):
        return Rest.STOPPED
    hours = opening.looks(dials.look_hours())
    if hours is not None and not hours.hold(clock.now()):
        return Rest.HOURS
    spent = exposure.of(request)
    if spent.day_full:
        return Rest.DAY
    return Rest.BREAK if spent.break_due else None


def stop(request: HttpRequest) -> None:
    """Everything goes back to the others, and nothing is shown until the next sign-in; nobody is told."""
    claims.give_all(request.user)
    request.session.pop("show", None)
    request.session[_STOPPED] = True
