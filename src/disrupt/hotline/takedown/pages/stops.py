"""The analysts' page of stops: what is stopped now, stopping, lifting."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.takedown.models import Halt
from disrupt.hotline.takedown.pages.forms import StopForm
from disrupt.hotline.takedown.planning import halts


@require_http_methods(["GET", "POST"])
@requires(may.NOTICE_READ)
def stops(request: HttpRequest) -> HttpResponse:
    """What is stopped; whoever may act on notices can stop, at once."""
    form = StopForm(request.POST or None)
    if request.method == "POST":
        if not may.allowed(request.user, may.NOTICE_MANAGE):
            raise PermissionDenied(may.NOTICE_MANAGE)
        if form.is_valid():
            halts.stop(form.cleaned_data["site"], analyst(request.user.pk or 0), form.cleaned_data["reason"])
            return redirect("takedown:stops")
    context = {
        "now": halts.in_force(),
        "before": Halt.objects.exclude(lifted_at=None)[:20],
        "form": form,
        "may_manage": may.allowed(request.user, may.NOTICE_MANAGE),
        "may_lift": may.allowed(request.user, may.RECIPIENT_MANAGE),
    }
    return render(request, "takedown/stops.html", context, status=422 if form.errors else 200)


@require_POST
@requires(may.NOTICE_MANAGE)
def lift(request: HttpRequest, halt_id: int) -> HttpResponse:
    """Let it go; the stop of everything is lifted by a lead only."""
    halt = get_object_or_404(Halt, pk=halt_id)
    if not halt.site and not may.allowed(request.user, may.RECIPIENT_MANAGE):
        raise PermissionDenied(may.RECIPIENT_MANAGE)
    halts.lift(halt, analyst(request.user.pk or 0))
    return redirect("takedown:stops")
