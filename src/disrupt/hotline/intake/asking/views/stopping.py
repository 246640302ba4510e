"""Stopping before the end, the page for somebody else's content, and staying a little longer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disrupt.hotline.intake.asking import shelf
from disrupt.hotline.intake.receiving import bearer, handover
from disrupt.hotline.intake.visit import sessions


@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest) -> HttpResponse:
    """Ask, then destroy everything that was entered and received; nothing was sent."""
    if request.method != "POST":
        return render(request, "intake/asking/stop.html")
    shelf.destroy(request.session, files=True)
    sender = bearer.read(request)
    if sender is not None:
        handover.forget_sender(sender.owner)
    return redirect("intake:stopped")


@require_safe
def stopped(request: HttpRequest) -> HttpResponse:
    """What was entered is gone."""
    return render(request, "intake/asking/stopped.html")


@require_safe
def other(request: HttpRequest) -> HttpResponse:
    """Why only the person concerned can report it here, and what one can do for them."""
    return render(request, "intake/asking/other.html")


@csrf_exempt  # it can only lengthen a visit, and the cookie is sent by our own pages alone
@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """The person is still there: what is open stays open as long as if they had just come."""
    sessions.stay(request.session)
    return HttpResponse(status=204)
