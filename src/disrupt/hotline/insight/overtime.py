"""What happened over time: a few questions, each answered by a chart or a table, from monthly sums."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from disrupt.hotline.insight import reading
from disrupt.hotline.insight import wording as w
from disrupt.hotline.insight.charts import Chart, Series, bars
from disrupt.hotline.insight.content import HOST, began
from disrupt.hotline.insight.document import Table
from disrupt.hotline.insight.lasting import Began, Lasting, lasting
from disrupt.hotline.insight.periods import Period
from disrupt.hotline.insight.reading import Abc, along
from disrupt.hotline.tally.cubes import CUBES
from disrupt.hotline.tally.facts import Kind
from disrupt.hotline.tally.models import Monthly

ILLEGAL, BLOCKED = "illegal", "Blocked"
MOST_HOSTS = 15
# Of longer periods each year is one bar.
_MONTHS_SHOWN = 24
Series_ = Mapping[dt.date, Counter[Abc]]
Lasts = Mapping[str, Mapping[dt.date, Began]]


@dataclass(frozen=True)
class Overtime:
    """The page: charts, and tables for what no bar says better."""

    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    last_year: str


def overtime(during: Period, as_of: dt.date) -> Overtime:
    """A period at a glance. Hosts and times are those of its last twelve months."""
    received = reading.series(Kind.RECEIVED, "tier", during)
    decided = reading.series(Kind.DECIDED, "category", during)
    last = Period("", during.months[-12:][0], during.last)
    ways = reading.series(Kind.RECEIVED, "way", during)
    lasts = {what: began(what, during, ways) for what in ("decision", "notice", "action", "removal")}
    return Overtime(
        (
            _flow(during, received, decided),
            _by_category(decided),
            _by("way", during, _("Received, decided, found illegal, by way in"), _("Way"), w.WAYS),
            _by("language", during, _("Received, decided, found illegal, by language"), _("Language"), {}),
            _known(during, decided),
            _blocked(during),
            _a_day_later(during, lasts, as_of),
            _removed(during, lasts, as_of),
        ),
        (_hosts(last), _times(last, lasts, as_of), _halves(during, lasts, as_of)),
        f"{date_format(last.first, 'F Y')} – {date_format(last.last, 'F Y')}",
    )


def buckets(during: Period) -> list[tuple[str, list[dt.date]]]:
    """The months of a period, or its years where they are too many to draw."""
    months = during.months
    if len(months) <= _MONTHS_SHOWN:
        return [(f"{month:%m/%y}", [month]) for month in months]
    years: dict[str, list[dt.date]] = {}
    for month in months:
        years.setdefault(str(month.year), []).append(month)
    return list(years.items())


def _values(found: Series_, months: Sequence[tuple[str, list[dt.date]]], **only: set[str]) -> list[float]:
    place = {"b": 1, "c": 2}
    keep = {place[name]: values for name, values in only.items()}
    empty: Counter[Abc] = Counter()
    return [
        sum(along(found.get(month, empty), 0, keep).total() for month in group) for _name, group in months
    ]


def _flow(during: Period, received: Series_, decided: Series_) -> Chart:
    months = buckets(during)
    series = (
        Series(_("received"), _values(received, months)),
        Series(_("decided"), _values(decided, months)),
        Series(_("found illegal"), _values(decided, months, c={ILLEGAL})),
    )
    sums = [int(sum(one.values)) for one in series]
    said = _("%(received)s received, %(decided)s decided, %(illegal)s found illegal in the whole period.") % {
        "received": w.number(sums[0]),
        "decided": w.number(sums[1]),
        "illegal": w.number(sums[2]),
    }
    labels = [name for name, _months in months]
    return bars("flow", _("Received, decided, found illegal"), said, labels, series, first=_("Period"))


def _whole(found: Series_) -> Counter[Abc]:
    total: Counter[Abc] = Counter()
    for each in found.values():
        total.update(each)
    return total


def _by_category(decided: Series_) -> Chart:
    illegal = Counter({key: n for key, n in _whole(decided).items() if key[2] == ILLEGAL})
    codes = [code for code, _n in along(illegal, 0).most_common()]
    minors, adults = along(illegal, 0, {1: {"minor"}}), along(illegal, 0, {1: {"adult"}})
    series = (
        Series(w.word(w.PERSONS, "minor"), [minors[code] for code in codes]),
        Series(w.word(w.PERSONS, "adult"), [adults[code] for code in codes]),
    )
    return bars(
        "category",
        _("Found illegal, by category"),
        _("Most often: %(what)s.") % {"what": w.category(codes[0]) if codes else "—"},
        codes,
        series,
        first=_("Category"),
    )


def _by(cube: str, during: Period, title: str, first: str, words: w.Words) -> Chart:
    found = along(reading.sums(Kind.RECEIVED, cube, during), 0)
    sums = reading.sums(Kind.DECIDED, cube, during)
    decided, illegal = along(sums, 0), along(sums, 0, {CUBES[cube].index("outcome"): {ILLEGAL}})
    names = [name for name, _n in found.most_common(12)]
    series = (
        Series(_("received"), [found[name] for name in names]),
        Series(_("decided"), [decided[name] for name in names]),
        Series(_("found illegal"), [illegal[name] for name in names]),
    )
    total = max(1, found.total())
    said = ", ".join(f"{w.word(words, name)} {w.share(found[name] / total)}" for name in names[:3]) or "—"
    return bars(cube, title, said, [w.word(words, name) for name in names], series, first=first)


def _known(during: Period, decided: Series_) -> Chart:
    months = buckets(during)
    known = _values(reading.series(Kind.KNOWN, "tier", during), months)
    all_ = _values(decided, months)
    shares = [one / of if of else 0.0 for one, of in zip(known, all_, strict=True)]
    total = sum(known) / sum(all_) if sum(all_) else None
    return bars(
        "known",
        _("Found known before anyone looked"),
        _("Decided with the same thing in another place: %(share)s of all.") % {"share": w.share(total)},
        [name for name, _months in months],
        (Series(_("share"), shares),),
        first=_("Period"),
        per_cent=True,
    )


def _blocked(during: Period) -> Chart:
    months = buckets(during)
    values = _values(reading.series(Kind.FEEDBACK, "tier", during), months, c={BLOCKED})
    return bars(
        "blocked",
        _("Copies blocked at partners"),
        _("%(n)s in the whole period, as partners say.") % {"n": w.number(int(sum(values)))},
        [name for name, _months in months],
        (Series(_("blocked"), values),),
        first=_("Period"),
    )


def _hosts(last: Period) -> Table:
    """The sites of which most was received; the sums are made by the database, there are many sites."""
    rows = Monthly.objects.filter(
        kind=Kind.RECEIVED, cube="party", month__gte=last.first, month__lte=last.last
    ).exclude(a="")
    most = list(rows.values_list("a").annotate(total=Sum("n")).order_by("-total", "a")[:MOST_HOSTS])
    told = Monthly.objects.filter(
        kind=Kind.NOTIFIED, cube="party", c=HOST, month__gte=last.first, month__lte=last.last
    )
    notices = dict(told.filter(a__in=[site for site, _n in most]).values_list("a").annotate(total=Sum("n")))
    decided, illegal = _decided_on([site for site, _n in most], last)
    said = tuple(
        (w.host(site), *map(w.number, (n, decided[site], illegal[site], notices.get(site, 0))))
        for site, n in most
    )
    columns = (_("Site"), _("Contents"), _("Decided"), _("Found illegal"), _("Notices to its host"))
    return Table("hosts", _("Sites, by contents reported on them"), columns, said, numbers=9)


def _decided_on(sites: Sequence[str], last: Period) -> tuple[Counter[str], Counter[str]]:
    """How many contents of these sites were decided, and how many of them found illegal."""
    rows = Monthly.objects.filter(
        kind=Kind.DECIDED, cube="site", month__gte=last.first, month__lte=last.last, a__in=sites
    )
    decided: Counter[str] = Counter()
    illegal: Counter[str] = Counter()
    for site, outcome, n in rows.values_list("a", "b").annotate(total=Sum("n")):
        decided[site] += n
        illegal[site] += n if outcome == ILLEGAL else 0
    return decided, illegal


def _lasting(lasts: Lasts, what: str, months: Sequence[dt.date], as_of: dt.date) -> Lasting:
    return lasting({month: lasts[what][month] for month in months if month in lasts[what]}, as_of)


def _shares(
    during: Period, lasts: Lasts, as_of: dt.date, key: str, title: str, ends: Sequence[tuple[str, str, float]]
) -> Chart:
    """The share that had ended in time: for each end its name, what it is, and within how many hours."""
    said, series = [], []
    whats = {what for _name, what, _hours in ends}
    wholes = {what: _lasting(lasts, what, during.months, as_of) for what in whats}
    parts = {
        what: [_lasting(lasts, what, months, as_of) for _name, months in buckets(during)] for what in whats
    }
    for name, what, hours in ends:
        whole = wholes[what]
        said.append(f"{name} {w.share(whole.within(hours) if whole.n else None)}")
        series.append(Series(name, [one.within(hours) if one.n else 0.0 for one in parts[what]]))
    names = [name for name, _months in buckets(during)]
    return bars(key, title, ", ".join(said), names, series, first=_("Period"), per_cent=True)


def _a_day_later(during: Period, lasts: Lasts, as_of: dt.date) -> Chart:
    """What had happened a day after the report, by when it was reported."""
    ends = ((_("decided"), "decision", 24), (_("host told"), "notice", 24), (_("seen gone"), "removal", 24))
    return _shares(during, lasts, as_of, "day", _("Within 24 hours of the report"), ends)


def _removed(during: Period, lasts: Lasts, as_of: dt.date) -> Chart:
    ends = (
        (_("within 24 h"), "action", 24),
        (_("within 48 h"), "action", 48),
        (_("within 7 days"), "action", 168),
    )
    return _shares(during, lasts, as_of, "removed", _("Removed after the notice to the host"), ends)


def _halves(during: Period, lasts: Lasts, as_of: dt.date) -> Table:
    """The times within which half had ended, bar by bar."""
    rows = []
    for name, months in buckets(during):
        each = [_lasting(lasts, what, months, as_of) for what in ("decision", "notice", "action", "removal")]
        rows.append((name, *(w.hours(one.quantile(0.5)) if one.n else "—" for one in each)))
    columns = (
        _("Period"), _("Report to decision"), _("Report to notice"), _("Notice to removal"),
        _("Report to removal"),
    )  # fmt: skip
    return Table(
        "halves", _("Within which half had ended, by when it began"), columns, tuple(rows), numbers=9
    )


def _times(last: Period, lasts: Lasts, as_of: dt.date) -> Table:
    names = {
        "decision": _("From the report to the decision"),
        "notice": _("From the report to the host’s notice"),
        "action": _("From the notice to the removal"),
        "removal": _("From the report of an address to its removal"),
    }
    rows = []
    for key, name in names.items():
        found = _lasting(lasts, key, last.months, as_of)
        within = [w.share(found.within(hours) if found.n else None) for hours in (24, 48, 168)]
        half, most = (found.quantile(0.5), found.quantile(0.9)) if found.n else (None, None)
        rows.append((name, w.number(found.n), w.number(found.open), w.hours(half), w.hours(most), *within))
    columns = (
        "", _("Begun"), _("Not ended"), _("Half within"), _("Nine in ten within"), _("In 24 h"), _("In 48 h"),
        _("In 7 days"),
    )  # fmt: skip
    return Table("times", _("How long it took"), columns, tuple(rows), numbers=9)
