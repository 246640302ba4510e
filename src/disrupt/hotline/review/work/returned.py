"""What an analyst typed comes back when it could not be taken: signed out, or signed in anew since."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

_WRITTEN = ("reasoning", "text", "why")


def texts(request: HttpRequest) -> list[str]:
    """The words in a form that one of our own pages sent; another site's form is not given back."""
    if request.method != "POST":
        return []
    origin = urlsplit(request.headers.get("Origin", "")).netloc
    if origin != request.get_host():
        return []
    return [text for name in _WRITTEN for text in request.POST.getlist(name) if text.strip()]


def signed_out(request: HttpRequest) -> HttpResponse | None:
    """For somebody whose session ended while they wrote; None where nothing was written."""
    written = texts(request)
    if not written:
        return None
    return render(request, "review/returned.html", {"texts": written, "signed_out": True}, status=401)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was opened before the last sign-in: what it sent was not taken."""
    return render(request, "review/returned.html", {"texts": texts(request)}, status=403)
