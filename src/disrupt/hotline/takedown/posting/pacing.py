"""How many messages one mail domain is sent in an hour: help desks block a sender of many (docs/law.md).

Two workers keep it together: whoever counts holds the row of the domain until their claim is committed.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from disrupt.hotline.common.outbound import pace
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.recipients import USUAL_AN_HOUR, registry
from disrupt.hotline.takedown.states import NoticeState, RecipientKind

HOUR = dt.timedelta(hours=1)


def most_an_hour(notice: Notice) -> int:
    """What was agreed with a recipient, or what is usual; 0 where there is no limit."""
    recipients = registry()
    if notice.recipient == RecipientKind.PHAROS:
        return recipients.police.per_hour
    known = recipients.way_to(take_apart(notice.target.url), notice.address)
    return known.per_hour if known else USUAL_AN_HOUR


def not_before(notice: Notice, now: dt.datetime) -> dt.datetime | None:
    """When there is room for this message; None when there is now. In the transaction of the claim."""
    most, domain = most_an_hour(notice), notice.address.rpartition("@")[2].lower()
    if not most or not domain:
        return None
    pace.stand_alone(f"mail:{domain}", now)
    sent = Notice.objects.filter(
        Q(transmitting_at__gt=now - HOUR) | Q(state=NoticeState.SENDING),
        address__iendswith=f"@{domain}",
        within=None,
    ).exclude(pk=notice.pk)
    times = sorted(one.transmitting_at or now for one in sent.only("transmitting_at"))
    return times[-most] + HOUR if len(times) >= most else None
