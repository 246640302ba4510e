"""The analysts' pages: each parses, authorises and renders."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from disrupt.fingerprint import FingerprintError
from disrupt.hotline.cases import ledger, legal_holds, threats
from disrupt.hotline.cases import messages as messages_of_cases
from disrupt.hotline.cases.models import WRITTEN, Author, Case, SealedNote
from disrupt.hotline.common import numerals
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.common.store.vault import ContentDestroyed
from disrupt.hotline.decisions import holding, opinions, reading
from disrupt.hotline.exchange.hearing import proposals
from disrupt.hotline.exchange.taking import disputes
from disrupt.hotline.review import feedback, queries, services
from disrupt.hotline.review.forms import MotiveForm, QueueForm, SearchForm
from disrupt.hotline.review.messages import jotted
from disrupt.hotline.review.waiting import searching, themes
from disrupt.hotline.takedown.planning import timeline
from disrupt.hotline.takedown.queries import notices_of_case


@require_GET
@requires(may.QUEUE_READ)
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the most urgent and oldest first; no picture here."""
    page = numerals.number_after("", request.GET.get("page", "1")) or 1
    form = QueueForm(request.GET)
    wanted = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    asked = urlencode({name: "on" if value is True else value for name, value in wanted.items()})
    context = {
        "page": queries.queue(page, wanted, request.user),
        "form": form,
        "wanted": wanted,
        "asked": asked,
        "opinions": themes.opinions_for(request.user).count(),
    }
    return render(request, "review/queue.html", context)


@require_http_methods(["GET", "POST"])
@requires(may.CASE_READ)
def search(request: HttpRequest) -> HttpResponse:
    """Cases by a reference, an address, a fingerprint or a file; by POST, so that no address is in a log."""
    form = SearchForm(request.POST, request.FILES) if request.method == "POST" else SearchForm()
    context: dict[str, Any] = {"form": form, "asked": request.method == "POST"}
    if request.method == "POST" and form.is_valid():
        try:
            found = _search(form)
        except searching.NotUnderstood:
            form.add_error("q", _("This is no reference, no address and no fingerprint."))
        except FingerprintError:
            form.add_error("file", _("Files cannot be read just now. Try again in a moment."))
        else:
            if len(found) == 1 and found[0].by == searching.By.REFERENCE:
                return redirect("review:case", found[0].case.pk)
            context["found"] = found
    return render(request, "review/search.html", context)


def _search(form: SearchForm) -> list[searching.Found]:
    dropped = form.cleaned_data["file"]
    return searching.by_file(dropped.chunks()) if dropped else searching.by_words(form.cleaned_data["q"])


@require_GET
@requires(may.CASE_READ)
def case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """What the reporter sent and what became of it."""
    found = get_object_or_404(Case, pk=case_id)
    items = queries.items_of(found)
    unseen = _asked_about(request, found)
    for view in items if may.allowed(request.user, may.ITEM_QUALIFY) else ():
        view.blind = view.item.pk in unseen
    context = {
        "case": found,
        "items": items,
        "notes": found.notes.order_by("pk"),
        "next": queries.waiting_items(found).first(),
        "words_unread": found.unread and reading.words_are_unread(found),
        "unanswered": found.unread and reading.waits_for_an_answer(found),
        "notices": notices_of_case(found),
        "timelines": timeline.of_case(found),
        "unread": messages_of_cases.unread(found, Author.REPORTER),
        "messages_count": found.messages.count(),
        "kept": found.kept_until if legal_holds.keeps(found) else None,
        "purge_at": legal_holds.later(found, found.purge_at),
        "held": holding.held_of(found),
        "offered": holding.offered_of(found),
        # Who is asked for a second opinion reads no word of the first.
        **({} if unseen else jotted.shown(request, found)),
        "promise": jotted.PromiseForm(),
        "letters": found.letters.order_by("-created_at")[:5],
    }
    return render(request, "review/case.html", context)


def _asked_about(request: HttpRequest, case: Case) -> set[uuid.UUID]:
    """The items of a case about which this analyst is asked for a second opinion."""
    asked = opinions.waiting_for(analyst(request.user.pk or 0)).filter(decision__item__case=case)
    return set(asked.values_list("decision__item", flat=True))


@require_POST
@requires(may.NOTE_READ)
def have_read(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """What the case says has been read: it waits for nobody any more."""
    found = get_object_or_404(Case, pk=case_id)
    try:
        reading.have_read(found, analyst(request.user.pk or 0))
    except reading.WordsUnread:
        messages.error(request, _("Open what the person wrote first."))
    except reading.Unanswered:
        messages.error(request, _("Write to the person first: they are threatened, and wait for an answer."))
    return redirect("review:case", found.pk)


@require_GET
@requires(may.CASE_READ)
def case_ledger(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Every event of a case, and whether the chain verifies."""
    found = get_object_or_404(Case, pk=case_id)
    events = list(found.ledger.select_related("item").order_by("number"))
    unseen = _asked_about(request, found)
    for event in events:
        if event.item_id in unseen:
            # Who is asked for a second opinion reads what the first was once theirs is given.
            event.data = {}
    context: dict[str, Any] = {"case": found, "events": events}
    try:
        context["verified"] = ledger.verify(found)
    except ledger.LedgerBroken as error:
        context["broken"] = str(error)
    return render(request, "review/ledger.html", context)


@require_http_methods(["GET", "POST"])
@requires(may.NOTE_READ)
def note(request: HttpRequest, note_id: int) -> HttpResponse:
    """A sealed text, opened on demand; its plaintext is in this one response only."""
    found = get_object_or_404(SealedNote.objects.select_related("case"), pk=note_id)
    is_contact = found.kind not in WRITTEN
    form = MotiveForm(request.POST or None) if is_contact else None
    context: dict[str, Any] = {"note": found, "case": found.case, "form": form, "contact": is_contact}
    if request.method == "POST" and (form is None or form.is_valid()):
        motive = form.cleaned_data["motive"] if form else ""
        try:
            context["text"] = services.open_note(found, analyst(request.user.pk or 0), motive)
            context["lines"] = threats.in_words(found.kind, context["text"])
        except ContentDestroyed:
            messages.error(request, _("This text was destroyed."))
            return redirect("review:case", found.case_id)
    return render(request, "review/note.html", context)


@require_GET
@requires(may.FEEDBACK_READ)
def partners(request: HttpRequest) -> HttpResponse:
    """What partners found when our fingerprints matched, and the fingerprints that they propose."""
    context = {
        "feedback": feedback.newest(),
        "proposed": feedback.proposed(),
        "waiting": proposals.to_decide().count(),
        "disputed": disputes.to_decide().count(),
        "answers": feedback.how_fast(),
        "table": feedback.figures_of_partners(),
    }
    return render(request, "review/partners.html", context)


@require_GET
@requires(may.ACCESS_READ)
def accesses(request: HttpRequest) -> HttpResponse:
    """For leads: who read which contact, who looked at which content, blurred or not, and why."""
    events = queries.accesses([services.CONTENT_VIEWED, services.CONTENT_PREVIEWED, reading.NOTE_READ])
    return render(request, "review/accesses.html", {"events": events})
