"""The case code: shown until the person says that they saved it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from disrupt.hotline.cases.states import ItemKind
from disrupt.hotline.intake.visit import sessions
from disrupt.hotline.intake.visit.lines import speaks_of


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Show the code; on POST forget it, if it was saved or the person insists."""
    try:
        shown = sessions.shown_code(request.session)
    except sessions.NothingOpen:
        return redirect("intake:follow")
    warned = request.method == "POST"
    if warned and (request.POST.get("saved") or request.POST.get("action") == "anyway"):
        sessions.code_saved(request.session)
        return redirect("intake:status")
    case = sessions.new_case(request.session)
    speaks_of(request, case)
    kinds = set(case.items.values_list("kind", flat=True))
    context = {
        "code": shown,
        "groups": shown.split("-"),
        "warned": warned,
        "case": case,
        "kinds": kinds,
        "by_file": bool(kinds & {ItemKind.FILE, ItemKind.DECLARED}) and not case.threat,
    }
    return render(request, "intake/asking/code.html", context)


@require_safe
def code_file(request: HttpRequest) -> HttpResponse:
    """The code in a small text file whose name and content say nothing else."""
    try:
        shown = sessions.shown_code(request.session)
    except sessions.NothingOpen:
        return redirect("intake:follow")
    response = HttpResponse(f"{shown}\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="notes.txt"'
    return response


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """A form that was sent before: its code was shown to whoever sent it, and opens the report."""
    try:
        sessions.shown_code(request.session)
    except sessions.NothingOpen:
        return render(request, "intake/asking/sent.html")
    return redirect("intake:code")
