"""Times as the pages of notices print them: with their zone, because one hour of October is two."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()


@register.filter
def moment(value: dt.datetime | None) -> str:
    """A time where the hotline is, and which of two it is; "" for none."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{date_format(local, 'SHORT_DATETIME_FORMAT')} {local:%Z}"
