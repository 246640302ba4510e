"""Adding addresses or files to a case later, behind the code. What is wrong comes back."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from disrupt.hotline.cases import services as cases
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.intake import addresses, bearer, drafts, refusals, resumable, sessions
from disrupt.hotline.intake.drafts import Draft
from disrupt.hotline.intake.questions import Problem
from disrupt.hotline.intake.templatetags.uploads import size_in_words
from disrupt.hotline.intake.uploads import END_FIELD, Incoming, Refusal
from disrupt.hotline.intake.views.opened import with_case


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
        return render(request, "intake/problem.html", {"kind": "bad_request"}, status=400)
    draft = _draft(request, case, incoming)
    typed, action = request.POST.get("urls", "")[:200_000], request.POST.get("action", "add")
    wrong_files = refusals.sentences(incoming) + ([refusals.too_late(draft.lost)] if draft.lost else [])
    if action != "add":
        notices = wrong_files
        if action.startswith("remove-") and action[7:].isdigit():
            draft = draft.without(int(action[7:]))
            notices = [*notices, _("The file was taken out and destroyed.")]
        return _page(request, case, _Shown(draft, notices=notices, typed=typed))
    good, wrong = _addresses(typed)
    # What was taken back may be given again.
    there = case.items.filter(kind=ItemKind.URL).exclude(state=ItemState.WITHDRAWN)
    known = set(there.values_list("url", flat=True))
    fresh = [url for url in addresses.distinct(good) if url not in known]
    over, fresh = fresh[settings.MAX_URLS :], fresh[: settings.MAX_URLS]
    added = cases.add_items(case, urls=fresh, files=draft.deposited) if fresh or draft.files else []
    resumable.sent(draft)
    said = [_("This is not the address of a page: %(text)s") % {"text": text} for text in wrong[:5]]
    if over:
        said.append(_("These addresses did not fit: please add them now, in a second step."))
    problems = [*(Problem("id_urls", text) for text in said), *(Problem("files", t) for t in wrong_files)]
    if not added and not good and not draft.files and not problems:
        said = [_("Give at least one address, or choose at least one photo or video.")]
        problems = [Problem("id_urls", said[0])]
    if problems:
        left = "\n".join([*wrong, *over])
        return _page(request, case, _Shown(drafts.new(), len(added), problems, typed=left))
    sessions.leave_notice(request.session, "added" if added else "known")
    return redirect("intake:status")


def _draft(request: HttpRequest, case: Case, incoming: Incoming) -> Draft:
    """The form's draft, with the files that came with it and those that this browser has sent before."""
    try:
        draft = drafts.unpack(request.POST.get("draft", ""))
    except drafts.NotADraft:
        draft = drafts.new()
    draft = draft.with_files(incoming.keep(settings.MAX_FILES - len(draft.files)))
    sender = bearer.read(request, case.pk.hex)
    if sender is not None:
        draft, left_out = resumable.claim(sender.owner, draft, settings.MAX_FILES - len(draft.files))
        incoming.refused[Refusal.TOO_MANY] += left_out
    return draft


def _addresses(typed: str) -> tuple[list[str], list[str]]:
    """What was typed, as full addresses, and what is none."""
    good: list[str] = []
    wrong: list[str] = []
    for text in addresses.split(typed):
        try:
            good.append(addresses.clean(text))
        except addresses.NotAnAddress:
            wrong.append(text[:200])
    return good, wrong


def _page(request: HttpRequest, case: Case, shown: _Shown) -> HttpResponse:
    context = {
        "case": case,
        "shown": shown,
        "draft": shown.draft,
        "packed": drafts.pack(shown.draft),
        "sizes": [size_in_words(waiting.file.size) for waiting in shown.draft.files],
        "end_field": END_FIELD,
    }
    return render(request, "intake/add.html", context, status=422 if shown.problems else 200)
