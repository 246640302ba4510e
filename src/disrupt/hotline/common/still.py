"""Middleware: while nothing is written, no press of a button is taken; pages can still be read.

STILL_VIEW says so in the shape of each process; it also answers for a view to which the database did not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponseBase
from django.utils.module_loading import import_string

from disrupt.hotline.common import switches

log = logging.getLogger(__name__)

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
RETRY_AFTER, RETRY_AFTER_AWAY = "600", "30"


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
        if request.method in _SAFE or name in _OPEN:
            return None
        try:
            stopped = switches.is_on(switches.Stop.WRITING)
        except Error:
            # The view finds out too, and may know better what to do: a report that was typed is kept.
            return None
        return _said(request, RETRY_AFTER) if stopped else None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The database did not answer, or took nothing: what was sent did not go through."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        match = request.resolver_match
        log.error("%s: the database failed: %s", match and match.view_name, type(exception).__name__)
        log.debug("the database failed", exc_info=exception)
        try:
            return _said(request, RETRY_AFTER_AWAY)
        except Error:  # the page itself needs it
            return None


def _said(request: HttpRequest, later: str) -> HttpResponseBase:
    answer: HttpResponseBase = import_string(settings.STILL_VIEW)(request)
    answer["Retry-After"] = later
    return answer
