"""How much of one partner's words is kept at a time, so that no key can fill the hotline's disk."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import partner as partner_actor
from disrupt.hotline.exchange.models import ExchangeEvent, Feedback, Partner, SubmittedHash
from disrupt.hotline.exchange.services import leave_trace

TRACES_AN_HOUR = 60
_HOUR = dt.timedelta(hours=1)


class NoRoom(ValueError):
    """This partner has as much here as is kept of one; the sentence says what to do."""


def make_sure(model: type[SubmittedHash | Feedback], partner: Partner, new: int) -> None:
    """Whether so many more rows of a partner fit in. Raises NoRoom, and then nothing of the post is kept.

    Posts at one moment are counted each by itself: a partner can have a few posts more, not without end.
    """
    if new and rows_of(model, partner) + new > settings.PARTNERS_WORDS_MOST:
        what = "proposed hashes" if model is SubmittedHash else "words on hashes"
        raise NoRoom(
            f"We keep {settings.PARTNERS_WORDS_MOST} {what} of one partner at a time. Take back what "
            "you no longer stand by, wait until older ones have ended, or ask the hotline for more room."
        )


def rows_of(model: type[SubmittedHash | Feedback], partner: Partner) -> int:
    """How many rows there are of a partner."""
    return model._default_manager.filter(partner=partner).count()


def trace(partner: Partner, kind: str, changed: int) -> None:
    """One line in the exchange's log, of so many in an hour: the words themselves say when they were said."""
    since = clock.now() - _HOUR
    if ExchangeEvent.objects.filter(kind=kind, at__gt=since, partner=partner).count() < TRACES_AN_HOUR:
        leave_trace(partner, kind, partner_actor(partner.pk), {"changed": changed})
