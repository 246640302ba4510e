"""The page of what is in force: settings, categories with dates, recipients, large platforms, beginnings.

It shows them as they are used, with what a page changed; `review/changing` changes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from disrupt.hotline.cases import own_categories
from disrupt.hotline.cases.categories import days, scheme_at, schemes
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.amending import amendments, dials
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.common.models import Amendment
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.review.changing.words import SETTINGS, spoken
from disrupt.hotline.review.messages import letters
from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.notices import own_words
from disrupt.hotline.takedown.recipients import BadRegistry, registry
from disrupt.hotline.tally.platforms import designated


@dataclass(frozen=True)
class Setting:
    """A setting in words, its value here, and the variable that it begins as."""

    name: str
    what: str
    value: str
    variable: str


@require_GET
@requires(may.AUDIT_READ)
def page(request: HttpRequest) -> HttpResponse:
    """All of it, read from where it is used."""
    now = clock.now()
    context: dict[str, Any] = {
        "settings": [
            Setting(name, str(what), spoken(name, dials.text_of(name)), dials.DIALS[name].variable)
            for name, what in SETTINGS.items()
        ],
        "scheme": scheme_at(now),
        "dated": days(),
        "made": own_categories.rows(),
        "words": _words(),
        "versions": schemes(),
        "today": now.date(),
        "large": designated(),
        "sites": sorted(designated().sites),
        "own": settings.RECIPIENTS_FILE is not None,
        "beginnings": letters.beginnings(),
        "changed": _changed(),
    }
    try:
        context["registry"] = registry()
    except BadRegistry as error:
        context["broken"] = str(error)
    return render(request, "review/in_force.html", context)


def _words() -> list[tuple[str, bool]]:
    """Where notices say something, and whether a page changed it."""
    changed = amendments.of(Kind.WORDS)
    words = packaged.languages_of(packaged.latest_words())["en"]
    return [(path, path in changed) for path, _lines in own_words.paths(words)]


def _changed() -> list[Amendment]:
    """What a page changed, the newest first."""
    return list(Amendment.objects.order_by("-at", "-pk"))
