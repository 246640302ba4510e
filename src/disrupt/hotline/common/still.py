"""Middleware: while nothing is written, no press of a button is taken; pages can still be read.

STILL_VIEW says so in the shape of each process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

from disrupt.hotline.common import switches

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Signing in and out, the switches themselves, leaving the portal, and look-ups, which write nothing.
_OPEN = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_authenticate",
        "set_language",
        "review:switches",
        "review:begin-anew",
        "intake:leave",
        "exchange:match",
    }
)
RETRY_AFTER = "600"


class Still:
    """Answers in the place of a view, but for those that are open all the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        if request.method in _SAFE or name in _OPEN or not switches.is_on(switches.Stop.WRITING):
            return None
        answer: HttpResponseBase = import_string(settings.STILL_VIEW)(request)
        answer["Retry-After"] = RETRY_AFTER
        return answer
