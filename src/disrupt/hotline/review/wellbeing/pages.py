"""“I need to stop”: one press, no question, and nothing of it is written down."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.review.wellbeing import rest


@require_POST
@requires(may.ITEM_QUALIFY)
def stop(request: HttpRequest) -> HttpResponse:
    """Hand everything over."""
    rest.stop(request)
    return redirect("review:stopped")


@require_GET
@requires(may.ITEM_QUALIFY)
def stopped(request: HttpRequest) -> HttpResponse:
    """What is so now, and what one may do."""
    return render(request, "review/stopped.html")
