"""The form: it comes back with everything that was typed and received, or opens a case."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from disrupt.hotline.cases import finding
from disrupt.hotline.common import numerals
from disrupt.hotline.intake.asking import drafts, retyping, shelf
from disrupt.hotline.intake.asking.drafts import Draft
from disrupt.hotline.intake.asking.forms import MOST_WORDS
from disrupt.hotline.intake.asking.journey import Journey
from disrupt.hotline.intake.asking.questions import Problem, ReportQuestions
from disrupt.hotline.intake.asking.views.sending import NotSaved, send
from disrupt.hotline.intake.asking.where import MOST_ROWS, put_aside
from disrupt.hotline.intake.receiving import refusals
from disrupt.hotline.intake.receiving.deposit import UploadsAway, received
from disrupt.hotline.intake.receiving.uploads import END_FIELD, Incoming
from disrupt.hotline.intake.visit.limits import GATE, network_of
from disrupt.hotline.intake.visit.work import WORK

_MORE_ROWS = 3
_FORM = "form"


@csrf_exempt  # checked inside, once the files are going to the sealed store and nowhere else
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Show the form; on POST do what the pressed button (`action`) says, and show it again by a GET."""
    if request.method != "POST":
        return _show(request)
    with Incoming(request) as incoming:
        # Refused by the CSRF check, it is not shown again: after the exit, “back” would show it to anybody.
        return _receive(request, incoming)


@csrf_protect
def _receive(request: HttpRequest, incoming: Incoming) -> HttpResponse:
    data: QueryDict = request.POST
    if END_FIELD not in data:
        # The request broke off: its last file may be cut short, and nobody waits for the answer.
        return render(request, "intake/visit/problem.html", {"kind": "bad_request"}, status=400)
    try:
        draft, notices = _draft(request, incoming)
    except _AlreadySent:
        return redirect("intake:sent")
    except UploadsAway as away:
        return _again(request, data, away.draft, "send", (), failed=True)
    action = data.get("action", "send")
    if action == "device":
        return _on_their_device(request, data, draft)
    if action == "without":
        data = _without_lines(data)
        notices = [_("These lines are in the box for your words now."), *notices]
    if action != "send":
        if (number := numerals.number_after("remove-", action)) is not None:
            draft = draft.without(number)
            notices = [_("The file was taken out and destroyed."), *notices]
        return _again(request, data, draft, action, notices)
    questions = ReportQuestions(data)
    valid = questions.check(len(draft.files))
    refused = refusals.sentences(incoming)
    if valid and (refused or draft.lost):
        notices.append(
            _("Your report has not been sent yet. To send it as it is now, press the last button again.")
        )
    if not valid or refused or draft.lost:
        return _again(request, data, draft, action, notices)
    try:
        return send(request, questions.journey(draft))
    except NotSaved:
        return _again(request, data, draft, action, (), failed=True)


def _again(
    request: HttpRequest,
    data: QueryDict,
    draft: Draft,
    pressed: str,
    notices: Iterable[str],
    *,
    failed: bool = False,
) -> HttpResponse:
    """Show the form with what was typed and received, by a GET (retyping.py)."""
    typed = retyping.keep(Journey(draft=draft), _FORM, data, pressed, notices, failed=failed)
    try:
        shelf.save(request.session, typed)
    except OSError:
        # The disk is full: better the words in this answer than lost.
        return _shown(request, typed, data)
    return redirect("intake:form")


def _show(request: HttpRequest) -> HttpResponse:
    """The form as it was left on the shelf, or empty."""
    try:
        kept = shelf.load(request.session)
    except shelf.NothingThere:
        return _page(request, ReportQuestions(), drafts.new())
    data = retyping.typed_on(kept, _FORM)
    if data is None:
        return _page(request, ReportQuestions(), drafts.new())
    return _shown(request, kept, data)


def _shown(request: HttpRequest, kept: Journey, data: QueryDict) -> HttpResponse:
    """The form with what was typed, and what is wrong with it where it was to be sent."""
    rows = len([text for text in data.getlist("url") if text.strip()])
    more = kept.pressed == "more"
    questions = ReportQuestions(data, rows=min(rows + _MORE_ROWS, MOST_ROWS) if more else 1)
    problems: list[Problem] = []
    if kept.failed:
        sorry = _(
            "We could not save your report just now. Nothing is lost: please send it again in a minute."
        )
        problems = [Problem("send", sorry)]
    elif kept.pressed == "send":
        questions.check(len(kept.draft.files))
        problems = questions.problems()
    return _page(request, questions, kept.draft, notices=list(kept.notices), problems=problems)


def _on_their_device(request: HttpRequest, data: QueryDict, draft: Draft) -> HttpResponse:
    """Go on where fingerprints are made, with all that was typed so far; what is no address becomes words."""
    boxed = data.copy()
    boxed["urls"] = "\n".join((*data.getlist("url"), data.get("urls", "")))
    boxed.setlist("url", [])
    begun = ReportQuestions(_without_lines(boxed)).begun(draft)
    shelf.save(request.session, begun)
    return redirect("intake:step", begun.next().value)


def _without_lines(data: QueryDict) -> QueryDict:
    """The form with the lines that are no address among the person's words."""
    changed, words = put_aside(data, data.get("description", ""), MOST_WORDS)
    changed["description"] = words
    return changed


def _mark(request: HttpRequest) -> str:
    get_token(request)
    return drafts.mark_of(request.META["CSRF_COOKIE"])


class _AlreadySent(Exception):
    """The form has become a case, and this visit is not the one that sent it."""


def _draft(request: HttpRequest, incoming: Incoming) -> tuple[Draft, list[str]]:
    """The form's draft with what has just been received, and what the person must know about it."""
    try:
        draft = drafts.unpack(request.POST.get("draft", ""), _mark(request))
    except drafts.NotYours as error:
        if finding.was_sent(error.token):
            raise _AlreadySent from error
        draft = drafts.new()
    except drafts.NotADraft:
        draft = drafts.new()
    return received(request, incoming, draft)


def _page(
    request: HttpRequest,
    questions: ReportQuestions,
    draft: Draft,
    *,
    notices: list[str] | None = None,
    problems: list[Problem] | None = None,
) -> HttpResponse:
    context = {
        "questions": questions,
        "checked": questions.checked,
        "draft": draft,
        "packed": drafts.pack(draft, _mark(request)),
        "notices": notices or [],
        "problems": problems or [],
        "end_field": END_FIELD,
        "most_files": settings.MAX_FILES,
        "most_rows": MOST_ROWS,
        "challenge": WORK.challenge(GATE.bits(network_of(request))),
    }
    return render(request, "intake/asking/form.html", context)
