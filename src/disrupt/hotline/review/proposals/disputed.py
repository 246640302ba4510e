"""The page of other lists' entries that partners dispute: each is offered (again), or to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.exchange.models import EntryWord
from disrupt.hotline.exchange.taking import disputes
from disrupt.hotline.exchange.taking.models import TakenEntry, Verdict
from disrupt.hotline.review.proposals.ticked import SHOWN, TickedForm
from disrupt.protocol.feedback import DISPUTING


class DecideForm(TickedForm):
    """Which disputed entries, what becomes of them, and why."""

    do = forms.ChoiceField(choices=[("keep", ""), ("refuse", "")])


@dataclass(frozen=True)
class Shown:
    """One disputed entry: whose list it is of, whether it is still offered, and who said what of it."""

    row: TakenEntry
    entry: BankEntry | None
    words: tuple[EntryWord, ...]

    @property
    def offered(self) -> bool:
        return self.row.verdict == Verdict.OFFERED


def _shown() -> list[Shown]:
    rows = list(disputes.to_decide()[:SHOWN])
    ids = [row.entry for row in rows]
    entries = BankEntry.objects.in_bulk([one for one in ids if one is not None])
    words = EntryWord.objects.filter(entry__in=entries, opinion__in=DISPUTING).select_related("partner")
    said: dict[Any, list[EntryWord]] = {}
    for word in words.order_by("changed_at"):
        said.setdefault(word.entry_id, []).append(word)
    return [Shown(row, entries.get(row.entry), tuple(said.get(row.entry, ()))) for row in rows]


def _context(form: DecideForm) -> dict[str, Any]:
    return {"rows": _shown(), "number": disputes.to_decide().count(), "form": form, "ticked": form.numbers}


@require_GET
@requires(may.FEEDBACK_READ)
def page(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, the oldest dispute first."""
    return render(request, "review/disputed.html", _context(DecideForm()))


@require_POST
@requires(may.PROPOSAL_DECIDE)
def decide(request: HttpRequest) -> HttpResponse:
    """Offer what was ticked (again), or offer it to nobody."""
    form = DecideForm(request.POST)
    if not form.is_valid():
        return render(request, "review/disputed.html", _context(form), status=422)
    said, actor = form.cleaned_data, analyst(request.user.pk or 0)
    if said["do"] == "keep":
        number = disputes.keep(said["chosen"], actor, said["motive"])
        text = ngettext("%(n)d entry is offered.", "%(n)d entries are offered.", number)
    else:
        number = disputes.refuse(said["chosen"], actor, said["motive"])
        text = ngettext(
            "%(n)d entry is offered to nobody; its list is told, if it can be.",
            "%(n)d entries are offered to nobody; their lists are told, if they can be.",
            number,
        )
    messages.success(request, text % {"n": number})
    return redirect("review:disputed")
