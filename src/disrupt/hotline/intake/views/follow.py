"""The follow-up by the code: what happens, taking back, deleting. No address ever names a case."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disrupt.hotline.cases import services as cases
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common.codes import MalformedCode
from disrupt.hotline.intake import queries, sessions

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def _with_case(view: Callable[Concatenate[HttpRequest, Case, P], HttpResponse]) -> View[P]:
    """Give the view the case that is open in this browser; without one, ask for the code."""

    @wraps(view)
    def wrapped(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            case = sessions.opened(request.session)
        except sessions.NothingOpen:
            return redirect("intake:follow")
        return view(request, case, *args, **kwargs)

    return wrapped


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for the code. A wrong one takes as long as a right one, and erased is answered as unknown."""
    if request.method != "POST":
        return render(request, "intake/follow.html")
    typed = request.POST.get("code", "")[:200]
    try:
        case = cases.find_case(typed)
    except MalformedCode:
        problem = _("A code has 20 letters and digits, in five groups of four. Please check what you typed.")
    except cases.UnknownCode:
        problem = _(
            "No report answers to this code. Please check it: it may be mistyped, or the report was deleted."
        )
    else:
        sessions.open_case(request.session, case)
        return redirect("intake:status")
    return render(request, "intake/follow.html", {"typed": typed, "problem": problem}, status=422)


@require_safe
@_with_case
def status(request: HttpRequest, case: Case) -> HttpResponse:
    """Every item of the open case, with its dates."""
    items = queries.followed(case, _language())
    context = {
        "case": case,
        "items": items,
        "all_withdrawn": all(item.withdrawn for item in items),
        "notice": sessions.take_notice(request.session),
        "keep_days": settings.KEEP_PERSONAL_DATA.days,
    }
    return render(request, "intake/status.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_with_case
def withdraw_item(request: HttpRequest, case: Case, number: int) -> HttpResponse:
    """Take one item back, after asking."""
    item = queries.one(case, number, _language())
    if item is None:
        raise Http404
    if request.method == "POST":
        cases.withdraw_item(case.items.get(position=number))
        sessions.leave_notice(request.session, "withdrawn")
        return redirect("intake:status")
    return render(request, "intake/confirm.html", {"what": "item", "item": item})


@require_http_methods(["GET", "HEAD", "POST"])
@_with_case
def withdraw_all(request: HttpRequest, case: Case) -> HttpResponse:
    """Take every item back, after asking."""
    if request.method == "POST":
        cases.withdraw_case(case)
        sessions.leave_notice(request.session, "withdrawn_all")
        return redirect("intake:status")
    return render(request, "intake/confirm.html", {"what": "all"})


@require_http_methods(["GET", "HEAD", "POST"])
@_with_case
def erase(request: HttpRequest, case: Case) -> HttpResponse:
    """Delete everything now, after asking."""
    if request.method == "POST":
        cases.erase_case(case)
        sessions.close(request.session)
        return redirect("intake:gone")
    return render(request, "intake/confirm.html", {"what": "erase"})


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close the case in this browser."""
    sessions.close(request.session)
    return redirect("intake:home")


def _language() -> str:
    return get_language() or str(settings.LANGUAGE_CODE)
