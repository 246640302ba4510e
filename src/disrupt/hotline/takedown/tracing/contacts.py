"""What is known of a contact from before: notices, receipts, answers, bounces, time to a first word."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from disrupt.hotline.takedown.models import Contact, Notice, Scope, Target
from disrupt.hotline.takedown.states import Decision, NoticeState


@dataclass(frozen=True)
class Record:
    """Counts over messages that were sent to one address; `median` is the time to the first word."""

    sent: int = 0
    receipts: int = 0
    removed: int = 0
    refused: int = 0
    bounced: int = 0
    median: dt.timedelta | None = None

    @property
    def hours(self) -> int | None:
        """The median in whole hours."""
        return None if self.median is None else round(self.median.total_seconds() / 3600)


def records(addresses: Iterable[str]) -> dict[str, Record]:
    """The record of each address, from all that was ever sent to it."""
    wanted = {address for address in addresses if address}
    rows: dict[str, list[Notice]] = {address: [] for address in wanted}
    for notice in Notice.objects.filter(address__in=wanted).exclude(sent_at=None):
        rows[notice.address].append(notice)
    return {address: _record(found) for address, found in rows.items()}


def _record(found: list[Notice]) -> Record:
    answered = [
        min(at for at in (n.acknowledged_at, n.decision_at) if at) - n.sent_at
        for n in found
        if n.sent_at and (n.acknowledged_at or n.decision_at)
    ]
    return Record(
        sent=len(found),
        receipts=sum(1 for n in found if n.acknowledged_at),
        removed=sum(1 for n in found if n.decision in {Decision.REMOVED, Decision.BLOCKED}),
        refused=sum(1 for n in found if n.decision == Decision.DECLINED),
        bounced=sum(1 for n in found if n.state == NoticeState.REFUSED),
        median=statistics.median_high(sorted(answered)) if answered else None,
    )


def neutral_mail(target: Target) -> list[Contact]:
    """Contacts of an address that may be written to by itself, in order: never whoever runs the site."""
    found = target.contacts.filter(scope=Scope.HOST).exclude(address="")
    return list(found.order_by("place"))


def chain(target: Target) -> list[tuple[Contact, Record]]:
    """Every contact of an address in order, each with its record."""
    found = list(target.contacts.order_by("place"))
    known = records(contact.address for contact in found)
    return [(contact, known.get(contact.address, Record())) for contact in found]
