"""The page of what is in force: settings, categories with dates, recipients of notices, large platforms.

It shows; what is shown is changed in data files and settings, by an operator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from disrupt.hotline.cases.categories import scheme_at, schemes
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.insight import wording as w
from disrupt.hotline.review.templatetags.review import age
from disrupt.hotline.takedown.recipients import BadRegistry, registry
from disrupt.hotline.tally.platforms import designated


@dataclass(frozen=True)
class Setting:
    """A setting in words, its value here, and the variable that changes it."""

    what: str
    value: str
    variable: str


@require_GET
@requires(may.AUDIT_READ)
def page(request: HttpRequest) -> HttpResponse:
    """All of it, read from where it is used."""
    now = clock.now()
    context: dict[str, Any] = {
        "settings": _settings(),
        "scheme": scheme_at(now),
        "versions": schemes(),
        "today": now.date(),
        "large": designated(),
        "sites": sorted(designated().sites),
        "own": settings.RECIPIENTS_FILE is not None,
    }
    try:
        context["registry"] = registry()
    except BadRegistry as error:
        context["broken"] = str(error)
    return render(request, "review/in_force.html", context)


def _settings() -> list[Setting]:
    found = [
        Setting(_("A decision can be undone for"), age(settings.UNDO_WAIT), "DISRUPT_UNDO_MINUTES"),
        Setting(
            _("A case stays with whoever works on it for"), age(settings.CLAIM_TIME), "DISRUPT_CLAIM_MINUTES"
        ),
        Setting(
            _("Content is shown in these hours"),
            settings.LOOK_HOURS or _("at any hour"),
            "DISRUPT_LOOK_HOURS",
        ),
        Setting(
            _("Decisions drawn by chance for a second opinion"),
            f"{settings.SECOND_SAMPLE:g} %",
            "DISRUPT_SECOND_SAMPLE_PERCENT",
        ),
        Setting(
            _("First decisions of an analyst for a second opinion"),
            w.number(settings.SECOND_FIRST),
            "DISRUPT_SECOND_FIRST",
        ),
    ]
    targets = [
        Setting(_("Somebody has looked at P%(n)s within") % {"n": n}, age(target), "DISRUPT_TARGET_HOURS")
        for n, target in enumerate(settings.TARGETS)
    ]
    return targets + found
