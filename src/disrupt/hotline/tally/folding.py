"""A day that is over: its facts become daily rows, in an order that says nothing, and the month's sums."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.tally.cubes import Place, sums
from disrupt.hotline.tally.facts import COLUMNS, Key, day_of
from disrupt.hotline.tally.models import Daily, Fresh, Monthly, Turn

AT_ONCE = 5000


def take_turn() -> None:
    """Wait for whoever adds up now. To be called within the transaction that adds up."""
    Turn.objects.get_or_create(pk=1)
    Turn.objects.select_for_update().get(pk=1)


def due() -> Iterator[str]:
    """Whether a day is over whose facts are not added up."""
    if Fresh.objects.filter(day__lt=day_of(clock.now())).exists():
        yield "figures"


@transaction.atomic
def fold() -> int:
    """Add up some facts of days that are over; how many. Safe to run twice, and in two workers."""
    take_turn()
    rows = list(Fresh.objects.filter(day__lt=day_of(clock.now())).order_by("day", "pk")[:AT_ONCE])
    counted: Counter[Key] = Counter()
    for row in rows:
        counted[key_of(row)] += row.n
    write(Daily, counted)
    add(sums(counted.items()))
    Fresh.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def key_of(row: Any) -> Key:
    """What a row says."""
    return Key(**{name: getattr(row, name) for name in COLUMNS})


def write(model: Any, counted: Mapping[Key, int]) -> None:
    """Daily rows of these; what adds up to nothing has none."""
    made = [model(**asdict(key), n=counted[key]) for key in sorted(counted, key=lambda k: k.order)]
    model.objects.bulk_create([row for row in made if row.n], batch_size=500)


def add(found: Mapping[Place, int], model: Any = Monthly) -> None:
    """Add these to the sums of their months."""
    known = {place_of(row): row for row in _those_of(model, found)}
    for place, row in known.items():
        row.n += found.get(place, 0)
    model.objects.bulk_update([known[place] for place in found if place in known], ["n"], batch_size=500)
    new = [model(**place._asdict(), n=n) for place, n in sorted(found.items()) if place not in known]
    model.objects.bulk_create(new, batch_size=500)


def _those_of(model: Any, found: Iterable[Place]) -> Iterator[Any]:
    for month, kind, cube in sorted({(p.month, p.kind, p.cube) for p in found}):
        yield from model.objects.filter(month=month, kind=kind, cube=cube)


def place_of(row: Any) -> Place:
    """Where a sum stands."""
    return Place(row.month, row.kind, row.cube, row.a, row.b, row.c)


def sum_up_anew(month: dt.date, daily: Any = Daily, monthly: Any = Monthly) -> None:
    """Make a month's sums from its daily rows. In a transaction that has the turn."""
    monthly.objects.filter(month=month).delete()
    rows = daily.objects.filter(day__gte=month, day__lt=following(month)).iterator(chunk_size=2000)
    add(sums((key_of(row), row.n) for row in rows), monthly)


def following(month: dt.date) -> dt.date:
    """The first day of the next month."""
    return (month + dt.timedelta(days=32)).replace(day=1)
