"""The first page, the way out, the last page, and what is shown when something went wrong."""

from __future__ import annotations

import contextlib

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from disrupt.hotline.intake.receiving import bearer
from disrupt.hotline.intake.visit import sessions


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, what you can do, what will happen."""
    return render(request, "intake/visit/home.html")


@csrf_exempt  # it changes nothing but this browser's own memory of us, and must never fail
def leave(request: HttpRequest) -> HttpResponse:
    """Forget the visit in this browser, and go to a neutral site. The history stays."""
    # The script leaves by itself and only wants us to be forgotten; without it, the link comes here.
    response: HttpResponse
    response = (
        HttpResponse(status=204) if request.method == "POST" else HttpResponseRedirect(settings.EXIT_URL)
    )
    # What was sent and in no report yet could never be reached again.
    with contextlib.suppress(DatabaseError):
        bearer.forget_uploads(request, "", sessions.case_in_hand(request.session))
        sessions.end(request.session)
    bearer.forget(response)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def gone(request: HttpRequest) -> HttpResponse:
    """Everything was deleted, or the case was closed in this browser."""
    return render(request, "intake/visit/gone.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "intake/visit/problem.html", {"kind": "not_found"}, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "intake/visit/problem.html", {"kind": "bad_request"}, status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "intake/visit/problem.html", {"kind": "server_error"}, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "intake/visit/problem.html", {"kind": "csrf"}, status=403)


def still(request: HttpRequest) -> HttpResponse:
    """Nothing is taken just now (common/still.py)."""
    return render(request, "intake/visit/problem.html", {"kind": "still"}, status=503)
