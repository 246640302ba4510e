"""Adding fingerprints that are made on the person's own device to a case, behind the code."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from disrupt.hotline.cases import adding
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common import numerals
from disrupt.hotline.intake.asking import declared
from disrupt.hotline.intake.asking.declared import Declared
from disrupt.hotline.intake.following import queries
from disrupt.hotline.intake.following.views.opened import with_case
from disrupt.hotline.intake.visit import sessions
from disrupt.hotline.intake.visit.policy import DEVICE_POLICY


@require_http_methods(["GET", "HEAD", "POST"])
@with_case
def device(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the page that makes fingerprints; on POST add them. It keeps none on our side meanwhile."""
    if request.method != "POST":
        return _page(request, ())
    kept: tuple[Declared, ...] = ()
    data, problem = request.POST, ""
    action = data.get("action", "continue")
    try:
        # What was made before the page was shown again comes back in it: nothing waits anywhere else.
        kept = declared.read(data.get("kept", ""), settings.MAX_FILES)
        fresh = declared.read(data.get("prints", ""), settings.MAX_FILES)
        kept = declared.together((*kept, *fresh), settings.MAX_FILES)
    except declared.NotFingerprints:
        problem = _("The fingerprints did not arrive whole. Please choose the photo or video again.")
    if (number := numerals.number_after("remove-", action)) is not None:
        kept = kept[: number - 1] + kept[number:] if 1 <= number <= len(kept) else kept
    if action != "continue":
        return _page(request, kept, problem)
    if not kept or problem:
        return _page(request, kept, problem or _("There is no fingerprint yet. Choose a photo or video."))
    known = {
        one["sha256"]
        for one in case.items.filter(kind=ItemKind.DECLARED)
        .exclude(state=ItemState.WITHDRAWN)
        .values_list("declared", flat=True)
        if one
    }
    fresh = tuple(one for one in kept if one["sha256"] not in known)
    if len(fresh) > queries.room(case):
        return _page(request, kept, _("Your report is full: make a new report for this."))
    if fresh:
        adding.add_items(case, declared=fresh)
    sessions.leave_notice(request.session, "added_prints" if fresh else "known_prints")
    return redirect("intake:status")


def _page(request: HttpRequest, kept: tuple[Declared, ...], problem: str = "") -> HttpResponse:
    context = {
        "report": {"declared": kept},
        "kept": json.dumps([dict(one) for one in kept], separators=(",", ":")) if kept else "",
        "checked": bool(problem),
        "wrong": [problem] if problem else [],
        "most_files": settings.MAX_FILES,
    }
    response = render(request, "intake/following/add_device.html", context, status=422 if problem else 200)
    response["Content-Security-Policy"] = DEVICE_POLICY
    return response
