"""A day and a time of day as people write them: in French, the first of a month is “1er”."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def in_words(moment: dt.date, form: str = "j F Y") -> str:
    """In the language of the page; a moment is told in the site's own time."""
    local = timezone.localtime(moment) if isinstance(moment, dt.datetime) else moment
    written = date_format(local, form)
    first = written.startswith("1 ") and (get_language() or "").startswith("fr")
    return f"1er{written[1:]}" if first else written


def time_in_words(moment: dt.datetime) -> str:
    """The time of day with its distance from UTC: on the night the clocks go back, 02:30 is two moments."""
    local = timezone.localtime(moment)
    minutes = round((local.utcoffset() or dt.timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    zone = f"UTC{sign}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"
    return f"{date_format(local, 'H:i', use_l10n=False)} ({zone})"


def moment_in_words(moment: dt.datetime) -> str:
    """A day and its time."""
    return f"{in_words(moment)}, {time_in_words(moment)}"
