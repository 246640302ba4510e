"""What of the exchange is counted: what partners say that they found, by partner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from disrupt.hotline.tally.facts import Fact, Kind, count, fact

GetModel = Callable[[str, str], Any]
_SAME = {
    "matched": "PendingReview",
    "blocked": "Blocked",
    "not_blocked": "NotBlocked",
    "false_match": "NotBlocked",
}
"""Words on entries, in the words on hashes that they are counted with."""
RETROACTIVE = "Retroactive"


def said(rows: Iterable[Any]) -> None:
    """Count what a partner has just said, or said otherwise than before."""
    for row in rows:
        for happened in _said(row):
            count(happened)


def again(get_model: GetModel, start: dt.datetime, end: dt.datetime) -> Iterator[Fact]:
    """The facts of this time (`end` is not in it) that are left: the last word on each hash, for a while."""
    words = get_model("exchange", "Feedback").objects.filter(changed_at__gte=start, changed_at__lt=end)
    for row in words.iterator(chunk_size=500):
        yield from _said(row)
    of_entries = get_model("exchange", "EntryWord").objects.filter(changed_at__gte=start, changed_at__lt=end)
    for row in of_entries.iterator(chunk_size=500):
        yield from _said(row)


def _said(row: Any) -> Iterator[Fact]:
    """Its word; and once more, where it was found among what had been there before the entry."""
    outcomes = [_SAME.get(row.opinion, row.opinion)]
    if getattr(row, "retroactive", False) and outcomes != ["NotBlocked"]:
        outcomes.append(RETROACTIVE)
    for outcome in outcomes:
        yield fact(Kind.FEEDBACK, row.changed_at, {"party": row.partner_id.hex, "outcome": outcome})
