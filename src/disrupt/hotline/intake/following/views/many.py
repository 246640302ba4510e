"""A table of codes in, a table of how the reports stand out; nothing is shown on a page, and nothing kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from disrupt.hotline.common import spreadsheets
from disrupt.hotline.intake.asking import tables
from disrupt.hotline.intake.following import many as reading
from disrupt.hotline.intake.following.views.opened import language
from disrupt.hotline.intake.receiving.texts import TextUploadHandler


@csrf_exempt  # checked inside, once the file is going into memory and nowhere else
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest) -> HttpResponse:
    """Show the form; on POST answer with the table that was asked for."""
    if request.method != "POST":
        return _page(request)
    handler = TextUploadHandler(tables.MOST_BYTES)
    request.upload_handlers = [handler]
    return _receive(request, handler)


@csrf_protect
def _receive(request: HttpRequest, handler: TextUploadHandler) -> HttpResponse:
    cases = reading.held(handler.text or request.POST.get("codes", ""))
    if not cases:
        return _page(request, _("There is no code in it."))
    tongue = language()
    if request.POST.get("action") == "sites":
        head: tuple[str, ...] = (_("site"), _("state"), _("how many"))
        rows: list[tuple[str | int, ...]] = [*reading.by_site(cases, tongue)]
    else:
        head = (_("person"), _("address"), _("site"), _("state"), _("since"))
        rows = [*reading.each(cases, tongue)]
        rows += [(one.name, "", "", _("no report answers to this code"), "") for one in cases if not one.case]
    response = HttpResponse(spreadsheets.table(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="notes.csv"'
    return response


def _page(request: HttpRequest, problem: str = "") -> HttpResponse:
    context = {"problem": problem, "most": reading.MOST_CODES}
    return render(request, "intake/following/many.html", context, status=422 if problem else 200)
