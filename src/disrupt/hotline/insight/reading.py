"""Reading what was counted: sums over months along a few columns, with what is not added up yet."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Sum

from disrupt.hotline.insight.periods import Period
from disrupt.hotline.tally.cubes import CUBES
from disrupt.hotline.tally.facts import Kind
from disrupt.hotline.tally.models import Daily, Fresh, Monthly

Abc = tuple[str, str, str]


def sums(kind: Kind, cube: str, during: Period) -> Counter[Abc]:
    """How many there were in a period, by the columns of a cube (as text)."""
    found: Counter[Abc] = Counter()
    for each in series(kind, cube, during).values():
        found.update(each)
    return found


def series(kind: Kind, cube: str, during: Period) -> Mapping[dt.date, Counter[Abc]]:
    """The same for each month that has any."""
    found: dict[dt.date, Counter[Abc]] = defaultdict(Counter)
    rows = Monthly.objects.filter(kind=kind, cube=cube, month__gte=during.first, month__lte=during.last)
    for month, a, b, c, n in rows.values_list("month", "a", "b", "c", "n"):
        found[month][a, b, c] += n
    columns = CUBES[cube]
    fresh = Fresh.objects.filter(kind=kind, day__gte=during.first, day__lt=during.end).order_by()
    for row in fresh.values("day", *columns).annotate(n_=Sum("n")):
        values = ["" if row[name] is None else str(row[name]) for name in columns]
        a, b, c = (*values, "", "")[:3]
        found[row["day"].replace(day=1)][a, b, c] += row["n_"]
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
