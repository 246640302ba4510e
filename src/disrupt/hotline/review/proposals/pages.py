"""The page of fingerprints that partners propose: many at once are offered to all partners, or to nobody."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.exchange.hearing import proposals
from disrupt.hotline.review.proposals.ticked import SHOWN, TickedForm


class DecideForm(TickedForm):
    """Which proposals, what becomes of them, and why."""

    do = forms.ChoiceField(choices=[("offer", ""), ("refuse", "")])
    category = forms.ChoiceField(
        label=gettext_lazy("Category, if they are offered"),
        required=False,
        choices=lambda: _categories(),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("do") == "offer" and not data.get("category"):
            self.add_error("category", _("Choose a category."))
        return data


def _categories() -> list[tuple[str, str]]:
    language = get_language() or "fr"
    return [("", "—"), *((one.code, one.name.in_language(language)) for one in proposals.categories())]


def _context(request: HttpRequest, form: DecideForm) -> dict[str, Any]:
    chosen, found = request.GET.get("partner", ""), proposals.to_decide()
    of_one = _id(chosen)
    if of_one is not None:
        found = found.filter(partner=of_one)
    partners = proposals.by_partner()
    return {
        "rows": found[:SHOWN],
        "partners": partners,
        "chosen": chosen,
        "number": sum(number for _one, number in partners),
        "form": form,
        "ticked": form.numbers,
    }


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@require_GET
@requires(may.FEEDBACK_READ)
def page(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, of all partners or of one; the disputed first."""
    return render(request, "review/proposals.html", _context(request, DecideForm()))


@require_POST
@requires(may.PROPOSAL_DECIDE)
def decide(request: HttpRequest) -> HttpResponse:
    """Offer what was ticked, or refuse it."""
    form = DecideForm(request.POST)
    if not form.is_valid():
        return render(request, "review/proposals.html", _context(request, form), status=422)
    said, actor = form.cleaned_data, analyst(request.user.pk or 0)
    if said["do"] == "offer":
        done = proposals.offer(said["chosen"], said["category"], actor, said["motive"])
        text = ngettext(
            "%(n)d fingerprint is offered with the next batch.",
            "%(n)d fingerprints are offered with the next batch.",
            done.decided,
        )
    else:
        done = proposals.refuse(said["chosen"], actor, said["motive"])
        text = ngettext(
            "%(n)d fingerprint is offered to nobody.",
            "%(n)d fingerprints are offered to nobody.",
            done.decided,
        )
    messages.success(request, text % {"n": done.decided})
    if done.kept_off:
        kept = ngettext(
            "%(n)d is of a picture that is known to be lawful, or describes none: it is not offered.",
            "%(n)d are of pictures that are known to be lawful, or describe none: they are not offered.",
            done.kept_off,
        )
        messages.warning(request, kept % {"n": done.kept_off})
    return redirect("review:proposals")
