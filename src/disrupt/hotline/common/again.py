"""A page whose transaction was given up, because two waited for each other, is asked once more by itself.

PostgreSQL ends such a circle by refusing one of the two: nothing of it was written, and whoever pressed has
done nothing wrong. Locks are taken in one order (cases/locking.py), so that this is rare; SQLite has one
writer at a time and no circles.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponseBase

log = logging.getLogger(__name__)

TIMES = 3
# Deadlock detected; could not serialise (PostgreSQL's numbers of errors).
_GIVEN_UP = frozenset({"40P01", "40001"})


def given_up(error: Exception) -> bool:
    """Whether the database refused a transaction that may simply be tried again."""
    return isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") in _GIVEN_UP


class Again:
    """Middleware: asks the view again; what has come with files cannot be read twice, and is not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        match = request.resolver_match
        if match is None or request.content_type == "multipart/form-data":
            return None
        for _ in range(TIMES):
            if not given_up(exception):
                break
            log.warning("%s: two transactions waited for each other; tried again", match.view_name)
            try:
                answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
            except OperationalError as error:
                exception = error
            else:
                return answer
        return None
