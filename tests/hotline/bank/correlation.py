"""What a partner can infer from the list: `python -m tests.hotline.bank.correlation` prints the table.

Reports of 1 to 6 pictures come at random moments for some days. A partner who reads everything guesses that
two entries are of one case, because their numbers follow one another, or because one batch brought both. The
figure is how often that guess is right. The third is how exactly the moment of a report is known.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import random
import uuid
from dataclasses import dataclass
from typing import Any

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Inferred:
    """Shares from 0 to 1, and minutes."""

    neighbours: float
    together: float
    minutes: float


def measure(reports_an_hour: float, days: int, seed: int = 1) -> Inferred:
    """The bank's own arrangement, driven without a database."""
    from django.conf import settings

    from disrupt.hotline.bank import batches
    from disrupt.hotline.bank.models import ChangeKind, StagedChange

    chance, now = random.Random(seed), START
    arrivals: list[tuple[dt.datetime, uuid.UUID]] = []
    while now < START + dt.timedelta(days=days):
        now += dt.timedelta(hours=chance.expovariate(reports_an_hour))
        case = uuid.UUID(int=chance.getrandbits(128))
        arrivals += [(now, case)] * chance.randint(1, 6)
    every = settings.OFFER_EVERY or dt.timedelta(seconds=1)
    listed: list[tuple[dt.datetime, Any, dt.datetime]] = []
    waiting: list[StagedChange] = []
    last, number, slot = None, 0, START
    while number < len(arrivals) or waiting:
        slot += every
        while number < len(arrivals) and arrivals[number][0] < slot:
            since, case = arrivals[number]
            number += 1
            waiting.append(StagedChange(pk=number, kind=ChangeKind.ADDED, group=case, since=since))
        if settings.OFFER_EVERY:
            told, waiting = batches.arranged(waiting, last, chance)
        else:
            told, waiting = waiting, []
        for row in waiting:
            row.waited += 1
        for row in told:
            last = row.group
            listed.append((slot, row.group, row.since))
    pairs = list(itertools.pairwise(listed))
    neighbours = [one[1] == two[1] for one, two in pairs]
    same = [
        one[1] == two[1]
        for place, one in enumerate(listed)
        for two in listed[place + 1 : place + 60]
        if one[0] == two[0]
    ]
    delays = sorted((slot - since).total_seconds() / 60 for slot, _case, since in listed)
    return Inferred(
        sum(neighbours) / max(1, len(neighbours)),
        sum(same) / max(1, len(same)),
        delays[len(delays) * 95 // 100],
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.conf import settings

    for minutes in (0, 15):
        settings.OFFER_EVERY = dt.timedelta(minutes=minutes)
        for rate in (0.25, 1, 4, 20):
            print(minutes, rate, measure(rate, 20))
