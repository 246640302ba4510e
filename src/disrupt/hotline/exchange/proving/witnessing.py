"""What partners sign of the log: kept for the others to see, one word a partner, by key and never by name.

A partner may sign as often as it likes: of each kind one trace a day is kept, so that it fills no disk.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.db import transaction

from disrupt.hotline.bank.log import tree_at
from disrupt.hotline.common import actors, clock
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.models import ExchangeEvent, LogWitness, Partner
from disrupt.hotline.exchange.proving.proofs import logged
from disrupt.hotline.exchange.services import leave_trace
from disrupt.protocol.witness import Witness

log = logging.getLogger(__name__)


def witnesses() -> list[Witness]:
    """What was signed by partners that are let in, the newest first."""
    rows = LogWitness.objects.filter(partner__active=True).order_by("-size", "key")
    return [Witness(r.size, bytes.fromhex(r.root), r.key, bytes.fromhex(r.signature)) for r in rows]


def keep(partner: Partner, said: Witness) -> None:
    """Keep what a partner signed, in the place of what it signed before.

    Raises ApiError for another history than ours; that is written down: it is what the log is for.
    """
    size = logged()
    if said.size > size:
        raise ApiError("cursor_ahead", f"You signed {said.size} changes; the last change here is {size}.")
    if not said.is_genuine():
        raise ApiError("bad_body", "The signature is not of this key over this size and root.")
    if tree_at(said.size).root() != said.root:
        if not _traced_today(partner, "other-history"):
            log.error("a partner was shown another history of %d changes than ours", said.size)
            leave_trace(partner, "other-history", actors.partner(partner.pk), said.to_wire())
        raise ApiError("other_history", f"The first {said.size} changes of this log have another root.")
    with transaction.atomic():
        LogWitness.objects.update_or_create(
            partner=partner,
            defaults={
                "size": said.size,
                "root": said.root.hex(),
                "key": said.key,
                "signature": said.signature.hex(),
                "at": clock.now(),
            },
        )
        if not _traced_today(partner, "log-witnessed"):
            leave_trace(partner, "log-witnessed", actors.partner(partner.pk), {"size": said.size})


def _traced_today(partner: Partner, kind: str) -> bool:
    since = clock.now() - dt.timedelta(days=1)
    return ExchangeEvent.objects.filter(partner=partner, kind=kind, at__gt=since).exists()
