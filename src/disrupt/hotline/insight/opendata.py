"""Open data: a file a month in which no single report shows, whatever else somebody knows.

Differentially private: every number of a fixed list of cells has noise of its own (noise.py), drawn once and
kept, because what is drawn anew could be averaged. A report, however many contents it has, is in one cell of
each of three tables at most, each with a third of the budget (docs/open-data.md).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction

from disrupt.hotline.cases.categories import schemes
from disrupt.hotline.common import clock
from disrupt.hotline.common.running.sweep import Duty
from disrupt.hotline.insight import noise, reading
from disrupt.hotline.insight.models import OpenMonth
from disrupt.hotline.insight.periods import Period
from disrupt.hotline.tally.facts import Kind, day_of
from disrupt.hotline.tally.folding import following
from disrupt.hotline.tally.models import Fresh

EPSILON = Fraction(1, 3)
"""Of each of the three tables: one in all for a report."""
COLUMNS = ("month", "table", "category", "person", "threat", "n")
Cell = tuple[str, str, str, str]


def cells() -> list[Cell]:
    """Table, category, person, threat: the same whatever was counted, so that an absent row says nothing."""
    codes = sorted({code for scheme in schemes() for code in scheme})
    return [
        *(
            ("reports", "", person, threat)
            for person in ("adult", "minor", "unsure")
            for threat in ("no", "yes")
        ),
        *(("decided", code, person, "") for code in codes for person in ("adult", "minor")),
        *(("notified", code, "", "") for code in codes),
    ]


def true_numbers(month: dt.date) -> Mapping[Cell, int]:
    """What was counted: never leaves this house."""
    during = Period("", month, month)
    found = dict.fromkeys(cells(), 0)

    def add(cell: Cell, n: int) -> None:
        if cell in found:
            found[cell] += n

    for (_none, person, threat), n in reading.sums(Kind.CASE, "category", during).items():
        add(("reports", "", person, "yes" if threat else "no"), n)
    for (code, person, outcome), n in reading.sums(Kind.FIRST, "category", during).items():
        add((outcome, code, person if outcome == "decided" else "", ""), n)
    return found


def due() -> Iterator[dt.date]:
    """Months that are over and added up, without their file."""
    first, this = reading.first_month(), day_of(clock.now()).replace(day=1)
    if first is None or OpenMonth.objects.count() >= (this.year - first.year) * 12 + this.month - first.month:
        return
    waiting = Fresh.objects.order_by("day").values_list("day", flat=True).first()
    yield from _without_file(min(this, waiting.replace(day=1)) if waiting else this)


def _without_file(before: dt.date) -> Iterator[dt.date]:
    """Months before the month of this day of which there is neither a file nor a mark."""
    month, made = reading.first_month(), set(OpenMonth.objects.values_list("month", flat=True))
    while month is not None and month < before.replace(day=1):
        if month not in made:
            yield month
        month = following(month)


def make(month: dt.date) -> None:
    """Draw the numbers of a month, once; idempotent."""
    rows = [[*cell, max(0, n + noise.discrete_laplace(EPSILON))] for cell, n in true_numbers(month).items()]
    try:
        with transaction.atomic():
            OpenMonth.objects.create(month=month, rows=rows, made_at=clock.now())
    except IntegrityError:
        return  # another worker was faster: its numbers are the ones


def withhold() -> int:
    """After a restore: of months that may have been published since the backup, no file is drawn anew.

    Two files of one month with noise of their own would tell more than one may. They stay empty; how many.
    """
    held = OpenMonth.objects.bulk_create(
        OpenMonth(month=month, rows=[], made_at=clock.now()) for month in _without_file(day_of(clock.now()))
    )
    return len(held)


def as_csv(found: OpenMonth) -> str:
    """The file of a month."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([f"{found.month:%Y-%m}", *row] for row in found.rows)
    return held.getvalue()


def dictionary() -> dict[str, Any]:
    """What each column means, and how the numbers were made."""
    codes = {code: scheme[code] for scheme in schemes() for code in scheme}
    return {
        "title": "Reports of intimate content shared without consent, by month",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "method": "discrete Laplace noise, then nothing below zero",
        "epsilon_a_table": float(EPSILON),
        "columns": {
            "month": "year and month, in the hotline's time zone",
            "table": "reports: that were sent; decided: reports, by the first decision on one of their "
            "contents; notified: reports, by the first content of which a host was told",
            "category": "code of the classification scheme; empty in the table of reports",
            "person": "reports: the age that was said; decided: as the analyst decided; else empty",
            "threat": "reports: whether the person said to be threatened; else empty",
            "n": "how many, with noise: too high or too low by about ten at times, and zero can be some",
        },
        "categories": {
            code: {"fr": one.name.fr, "en": one.name.en, "illegal": one.illegal}
            for code, one in codes.items()
        },
    }


DUTIES: tuple[Duty, ...] = (Duty("insight.open_data", due, make),)
