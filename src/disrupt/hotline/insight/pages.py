"""The console's pages of figures over time."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from disrupt.hotline.common import clock, numerals
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.insight import comparing, reading
from disrupt.hotline.insight.files import LANGUAGES
from disrupt.hotline.insight.overtime import overtime
from disrupt.hotline.insight.periods import BadPeriod, Period, period
from disrupt.hotline.tally.facts import day_of

ALL, LATEST = "all", "latest"


@require_GET
@requires(may.FIGURES_READ)
def over_time(request: HttpRequest) -> HttpResponse:
    """A period at a glance: the last twelve months, all there is, or one that is named."""
    today = day_of(clock.now())
    asked = request.GET.get("period", LATEST)
    during = _period(asked, today)
    first = reading.first_month() or today
    context = {
        "during": during,
        "choices": [
            (LATEST, _("the last twelve months")),
            (ALL, _("since the beginning")),
            *((str(year), str(year)) for year in range(today.year, first.year - 1, -1)),
        ],
        "figures": overtime(during, today),
    }
    return render(request, "insight/time.html", context)


@require_GET
@requires(may.FIGURES_READ)
def years(request: HttpRequest) -> HttpResponse:
    """A year against the year before, with the text for a press release in both languages."""
    today = day_of(clock.now())
    first = (reading.first_month() or today).year
    asked = numerals.number_after("", request.GET.get("year", "")) or today.year
    number = asked if first <= asked <= today.year else today.year
    now, before = comparing.in_year(number, today), comparing.in_year(number - 1, today)
    context = {
        "year": number,
        "years": range(today.year, first - 1, -1),
        "over": number < today.year,
        "table": comparing.table(now, before),
        "texts": [(language, comparing.press(now, before, language)) for language in LANGUAGES],
    }
    return render(request, "insight/years.html", context)


def _period(asked: str, today: dt.date) -> Period:
    """The period that was asked for; the last twelve months for anything that is none."""
    month = today.replace(day=1)
    if asked == ALL:
        return Period(ALL, min(reading.first_month() or month, month), month)
    try:
        return period(asked)
    except BadPeriod:
        return Period(LATEST, _eleven_before(month), month)


def _eleven_before(month: dt.date) -> dt.date:
    return month.replace(month=1) if month.month == 12 else dt.date(month.year - 1, month.month + 1, 1)
