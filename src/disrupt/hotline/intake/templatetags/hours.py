"""When somebody is there, in the words of the page's language: the hotline's people, and a help line's."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from disrupt.hotline.common import clock, opening
from disrupt.hotline.common.opening import OpeningHours
from disrupt.hotline.intake.templatetags.night import in_words
from disrupt.hotline.intake.visit import days
from disrupt.hotline.intake.visit.lines import Line

register = template.Library()


@register.simple_tag
def team_hours() -> dict[str, object]:
    """`said`: whether the operator says when people read; `there`: now; `until` or `back` in words."""
    hours = opening.team()
    if hours is None:
        return {"said": False}
    there = hours.hold(clock.now())
    return {"said": True, "there": there, "until": in_words(hours.end), "back": _back(hours)}


@register.filter
def day(moment: dt.datetime | None) -> str:
    """A day in words."""
    return days.in_words(moment) if moment else ""


@register.filter
def hour(moment: dt.datetime) -> str:
    """A time of day and its zone in words."""
    return days.time_in_words(moment)


@register.filter
def reopens(line: Line) -> str:
    """When a line that is closed answers again, e.g. “at 9 AM”; "" while it is open."""
    return _back(line.hours) if line.hours is not None and line.closed else ""


def _back(hours: OpeningHours) -> str:
    now = clock.now().astimezone(hours.zone)
    back = hours.back_at(now)
    at = in_words(back.time())
    if back.date() - now.date() <= dt.timedelta(days=1) and back - now < dt.timedelta(hours=18):
        return _("at %(time)s") % {"time": at}
    return _("on %(day)s at %(time)s") % {"day": date_format(back, "l"), "time": at}
