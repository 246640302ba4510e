"""Adding addresses or files to a case later, behind the code. What is wrong comes back."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from disrupt.hotline.cases import adding
from disrupt.hotline.cases.locking import CaseErased
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common import numerals
from disrupt.hotline.common.store import vault
from disrupt.hotline.intake.asking import drafts, pasted
from disrupt.hotline.intake.asking.drafts import Draft
from disrupt.hotline.intake.asking.pasted import EXPLAINED, Pasted
from disrupt.hotline.intake.asking.questions import Problem
from disrupt.hotline.intake.following import queries
from disrupt.hotline.intake.following.views.opened import with_case
from disrupt.hotline.intake.receiving import handover
from disrupt.hotline.intake.receiving.deposit import received
from disrupt.hotline.intake.receiving.uploads import END_FIELD, Incoming
from disrupt.hotline.intake.visit import sessions


@dataclass(frozen=True)
class _Shown:
    """What the page says: how many things were added, what is wrong, what was typed, what waits."""

    draft: Draft
    added: int = 0
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    typed: str = ""


@csrf_exempt  # checked inside, once the files are going to the sealed store and nowhere else
@require_http_methods(["GET", "HEAD", "POST"])
@with_case
def add(request: HttpRequest, case: Case) -> HttpResponse:
    """Show the form; on POST add what it brings. A case that was closed opens again."""
    if request.method != "POST":
        return _page(request, case, _Shown(drafts.new()))
    with Incoming(request) as incoming:
        return _receive(request, case, incoming)


@csrf_protect
def _receive(request: HttpRequest, case: Case, incoming: Incoming) -> HttpResponse:
    if END_FIELD not in request.POST:
        return render(request, "intake/visit/problem.html", {"kind": "bad_request"}, status=400)
    room = queries.room(case)
    draft, wrong_files = _received(request, incoming, min(room, settings.MAX_FILES))
    typed, action = request.POST.get("urls", ""), request.POST.get("action", "add")
    if action != "add":
        notices = wrong_files
        if (number := numerals.number_after("remove-", action)) is not None:
            draft = draft.without(number)
            notices = [*notices, _("The file was taken out and destroyed.")]
        return _page(request, case, _Shown(draft, notices=notices, typed=typed))
    read = pasted.read(typed)
    # What was taken back may be given again.
    there = case.items.filter(kind=ItemKind.URL).exclude(state=ItemState.WITHDRAWN)
    known = set(there.values_list("url", flat=True))
    fresh = [url for url in read.good if url not in known]
    fits = min(settings.MAX_URLS, room - len(draft.files))
    over, fresh = fresh[fits:], fresh[:fits]
    try:
        added = adding.add_items(case, urls=fresh, files=draft.deposited) if fresh or draft.files else []
    except CaseErased:
        for file in draft.deposited:
            vault.destroy(file.vault_id)
        raise
    handover.sent(draft)
    problems = [*_of_lines(read), *(Problem("files", text) for text in wrong_files)]
    if over:
        problems.append(Problem("id_urls", _did_not_fit(queries.room(case))))
    if not added and not read.good and not problems:
        said = _("Give at least one address, or choose at least one photo or video.")
        problems = [Problem("id_urls", said)]
    if problems:
        left = "\n".join([*(line.text for line in read.bad), *over])
        return _page(request, case, _Shown(drafts.new(), len(added), problems, typed=left))
    notice = "added" if added else "known"
    if added and all(item.kind == ItemKind.PROOF for item in added):
        notice = "added_proof"
    sessions.leave_notice(request.session, notice)
    return redirect("intake:status")


def _mark(request: HttpRequest) -> str:
    """Ties the form to the case and to the visit: in another it brings no file along."""
    return drafts.mark_of(sessions.case_in_hand(request.session))


def _received(request: HttpRequest, incoming: Incoming, most: int) -> tuple[Draft, list[str]]:
    """The form's draft, with the files that came with it and those that this browser has sent before."""
    try:
        draft = drafts.unpack(request.POST.get("draft", ""), _mark(request))
    except drafts.NotADraft:
        draft = drafts.new()
    return received(request, incoming, draft, scope=sessions.case_in_hand(request.session), most=most)


def _of_lines(read: Pasted) -> list[Problem]:
    """Each line that is no address, and why; the last ones are alike."""
    said = [f"{line.shown} – {line.reason}" for line in read.bad[:EXPLAINED]]
    more = len(read.bad) - len(said)
    if more > 0:
        said.append(
            ngettext("and %(count)d more line like these.", "and %(count)d more lines like these.", more)
            % {"count": more}
        )
    return [Problem("id_urls", text) for text in said]


def _did_not_fit(room: int) -> str:
    if room:
        return _("The addresses in the box did not fit: please add them now, in a second step.")
    return _(
        "Your report holds %(most)d things, and no more. The addresses in the box did not fit: "
        "please make a new report for them."
    ) % {"most": settings.MAX_ITEMS}


def _page(request: HttpRequest, case: Case, shown: _Shown) -> HttpResponse:
    context = {
        "case": case,
        "shown": shown,
        "draft": shown.draft,
        "packed": drafts.pack(shown.draft, _mark(request)),
        "end_field": END_FIELD,
        "full": not queries.room(case),
    }
    return render(request, "intake/following/add.html", context, status=422 if shown.problems else 200)
