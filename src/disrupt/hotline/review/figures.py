"""The figures made anew from all that is counted: who counts is named here, above all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from typing import Any

from disrupt.hotline.cases import counted as of_cases
from disrupt.hotline.exchange import counted as of_exchange
from disrupt.hotline.insight import rebuild
from disrupt.hotline.insight.rebuild import Difference
from disrupt.hotline.takedown import counted as of_takedown
from disrupt.hotline.tally.facts import Kind, day_of

SOURCES = (of_cases.again, of_takedown.again, of_exchange.again)


def differences(
    get_model: Callable[[str, str], Any],
    now: dt.datetime,
    *,
    mend: bool,
    with_today: bool = False,
    kinds: Collection[str] = tuple(Kind),
) -> Iterator[Difference]:
    """Every day and kind whose rows differ from their sources, up to yesterday.

    `with_today`: only while nothing else runs, because today's rows are being written.
    """
    first = _first_day(get_model)
    if first is None:
        return
    before = day_of(now) + dt.timedelta(days=int(with_today))
    for month in rebuild.months(first, day_of(now)):
        yield from rebuild.month(get_model, SOURCES, month, before, mend=mend, kinds=kinds)


def _first_day(get_model: Callable[[str, str], Any]) -> dt.date | None:
    """The day of the first case, or of the first row that was counted."""
    opened = of_cases.earliest(get_model)
    days = [day_of(opened)] if opened else []
    for name in ("Daily", "Fresh"):
        row = get_model("tally", name).objects.order_by("day").first()
        days += [row.day] if row else []
    return min(days) if days else None
