"""What the pages behind the code share: the case that is open in this browser, and the language."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language

from disrupt.hotline.cases.finding import Unlocked
from disrupt.hotline.cases.locking import CaseErased, KeyReplaced
from disrupt.hotline.cases.models import Case
from disrupt.hotline.intake.visit import sessions
from disrupt.hotline.intake.visit.lines import speaks_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def with_case(view: Callable[Concatenate[HttpRequest, Case, P], HttpResponse]) -> View[P]:
    """Give the view the case that is open in this browser; without one, ask for the code."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            case = sessions.opened(request.session)
        except sessions.NothingOpen:
            return redirect("intake:follow")
        speaks_of(request, case)
        return _unless_erased(request, lambda: view(request, case, *args, **kwargs))

    return wrapped


def with_key(view: Callable[Concatenate[HttpRequest, Unlocked, P], HttpResponse]) -> View[P]:
    """Give the view the open case and its private key; without both, ask for the code."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            unlocked = Unlocked(sessions.opened(request.session), sessions.private_key(request.session))
        except sessions.NothingOpen:
            return redirect("intake:follow")
        speaks_of(request, unlocked.case)
        return _unless_erased(request, lambda: view(request, unlocked, *args, **kwargs))

    return wrapped


def _unless_erased(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """What the view answers; where the case was deleted meanwhile, in another browser, that it is gone.

    Where the code was given there, and the case got another key, it is asked for here too.
    """
    try:
        return view()
    except KeyReplaced:
        sessions.close(request.session)
        return redirect("intake:follow")
    except CaseErased:
        sessions.close(request.session)
        return redirect("intake:gone")


def language() -> str:
    """The language of this page."""
    return get_language() or str(settings.LANGUAGE_CODE)
