"""A partner's own figures: what it is offered and has fetched, and what it said that it found, by month."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Count, Sum

from disrupt.hotline.bank.models import BankChange, BankReader, ChangeKind
from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.exchange.counted import RETROACTIVE
from disrupt.hotline.exchange.door.sight import FIELDS, Facts, Sight
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
        "offered": offered(sights),
        "changes": {"fetched": fetched, "last": last_seq(), "read_on": day.isoformat() if day else None},
        "months": [{"month": f"{month:%Y-%m}", **months[month]} for month in sorted(months)],
    }


def offered(sights: Collection[Sight]) -> int:
    """The entries on the list that one of these shows; what waits for its batch is not on it yet (D18)."""
    found = 0
    for kind, *facts, n in BankChange.objects.order_by().values_list("kind", *FIELDS).annotate(n=Count("pk")):
        if any(sight.shows(Facts(*facts)) for sight in sights):
            found += n if kind == ChangeKind.ADDED else -n
    return found


def _said(partner: uuid.UUID) -> list[tuple[dt.date, str, int]]:
    sums = Monthly.objects.filter(kind=Kind.FEEDBACK, cube="party", a=partner.hex)
    found = list(sums.values_list("month", "c", "n"))
    fresh = Fresh.objects.filter(kind=Kind.FEEDBACK, party=partner.hex).order_by()
    for day, opinion, n in fresh.values_list("day", "outcome").annotate(total=Sum("n")):
        found.append((day.replace(day=1), opinion, n))
    return found
