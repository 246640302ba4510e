"""What can be changed, in words: the settings with their values, and the kinds of rows."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disrupt.hotline.common.amending import dials
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.insight import wording as w
from disrupt.hotline.review.templatetags.review import age

SETTINGS = {
    "target_hours": gettext_lazy("Time in which somebody looks at P0, P1, P2, P3, in hours"),
    "undo_minutes": gettext_lazy("Time in which a decision can be undone, in minutes"),
    "claim_minutes": gettext_lazy("Time that a case stays with whoever works on it, in minutes"),
    "look_hours": gettext_lazy("Content is shown in these hours"),
    "second_sample": gettext_lazy("Decisions drawn by chance for a second opinion, in percent"),
    "second_first": gettext_lazy("First decisions of an analyst for a second opinion"),
    "second_wait_hours": gettext_lazy("Time that what is not urgent waits for a second opinion, in hours"),
}
HELP = {
    "target_hours": gettext_lazy("Four numbers, the most urgent first: 2, 24, 72, 168."),
    "undo_minutes": gettext_lazy("From 10 to 240."),
    "claim_minutes": gettext_lazy("From 5 to 120."),
    "look_hours": gettext_lazy("Days and hours, 1 is Monday: 1-5 8-19. Empty: at any hour."),
    "second_sample": gettext_lazy("From 0 to 100."),
    "second_first": gettext_lazy("From 0 to 1000."),
    "second_wait_hours": gettext_lazy("From 0 to 72."),
}
KINDS = {
    Kind.SETTING: gettext_lazy("Setting"),
    Kind.CATEGORY: gettext_lazy("Category"),
    Kind.OWN_CATEGORY: gettext_lazy("Category of your own"),
    Kind.HOST: gettext_lazy("Recipient of notices"),
    Kind.PLATFORM: gettext_lazy("Very large platform"),
    Kind.LETTER: gettext_lazy("Beginning of a message"),
    Kind.WORDS: gettext_lazy("Words of notices"),
}


def spoken(name: str, text: str) -> str:
    """A value of a setting as a page says it."""
    value = dials.DIALS[name].read(text) if name in {"target_hours"} else None
    if value is not None:
        return ", ".join(age(one) for one in value)
    match name:
        case "undo_minutes" | "claim_minutes":
            return age(dt.timedelta(minutes=float(text)))
        case "second_wait_hours":
            return age(dt.timedelta(hours=float(text)))
        case "look_hours":
            return text or _("at any hour")
        case "second_sample":
            return f"{text} %"
        case _:
            return w.number(int(text))
