"""For who acts with a mandate: a table in, a report for each person, and a table of their codes out."""

from __future__ import annotations

import datetime as dt
import logging
import math

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from disrupt.hotline.common import clock, spreadsheets
from disrupt.hotline.intake.asking import drafts, mandates, retyping, shelf, tables
from disrupt.hotline.intake.asking.drafts import Draft
from disrupt.hotline.intake.asking.journey import Journey
from disrupt.hotline.intake.asking.mandates import MandateForm
from disrupt.hotline.intake.asking.pasted import EXPLAINED
from disrupt.hotline.intake.asking.questions import Problem, problems_of
from disrupt.hotline.intake.receiving.texts import TextUploadHandler
from disrupt.hotline.intake.visit import sessions
from disrupt.hotline.intake.visit.limits import GATE, network_of
from disrupt.hotline.intake.visit.work import WORK

log = logging.getLogger(__name__)
_PAGE = "many"


@csrf_exempt  # checked inside, once the file is going into memory and nowhere else
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest) -> HttpResponse:
    """Show the form; on POST open the reports, and answer with the table of their codes."""
    if request.method != "POST":
        return _show(request)
    handler = TextUploadHandler(tables.MOST_BYTES)
    request.upload_handlers = [handler]
    return _receive(request, handler)


@csrf_protect
def _receive(request: HttpRequest, handler: TextUploadHandler) -> HttpResponse:
    data: QueryDict = request.POST.copy()
    if handler.text:
        data["table"] = handler.text
    get_token(request)
    mark = drafts.mark_of(request.META["CSRF_COOKIE"])
    try:
        draft = drafts.unpack(data.get("draft", ""), mark)
    except drafts.NotADraft:
        draft = drafts.new()
    form = MandateForm(data)
    persons, wrong = tables.read(data.get("table", ""))
    if not form.is_valid() or wrong or not persons:
        return _again(request, data, draft)
    said = form.cleaned_data
    language = get_language() or "fr"
    if _wait(request, draft.token, len(persons), WORK.worked(data.get("proof", ""))):
        return _again(request, data, draft)
    with GATE.place(network_of(request), len(persons)) as free:
        if not free:
            return _again(request, data, draft, busy=True)
        try:
            codes = mandates.open_all(persons, said["office"], said["scope"], draft.token, language)
        except (DatabaseError, OSError) as error:
            log.error("reports with a mandate could not be opened: %s", type(error).__name__)
            return _again(request, data, draft, busy=True)
    sessions.forget_turn(request.session)
    shelf.destroy(request.session, files=True)
    response = HttpResponse(
        spreadsheets.table((_("person"), _("code")), codes), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = 'attachment; filename="notes.csv"'
    return response


def _wait(request: HttpRequest, token: str, reports: int, worked: int) -> bool:
    """Whether the table must wait its turn: it costs its network as many reports as it holds."""
    network, now = network_of(request), clock.now()
    turn = sessions.turn_of(request.session, token)
    if turn is None:
        wait = GATE.ask(network, worked, reports)
        if wait:
            sessions.keep_turn(request.session, token, now + dt.timedelta(seconds=wait))
        return wait > 0
    return now < turn and worked < max(GATE.bits(network) - 1, 1)


def _again(request: HttpRequest, data: QueryDict, draft: Draft, *, busy: bool = False) -> HttpResponse:
    """Show the page with what was typed, by a GET (retyping.py); the codes stay the same."""
    shelf.save(request.session, retyping.keep(Journey(draft=draft), _PAGE, data, "send", failed=busy))
    return redirect("intake:many")


def _show(request: HttpRequest) -> HttpResponse:
    try:
        kept = shelf.load(request.session)
    except shelf.NothingThere:
        kept = Journey()
    data = retyping.typed_on(kept, _PAGE)
    draft = kept.draft if data is not None else drafts.new()
    turn = sessions.turn_of(request.session, draft.token) if data is not None else None
    form, problems = MandateForm(data), _problems(data, kept.failed, turn) if data is not None else []
    get_token(request)
    context = {
        "form": form,
        "problems": problems,
        "checked": bool(problems),
        "packed": drafts.pack(draft, drafts.mark_of(request.META["CSRF_COOKIE"])),
        "most": tables.MOST_PERSONS,
        "challenge": WORK.challenge(GATE.bits(network_of(request))),
    }
    return render(request, "intake/asking/many.html", context)


def _problems(data: QueryDict, failed: bool, turn: dt.datetime | None) -> list[Problem]:
    if turn is not None:
        seconds = max(1, math.ceil((turn - clock.now()).total_seconds()))
        words = ngettext(
            "Many reports come from your network just now. Nothing is lost: send it again in %(n)d second.",
            "Many reports come from your network just now. Nothing is lost: send it again in %(n)d seconds.",
            seconds,
        )
        return [Problem("send", words % {"n": seconds})]
    if failed:
        return [Problem("send", _("We could not save this just now. Nothing is lost: please send it again."))]
    persons, wrong = tables.read(data.get("table", ""))
    form = MandateForm(data)
    found = [] if form.is_valid() else problems_of(form)
    if data.get("table") and (wrong or not persons):
        said = [_("Line %(line)d: %(why)s") % {"line": one.line, "why": one.why} for one in wrong]
        found += [Problem("id_table", text) for text in said[:EXPLAINED] or [_("The table names nobody.")]]
    return found
