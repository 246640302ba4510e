"""Words for the pages of what is in force: the kind of a change, and the days of a category."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.review.changing.words import KINDS

register = template.Library()


@register.filter
def kind_name(kind: str) -> str:
    """What was changed, in words."""
    return str(KINDS[Kind(kind)])


@register.filter
def days_of(dated: Mapping[str, Any], code: str) -> str:
    """From when until when a category can be chosen."""
    said = dated.get(code, {})
    since, until = (
        date_format(dt.date.fromisoformat(said[name]), "j N Y") if said.get(name) else ""
        for name in ("since", "until")
    )
    if since and until:
        return _("from %(since)s until %(until)s") % {"since": since, "until": until}
    if since or until:
        return _("from %(day)s") % {"day": since} if since else _("until %(day)s") % {"day": until}
    return _("always")
