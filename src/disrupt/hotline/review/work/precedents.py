"""What was decided on similar things: the newest decisions of a category, with their reasoning."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.cases.models import Qualification
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.permissions import requires

SHOWN = 30


@require_GET
@requires(may.ITEM_QUALIFY)
def page(request: HttpRequest) -> HttpResponse:
    """The newest decisions in force, of one category; none before one is chosen. No picture is here."""
    scheme = scheme_at(clock.now())
    chosen = request.GET.get("category", "")
    found = Qualification.objects.filter(category=chosen, carried=False, undone_at=None)
    found = found.exclude(in_force_at=None).select_related("item__case").order_by("-at")
    shown = list(found[:SHOWN]) if chosen in scheme else []
    context = {"categories": list(scheme.values()), "chosen": chosen, "found": shown}
    return render(request, "review/precedents.html", context)
