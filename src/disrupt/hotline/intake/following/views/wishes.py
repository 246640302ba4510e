"""The page of steps that need the person: they ask for one, refuse it, or leave it open."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from disrupt.hotline.cases import mandates
from disrupt.hotline.cases.models import Case, Wish
from disrupt.hotline.intake.following.views.opened import with_case
from disrupt.hotline.intake.following.wishes import CHOICES, offered


@require_http_methods(["GET", "HEAD", "POST"])
@with_case
def wishes(request: HttpRequest, case: Case) -> HttpResponse:
    """Each step with what was said of it; on POST, what is said now."""
    steps = offered(case)
    if not steps:
        raise Http404
    if request.method == "POST":
        for step in steps:
            given = request.POST.get(step.what, step.wish)
            if given in Wish.values and given != step.wish:
                mandates.say(case, step.what, Wish(given))
        return redirect("intake:wishes")
    return render(request, "intake/following/wishes.html", {"steps": steps, "choices": CHOICES})
