"""What an analyst is writing is kept sealed while she writes: nothing of it is lost when a session ends."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from disrupt.hotline.cases import jottings
from disrupt.hotline.cases.locking import CaseErased
from disrupt.hotline.cases.messages import was_sent
from disrupt.hotline.cases.models import Case, Item, JottingKind, Qualification
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst, named
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.review.forms import MAX_REASONING, TOLD, in_form
from disrupt.hotline.takedown.notices import particulars

CHOSEN = ("category", "person", "reason", "reasoning", "synthetic", *TOLD)
_LONGEST, _LONGEST_TOLD = 8_000, 2_000


@dataclass(frozen=True)
class Draft:
    """What was chosen and written in a form, and when."""

    values: dict[str, Any]
    at: Any


def of_decision(item: Item, user: Any) -> Draft | None:
    """What this analyst had begun to decide on an item."""
    found = jottings.draft(item.case, JottingKind.DECISION, analyst(user.pk), item)
    return Draft(json.loads(found.text or "{}"), found.jotting.at) if found else None


def of_text(case: Case, user: Any, item: Item | None = None) -> Draft | None:
    """What this analyst had begun to write to the person: a question about an item, or a message."""
    found = jottings.draft(case, _kind(item), analyst(user.pk), item)
    return Draft({"text": found.text}, found.jotting.at) if found else None


def used(case: Case, user: Any, item: Item | None = None) -> None:
    """A message or question was sent."""
    jottings.drop_draft(case, _kind(item), analyst(user.pk), item)


def decided(item: Item, user: Any) -> None:
    """A decision was recorded."""
    jottings.drop_draft(item.case, JottingKind.DECISION, analyst(user.pk), item)


def taken_back(decision: Qualification) -> None:
    """What was written for a decision that was undone: its author's draft again."""
    told = particulars.Said.of_data(decision.particulars)
    if told == particulars.Said():
        return
    words = {"reasoning": decision.reasoning, **in_form(told)}
    text = json.dumps({name: word for name, word in words.items() if word}, ensure_ascii=False)
    item = decision.item
    jottings.keep_draft(item.case, JottingKind.DECISION, text, named(decision.by), item)


def _kind(item: Item | None) -> JottingKind:
    return JottingKind.QUESTION if item else JottingKind.MESSAGE


@require_POST
@requires(may.ITEM_QUALIFY)
def keep_of_item(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """A decision that is being made, or a question that is being written."""
    item = get_object_or_404(Item.objects.select_related("case"), pk=item_id)
    if "text" in request.POST:
        return _keep(request, item.case, JottingKind.QUESTION, _text(request), item, "review:ask")
    chosen: dict[str, Any] = {name: request.POST[name] for name in CHOSEN if request.POST.get(name)}
    chosen |= {name: chosen[name][:_LONGEST_TOLD] for name in TOLD if name in chosen}
    chosen["reasoning"] = chosen.get("reasoning", "")[:MAX_REASONING]
    if request.POST.getlist("secondary"):
        chosen["secondary"] = request.POST.getlist("secondary")[:50]
    wanted = any(chosen.values()) and "drop" not in request.POST and item.state == ItemState.RECEIVED
    text = json.dumps(chosen, ensure_ascii=False) if wanted else ""
    return _keep(request, item.case, JottingKind.DECISION, text, item, "review:item")


@require_POST
@requires(may.MESSAGE_WRITE)
def keep_of_case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """A message that is being written."""
    case = get_object_or_404(Case, pk=case_id)
    return _keep(request, case, JottingKind.MESSAGE, _text(request), None, "review:messages")


def _text(request: HttpRequest) -> str:
    return "" if "drop" in request.POST else request.POST.get("text", "").strip()[:_LONGEST]


def _keep(
    request: HttpRequest, case: Case, kind: JottingKind, text: str, item: Item | None, page: str
) -> HttpResponse:
    # What was sent a moment ago is no draft any more, whichever of the two arrived first.
    sent = was_sent(case, request.POST.get("form", ""))
    try:
        jottings.keep_draft(case, kind, "" if sent else text, analyst(request.user.pk or 0), item)
    except CaseErased:
        return HttpResponse(status=410)
    # As it is now: what a click at the same moment wrote into the session is not written over.
    request.session = type(request.session)(request.session.session_key)
    if request.accepts("text/html"):
        return redirect(page, item.pk if item else case.pk)
    return JsonResponse({"kept": _("Kept as a draft, for you only.") if text and not sent else ""})
