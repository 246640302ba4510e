"""What an analyst did and was exposed to: for herself alone, compared with nobody, and nowhere to export."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from disrupt.hotline.cases.models import Qualification
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import Actor, analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.insight import wording as w
from disrupt.hotline.insight.charts import Series, bars
from disrupt.hotline.review.models import Look
from disrupt.hotline.tally.facts import day_of

DAYS = 14


@require_GET
@requires(may.FIGURES_READ)
def mine(request: HttpRequest) -> HttpResponse:
    """Two weeks of the person signed in; there is no address at which anybody else's could be read."""
    user = request.user.pk or 0
    today = day_of(clock.now())
    days = [today - dt.timedelta(days=back) for back in reversed(range(DAYS))]
    since = timezone.make_aware(dt.datetime.combine(days[0], dt.time()))
    looked, minutes = _looked(user, since)
    decided = _decided(analyst(user), since)
    labels = [date_format(day, "j N") for day in days]
    context = {
        "charts": [
            bars(
                "decided",
                _("What I decided"),
                _("%(n)s in two weeks.") % {"n": w.number(sum(decided.values()))},
                labels,
                (Series(_("decided"), [decided[day] for day in days]),),
                first=_("Day"),
            ),
            bars(
                "minutes",
                _("Minutes that I looked at content"),
                _("%(n)s looks, %(clear)s of them unblurred.")
                % {
                    "n": w.number(sum(n for n, _clear in looked.values())),
                    "clear": w.number(sum(clear for _n, clear in looked.values())),
                },
                labels,
                (Series(_("minutes"), [math.ceil(minutes[day] / 60) for day in days]),),
                first=_("Day"),
            ),
        ]
    }
    return render(request, "review/mine.html", context)


def _looked(user: int, since: dt.datetime) -> tuple[Mapping[dt.date, tuple[int, int]], Mapping[dt.date, int]]:
    looks: dict[dt.date, tuple[int, int]] = defaultdict(lambda: (0, 0))
    seconds: dict[dt.date, int] = defaultdict(int)
    rows = Look.objects.filter(user=user, at__gte=since).values_list("at", "clear", "seconds")
    for at, clear, lasted in rows:
        day = day_of(at)
        looks[day] = (looks[day][0] + 1, looks[day][1] + clear)
        seconds[day] += lasted or 0
    return looks, seconds


def _decided(actor: Actor, since: dt.datetime) -> Mapping[dt.date, int]:
    """What she decided by herself: what was carried over to the same thing elsewhere is no work."""
    found: dict[dt.date, int] = defaultdict(int)
    rows = Qualification.objects.filter(by=str(actor), at__gte=since, undone_at=None, carried=False)
    for at in rows.values_list("at", flat=True):
        found[day_of(at)] += 1
    return found
