"""The daily rows anew, from what still exists: says where they differ, and puts them right if asked to.

What an erasure or the end of a case's time took (language, site, age) is in no source any more: there the
rows that were counted know more, and a source only says how many there must be.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from disrupt.hotline.tally import folding
from disrupt.hotline.tally.cubes import sums
from disrupt.hotline.tally.facts import Fact, Key, Kind

GetModel = Callable[[str, str], Any]
Source = Callable[[GetModel, dt.datetime, dt.datetime], Iterator[Fact]]

# Of these the sources are erased in time: fewer than were counted is no difference.
_ERASED_IN_TIME = frozenset({Kind.FEEDBACK.value})
_LOST = frozenset({"language", "party", "tier", "way"})


@dataclass(frozen=True)
class Difference:
    """A day and a kind whose rows are not what the sources say: how many were counted, how many there are."""

    day: dt.date
    kind: str
    counted: int
    found: int


@dataclass
class _Group:
    """What was counted and what is found of one day and kind, alike in all that cannot be lost."""

    counted: Counter[Key]
    sure: Counter[Key]
    unsure: list[Fact]

    @property
    def found(self) -> int:
        return self.sure.total() + sum(one.n for one in self.unsure)

    @property
    def agrees(self) -> bool:
        missing = self.sure - self.counted
        if self._kind in _ERASED_IN_TIME:
            return not missing
        return not missing and self.counted.total() == self.found

    @property
    def _kind(self) -> str:
        return next(iter([*self.counted, *self.sure, *(one.key for one in self.unsure)])).kind

    def mended(self) -> Counter[Key]:
        """What is found; where that is not all of it, what was counted fills it up as far as it goes."""
        result = Counter(self.sure)
        left = list((self.counted - self.sure).elements())
        for one in self.unsure:
            for _ in range(one.n):
                result[left.pop() if left else one.key] += 1
        if self._kind in _ERASED_IN_TIME:
            result.update(left)
        return result


def months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The first days of all months from one day to another."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = folding.following(month)


@transaction.atomic
def month(
    get_model: GetModel,
    sources: Sequence[Source],
    first: dt.date,
    before: dt.date,
    *,
    mend: bool,
    kinds: Collection[str] = tuple(Kind),
) -> list[Difference]:
    """Compare the days of a month that are before a day; mend their rows if asked to."""
    daily, fresh = get_model("tally", "Daily"), get_model("tally", "Fresh")
    if mend:
        get_model("tally", "Turn").objects.get_or_create(pk=1)
        get_model("tally", "Turn").objects.select_for_update().get(pk=1)
    end = min(folding.following(first), before)
    if end <= first:
        return []
    counted = Counter({k: n for k, n in _counted(daily, fresh, first, end).items() if k.kind in kinds})
    groups = _groups(counted, (f for f in _found(get_model, sources, first, end) if f.key.kind in kinds))
    wrong = {(key.day, key.kind) for key, group in groups.items() if not group.agrees}
    differences = _differences(groups, wrong)
    if mend and wrong:
        for day, kind in wrong:
            daily.objects.filter(day=day, kind=kind).delete()
            fresh.objects.filter(day=day, kind=kind).delete()
        rows: Counter[Key] = Counter()
        for key, group in groups.items():
            if (key.day, key.kind) in wrong:
                rows.update(group.mended())
        folding.write(daily, rows)
        folding.sum_up_anew(first, daily, get_model("tally", "Monthly"))
    return differences


def _counted(daily: Any, fresh: Any, first: dt.date, end: dt.date) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for model in (daily, fresh):
        for row in model.objects.filter(day__gte=first, day__lt=end).iterator(chunk_size=2000):
            found[folding.key_of(row)] += row.n
    return found


def _found(get_model: GetModel, sources: Sequence[Source], first: dt.date, end: dt.date) -> Iterator[Fact]:
    for source in sources:
        yield from source(get_model, _midnight(first), _midnight(end))


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _groups(counted: Counter[Key], found: Iterator[Fact]) -> dict[Key, _Group]:
    groups: dict[Key, _Group] = defaultdict(lambda: _Group(Counter(), Counter(), []))
    for key, n in counted.items():
        if n:
            groups[_core(key)].counted[key] += n
    for one in found:
        group = groups[_core(one.key)]
        if one.unsure:
            group.unsure.append(one)
        else:
            group.sure[one.key] += one.n
    return groups


def _core(key: Key) -> Key:
    """A key without what may be lost."""
    lost = _LOST | ({"person"} if key.kind == Kind.RECEIVED else frozenset())
    return replace(key, **dict.fromkeys(lost, ""))  # type: ignore[arg-type]  # columns of text


def _differences(groups: dict[Key, _Group], wrong: set[tuple[dt.date, str]]) -> list[Difference]:
    totals: dict[tuple[dt.date, str], list[int]] = {place: [0, 0] for place in wrong}
    for key, group in groups.items():
        if (key.day, key.kind) in totals:
            totals[key.day, key.kind][0] += group.counted.total()
            totals[key.day, key.kind][1] += group.found
    return [Difference(day, kind, *totals[day, kind]) for day, kind in sorted(totals)]


def wrong_months(get_model: GetModel, *, mend: bool) -> list[dt.date]:
    """Months whose sums are not those of their daily rows; made anew if asked to."""
    daily, monthly = get_model("tally", "Daily"), get_model("tally", "Monthly")
    wrong = []
    for first in _months_of(daily, monthly):
        with transaction.atomic():
            rows = daily.objects.filter(day__gte=first, day__lt=folding.following(first))
            right = sums((folding.key_of(row), row.n) for row in rows.iterator(chunk_size=2000))
            there = Counter({folding.place_of(row): row.n for row in monthly.objects.filter(month=first)})
            if {k: n for k, n in right.items() if n} == {k: n for k, n in there.items() if n}:
                continue
            wrong.append(first)
            if mend:
                folding.sum_up_anew(first, daily, monthly)
    return wrong


def _months_of(daily: Any, monthly: Any) -> list[dt.date]:
    found = {day.replace(day=1) for day in daily.objects.order_by().values_list("day", flat=True).distinct()}
    return sorted(found | set(monthly.objects.order_by().values_list("month", flat=True).distinct()))
