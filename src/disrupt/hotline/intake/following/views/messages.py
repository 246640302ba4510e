"""Messages with the analysts, behind the code: the whole thread, and a field to write in."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from disrupt.hotline.cases import messages as letters
from disrupt.hotline.cases.contacts import seen_by_reporter
from disrupt.hotline.cases.finding import Unlocked
from disrupt.hotline.common.actors import REPORTER
from disrupt.hotline.intake.following.views.opened import with_key
from disrupt.hotline.intake.visit import sessions


@require_http_methods(["GET", "HEAD", "POST"])
@with_key
def messages(request: HttpRequest, unlocked: Unlocked) -> HttpResponse:
    """Show the thread; on POST add to it. What cannot be sent yet stays in the field."""
    typed, problem = "", ""
    if request.method == "POST":
        typed = request.POST.get("text", "").replace("\r\n", "\n").strip()
        problem = _problem(typed) or _send(unlocked, typed, request.POST.get("form", "")[:64])
        if not problem:
            sessions.leave_notice(request.session, "sent")
            return redirect("intake:messages")
    said = letters.read(unlocked.case, REPORTER, unlocked.private_key)
    unlocked.case.refresh_from_db()
    seen_by_reporter(unlocked.case)
    context = {
        "case": unlocked.case,
        "said": said,
        "typed": typed,
        "problem": problem,
        "form": secrets.token_urlsafe(18),
        "longest": letters.MAX_LENGTH,
        "notice": sessions.take_notice(request.session),
    }
    return render(request, "intake/following/messages.html", context, status=422 if problem else 200)


def _problem(typed: str) -> str:
    if not typed:
        return _("Your message is empty: write something first.")
    excess = len(typed) - letters.MAX_LENGTH
    if excess > 0:
        return ngettext(
            "This message is too long by %(excess)d character. You can send it in two parts.",
            "This message is too long by %(excess)d characters. You can send it in two parts.",
            excess,
        ) % {"excess": excess}
    return ""


def _send(unlocked: Unlocked, typed: str, form: str) -> str:
    try:
        letters.write(unlocked.case, typed, REPORTER, form or secrets.token_urlsafe(18))
    except letters.TooMany:
        return _(
            "You have sent many messages in an hour; we will read them all. Your text is still here: "
            "please send it a little later."
        )
    except letters.NobodyReads:
        return _("This report was deleted in the meantime.")
    return ""
