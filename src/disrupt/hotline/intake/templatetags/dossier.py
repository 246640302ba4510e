"""Words for the page of everything held: moments and events of the journal, in the reader's language."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.functional import Promise
from django.utils.translation import get_language

from disrupt.hotline.intake.following.happened import JOURNAL, STEPS
from disrupt.hotline.intake.library.typography import spaced
from disrupt.hotline.intake.visit import days

register = template.Library()


@register.filter
def moment(iso: str) -> str:
    """A moment of the data in words, in the site's own time."""
    return days.moment_in_words(dt.datetime.fromisoformat(iso)) if iso else ""


@register.filter
def in_order(text: str) -> str:
    """A text of the law whose figures stay in their order between Arabic words too."""
    return spaced(text, get_language() or "")


@register.filter
def event_words(kind: str) -> str | Promise:
    """An event of the journal in words; its own code where there are none yet."""
    return JOURNAL.get(kind) or STEPS.get(kind) or kind
