"""A partner's own figures: what it is offered and has fetched, and what it said that it found, by month."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Sum

from disrupt.hotline.bank import onlist
from disrupt.hotline.bank.models import BankReader
from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.exchange.counted import RETROACTIVE
from disrupt.hotline.exchange.door.sight import Sight
from disrupt.hotline.tally.facts import Kind
from disrupt.hotline.tally.models import Fresh, Monthly

# How feedback is called here: what it means for the person whose picture it is.
SAID = {
    "PendingReview": "matched",
    "Blocked": "blocked",
    "NotBlocked": "disputed",
    RETROACTIVE: "retroactive",
}


def figures(partner: uuid.UUID, sights: Collection[Sight]) -> dict[str, Any]:
    """Of nobody else: a partner is counted under its own identifier. `sights`: what its keys may see."""
    read = BankReader.objects.filter(reader=partner)
    fetched = max(read.values_list("seq", flat=True), default=0)
    day = max(read.values_list("read_on", flat=True), default=None)
    months: dict[dt.date, dict[str, int]] = defaultdict(lambda: dict.fromkeys(SAID.values(), 0))
    for month, opinion, n in _said(partner):
        if opinion in SAID:
            months[month][SAID[opinion]] += n
    return {
        "offered": onlist.shown(sights),
        "changes": {"fetched": fetched, "last": last_seq(), "read_on": day.isoformat() if day else None},
        "months": [{"month": f"{month:%Y-%m}", **months[month]} for month in sorted(months)],
    }


def _said(partner: uuid.UUID) -> list[tuple[dt.date, str, int]]:
    sums = Monthly.objects.filter(kind=Kind.FEEDBACK, cube="party", a=partner.hex)
    found = list(sums.values_list("month", "c", "n"))
    fresh = Fresh.objects.filter(kind=Kind.FEEDBACK, party=partner.hex).order_by()
    for day, opinion, n in fresh.values_list("day", "outcome").annotate(total=Sum("n")):
        found.append((day.replace(day=1), opinion, n))
    return found
