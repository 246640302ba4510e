"""Reading what was counted: sums over months along a few columns, with what is not added up yet."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping

from django.db.models import QuerySet, Sum

from disrupt.hotline.insight.periods import Period
from disrupt.hotline.tally.cubes import CUBES
from disrupt.hotline.tally.facts import Kind
from disrupt.hotline.tally.models import Daily, Fresh, Monthly

Abc = tuple[str, str, str]


def sums(kind: Kind, cube: str, during: Period) -> Counter[Abc]:
    """How many there were in a period, by the columns of a cube (as text), added up by the database."""
    found: Counter[Abc] = Counter()
    for a, b, c, n in _months(kind, cube, during).values_list("a", "b", "c").annotate(n_=Sum("n")):
        found[a, b, c] += n
    for _day, key, n in _fresh(kind, cube, during):
        found[key] += n
    return found


def series(kind: Kind, cube: str, during: Period) -> Mapping[dt.date, Counter[Abc]]:
    """The same for each month that has any."""
    found: dict[dt.date, Counter[Abc]] = defaultdict(Counter)
    for month, a, b, c, n in _months(kind, cube, during).values_list("month", "a", "b", "c", "n"):
        found[month][a, b, c] += n
    for day, key, n in _fresh(kind, cube, during):
        found[day.replace(day=1)][key] += n
    return found


def _months(kind: Kind, cube: str, during: Period) -> QuerySet[Monthly]:
    return Monthly.objects.filter(kind=kind, cube=cube, month__gte=during.first, month__lte=during.last)


def _fresh(kind: Kind, cube: str, during: Period) -> Iterator[tuple[dt.date, Abc, int]]:
    """What is not added up yet, by its day and the columns of a cube."""
    columns = CUBES[cube]
    rows = Fresh.objects.filter(kind=kind, day__gte=during.first, day__lt=during.end).order_by()
    for row in rows.values("day", *columns).annotate(n_=Sum("n")):
        values = ["" if row[name] is None else str(row[name]) for name in columns]
        a, b, c = (*values, "", "")[:3]
        yield row["day"], (a, b, c), row["n_"]


def ended(kind: Kind, first: dt.date, only: Collection[str] | None) -> Counter[tuple[str, str]]:
    """What ended from a month on, with these outcomes or any: by the step of its time, and when it began."""
    found: Counter[tuple[str, str]] = Counter()
    months = Monthly.objects.filter(kind=kind, cube="hours", month__gte=first)
    fresh = Fresh.objects.filter(kind=kind, day__gte=first).order_by()
    if only is not None:
        months, fresh = months.filter(c__in=only), fresh.filter(outcome__in=only)
    for step, since, n in months.values_list("a", "b").annotate(n_=Sum("n")):
        found[step, since] += n
    for step, since, n in fresh.values_list("hours", "since").annotate(n_=Sum("n")):
        found[str(step), since.isoformat() if since else ""] += n
    return found


def along(found: Counter[Abc], place: int, only: Mapping[int, Collection[str]] | None = None) -> Counter[str]:
    """One column of a cube, summed over the others; `only` keeps rows whose columns have these values."""
    result: Counter[str] = Counter()
    for key, n in found.items():
        if all(key[column] in values for column, values in (only or {}).items()):
            result[key[place]] += n
    return result


def first_month() -> dt.date | None:
    """The first month in which something was received."""
    came = Monthly.objects.filter(kind=Kind.RECEIVED, cube="way").order_by("month")
    month = came.values_list("month", flat=True).first()
    day = Fresh.objects.filter(kind=Kind.RECEIVED).order_by("day").values_list("day", flat=True).first()
    known = [month, day.replace(day=1) if day else None]
    return min((one for one in known if one), default=None)


def acted_upon(during: Period) -> Counter[Abc]:
    """What hosts did upon notices sent in a period, whenever they did it: by site, category and action."""
    found: Counter[Abc] = Counter()
    for model in (Daily, Fresh):
        rows = model.objects.filter(kind=Kind.ACTION, since__gte=during.first, since__lte=during.last)
        for a, b, c, n in rows.order_by().values_list("party", "category", "outcome").annotate(n_=Sum("n")):
            found[a, b, c] += n
    return Counter({key: n for key, n in found.items() if n})
