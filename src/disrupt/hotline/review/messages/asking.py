"""Asking the person what an item is, where nobody can tell without them."""

from __future__ import annotations

import secrets
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from disrupt.hotline.cases.messages import NobodyReads
from disrupt.hotline.cases.states import ImpossibleStep
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.decisions import asking
from disrupt.hotline.review.messages import letters
from disrupt.hotline.review.messages.correspondence import AnswerForm
from disrupt.hotline.review.work import drafts
from disrupt.hotline.review.work.workspace import item_of


@require_http_methods(["GET", "POST"])
@requires(may.MESSAGE_WRITE)
def page(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """A message about one item, which then waits for the answer."""
    found = item_of(item_id)
    begun = letters.text_of(request.GET.get("template", ""), found.case.language)
    draft = None if begun else drafts.of_text(found.case, request.user, found)
    text = draft.values["text"] if draft else begun
    form = AnswerForm(initial={"form": secrets.token_urlsafe(18), "text": text})
    if request.method == "POST":
        form = AnswerForm(request.POST)
        if form.is_valid():
            text = form.cleaned_data["text"].replace("\r\n", "\n").strip()
            try:
                asking.ask(found, text, analyst(request.user.pk or 0), form.cleaned_data["form"])
            except NobodyReads:
                messages.error(request, _("The reporter has deleted this case: nobody can read an answer."))
            except ImpossibleStep:
                messages.error(request, _("This item does not wait for a decision any more."))
            else:
                drafts.used(found.case, request.user, found)
                said = _("Asked. The item is back in the queue with the answer, or in %(n)s days.")
                messages.success(request, said % {"n": asking.WAIT.days})
            return redirect("review:case", found.case_id)
    context = {"item": found, "case": found.case, "form": form, "beginnings": letters.beginnings()}
    context["draft"] = None if form.is_bound else draft
    return render(request, "review/ask.html", context, status=422 if form.errors else 200)
