"""A day as people write it: in French, the first of a month is “1er”."""

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
