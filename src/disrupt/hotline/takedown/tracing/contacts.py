"""What is known of a contact from before: notices, receipts, answers, bounces, time to a first word."""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from disrupt.hotline.takedown.models import Contact, Notice, Scope, Target
from disrupt.hotline.takedown.states import Decision, NoticeState


@dataclass(frozen=True)
class Record:
    """Counts over what one contact was sent; `median` is the time to the first word."""

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


def records(contacts: Iterable[Contact]) -> list[Record]:
    """The record of each contact, from all that it was ever sent: by its address, else by its name."""
    rows = list(contacts)
    addresses = {one.address for one in rows if one.address}
    names = {one.name for one in rows if not one.address}
    sent = Notice.objects.exclude(sent_at=None).filter(
        Q(address__in=addresses) | Q(address="", name__in=names)
    )  # fmt: skip
    by: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for notice in sent:
        by[(notice.address, "" if notice.address else notice.name)].append(notice)
    return [_record(by[(one.address, "" if one.address else one.name)]) for one in rows]


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
    return list(zip(found, records(found), strict=True))
