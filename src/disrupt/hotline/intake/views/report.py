"""The form: it comes back with everything that was typed and received, or opens a case."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from disrupt.hotline.intake import bearer, drafts, resumable, services, sessions
from disrupt.hotline.intake.drafts import Draft
from disrupt.hotline.intake.forms import Problem, ReportQuestions
from disrupt.hotline.intake.templatetags.uploads import size_in_words
from disrupt.hotline.intake.uploads import END_FIELD, Incoming, Refusal, largest

log = logging.getLogger(__name__)

_MORE_ROWS = 3


@csrf_exempt  # checked inside, once the files are going to the sealed store and nowhere else
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Show the form; on POST do what the pressed button (`action`) says."""
    if request.method != "POST":
        return _page(request, ReportQuestions(), drafts.new())
    with Incoming(request) as incoming:
        response = _receive(request, incoming)
        if response.status_code == 403 and _is_ours(request):
            # Another tab has renewed the cookie, or it was deleted: the person loses nothing.
            draft, notices = _draft(request, incoming)
            again = _("For your safety, please send the form once more. Nothing you typed is lost.")
            return _page(request, ReportQuestions(request.POST), draft, notices=[again, *notices])
        return response


def _is_ours(request: HttpRequest) -> bool:
    """Whether the browser itself says that one of our own pages sent this."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


@csrf_protect
def _receive(request: HttpRequest, incoming: Incoming) -> HttpResponse:
    data = request.POST
    if END_FIELD not in data:
        # The request broke off: its last file may be cut short, and nobody waits for the answer.
        return render(request, "intake/problem.html", {"kind": "bad_request"}, status=400)
    draft, notices = _draft(request, incoming)
    action = data.get("action", "send")
    if action != "send":
        rows = len([text for text in data.getlist("url") if text.strip()])
        questions = ReportQuestions(
            data, rows=min(rows + _MORE_ROWS, settings.MAX_URLS) if action == "more" else 1
        )
        if action.startswith("remove-") and action[7:].isdigit():
            draft = draft.without(int(action[7:]))
            notices = [_("The file was taken out and destroyed."), *notices]
        return _page(request, questions, draft, notices=notices)
    questions = ReportQuestions(data)
    valid = questions.check(len(draft.files))
    refused = _refusals(incoming)
    if valid and (refused or draft.lost):
        notices.append(
            _("Your report has not been sent yet. To send it as it is now, press the last button again.")
        )
    if not valid or refused or draft.lost:
        return _page(request, questions, draft, notices=notices, problems=questions.problems())
    try:
        opened = services.send(questions.answers(), draft.deposited, draft.token, get_language() or "fr")
    except (DatabaseError, OSError) as error:
        log.error("a case could not be opened: %s", type(error).__name__)
        sorry = _(
            "We could not save your report just now. Nothing is lost: please send it again in a minute."
        )
        return _page(request, questions, draft, problems=[Problem("send", sorry)], status=503)
    resumable.sent(draft)
    sessions.show_code(request.session, opened.case, opened.code)
    return redirect("intake:code")


def _draft(request: HttpRequest, incoming: Incoming) -> tuple[Draft, list[str]]:
    """The draft with what has just been received, and what the person must know about it."""
    try:
        draft = drafts.unpack(request.POST.get("draft", ""))
    except drafts.NotADraft:
        draft = drafts.new()
    draft = draft.with_files(incoming.keep(settings.MAX_FILES - len(draft.files)))
    sender = bearer.read(request)
    if sender is not None:
        draft, left_out = resumable.claim(sender.owner, draft, settings.MAX_FILES - len(draft.files))
        incoming.refused[Refusal.TOO_MANY] += left_out
    notices = _refusals(incoming)
    if draft.lost:
        notices.append(
            ngettext(
                "%(count)d file was received too long ago and is destroyed. Please choose it again.",
                "%(count)d files were received too long ago and are destroyed. Please choose them again.",
                draft.lost,
            )
            % {"count": draft.lost}
        )
    return draft, notices


def _refusals(incoming: Incoming) -> list[str]:
    """One sentence for each reason why files were not taken."""
    limit = size_in_words(largest())
    said: list[str] = []
    for why, count in sorted(incoming.refused.items()):
        if not count:
            continue
        if why == Refusal.TOO_LARGE:
            text = ngettext(
                "%(count)d file was not taken: it weighs more than %(limit)s. You can send a part of it.",
                "%(count)d files were not taken: each weighs more than %(limit)s. You can send a part.",
                count,
            )
        elif why == Refusal.EMPTY:
            text = ngettext(
                "%(count)d file was not taken: it is empty. Please choose it again.",
                "%(count)d files were not taken: they are empty. Please choose them again.",
                count,
            )
        elif why == Refusal.TOO_MANY:
            text = ngettext(
                "%(count)d file was not taken: a report holds %(most)d. Send it in a second report.",
                "%(count)d files were not taken: a report holds %(most)d. Send them in a second report.",
                count,
            )
        else:
            text = ngettext(
                "%(count)d file could not be saved just now. Please try again in a minute.",
                "%(count)d files could not be saved just now. Please try again in a minute.",
                count,
            )
        said.append(text % {"count": count, "limit": limit, "most": settings.MAX_FILES})
    return said


def _page(
    request: HttpRequest,
    questions: ReportQuestions,
    draft: Draft,
    *,
    notices: list[str] | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "questions": questions,
        "checked": questions.checked,
        "draft": draft,
        "packed": drafts.pack(draft),
        "sizes": [size_in_words(waiting.file.size) for waiting in draft.files],
        "notices": notices or [],
        "problems": problems or [],
        "end_field": END_FIELD,
        "most_files": settings.MAX_FILES,
        "most_urls": settings.MAX_URLS,
        "largest": settings.MAX_UPLOAD_BYTES,
        "largest_in_words": size_in_words(settings.MAX_UPLOAD_BYTES),
    }
    return render(request, "intake/form.html", context, status=status)
