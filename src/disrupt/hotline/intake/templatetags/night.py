"""The quiet hours, in the words of the page's language."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.formats import date_format
from django.utils.translation import pgettext

from disrupt.hotline.common import quiet

register = template.Library()


@register.simple_tag
def quiet_hours() -> dict[str, str] | None:
    """`begin` and `end` as people write them; None when there are none."""
    hours = quiet.hours()
    return {"begin": in_words(hours.begin), "end": in_words(hours.end)} if hours else None


def in_words(at: dt.time) -> str:
    """A time of day as people write it, e.g. 9 AM."""
    form = pgettext("time of day", "g A") if at.minute == 0 else pgettext("time of day", "g:i A")
    return date_format(dt.datetime.combine(dt.date.min, at), form, use_l10n=False)
