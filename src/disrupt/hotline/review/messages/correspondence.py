"""The analysts’ side of messages and contact: who waits, the thread of a case, calls, bounces."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django import forms
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from disrupt.hotline.cases import messages
from disrupt.hotline.cases.models import Author, Case
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common import quiet
from disrupt.hotline.common.actors import Actor, analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.correspondence import telling
from disrupt.hotline.decisions import reading
from disrupt.hotline.review.messages import letters
from disrupt.hotline.review.work import drafts

# So many of each kind stand on the page: the most urgent.
SHOWN = 100


class AnswerForm(forms.Form):
    """What an analyst writes to the reporter. `form` makes the same form sent twice one message."""

    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=messages.MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write something first.")},
        help_text=gettext_lazy(
            "Plain words, in the reporter’s language. Do not sign with your name: they read “An analyst”."
        ),
    )
    form = forms.CharField(max_length=64, widget=forms.HiddenInput)


@require_GET
@requires(may.MESSAGE_READ)
def waiting(request: HttpRequest) -> HttpResponse:
    """Everything about correspondence that waits for a person, the most urgent first."""
    found = list(messages.cases_with_unread()[:SHOWN])
    many = messages.unread_of(found)
    unread = [(case, many.get(case.pk, 0)) for case in found]
    context = {
        "unread": unread,
        "calls": telling.cases_to_call()[:SHOWN],
        "bounced": telling.bounced()[:SHOWN],
        "night": quiet.now_quiet(),
    }
    return render(request, "review/correspondence.html", context)


@require_http_methods(["GET", "POST"])
@requires(may.MESSAGE_READ)
def thread(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The messages of a case: their dates; on POST their words, in this one response only."""
    case = get_object_or_404(Case, pk=case_id)
    draft = drafts.of_text(case, request.user)
    begun = letters.text_of(request.GET.get("template", ""), case.language)
    context = _context(case, begun or (draft.values["text"] if draft else ""))
    context["draft"] = None if begun else draft
    if request.method == "POST":
        context["said"] = messages.read(case, _actor(request))
    return render(request, "review/messages.html", context)


@require_POST
@requires(may.MESSAGE_WRITE)
def answer(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Write to the reporter; a text that cannot be sent comes back with the thread open."""
    case = get_object_or_404(Case, pk=case_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        context = _context(case) | {"form": form, "said": messages.read(case, _actor(request))}
        return render(request, "review/messages.html", context, status=422)
    try:
        text = form.cleaned_data["text"].replace("\r\n", "\n").strip()
        messages.write(case, text, _actor(request), form.cleaned_data["form"])
        reading.answered(case)
        drafts.used(case, request.user)
    except messages.NobodyReads:
        notices.error(request, _("The reporter has deleted this case: nobody can read an answer."))
    else:
        notices.success(request, _("Sent. The reporter reads it with their code."))
    return redirect("review:case", case.pk)


@require_POST
@requires(may.MESSAGE_WRITE)
def called(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The reporter was called, or it was tried: it waits for the next news."""
    telling.called(get_object_or_404(Case, pk=case_id), _actor(request))
    notices.success(request, _("Recorded."))
    return redirect("review:correspondence")


def _actor(request: HttpRequest) -> Actor:
    return analyst(request.user.pk or 0)


def _context(case: Case, begun: str = "") -> dict[str, Any]:
    return {
        "case": case,
        "thread": list(case.messages.order_by("at", "pk")),
        "unread": messages.unread(case, Author.REPORTER),
        "form": AnswerForm(initial={"form": secrets.token_urlsafe(18), "text": begun}),
        "beginnings": letters.beginnings(),
        "erased": case.is_erased,
    }
