"""Buttons: for fingerprints that wait for a person, and to take off all that a case put on the lists."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.cases.states import ImpossibleStep
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.decisions import holding


@require_POST
@requires(may.ITEM_QUALIFY)
def take_off_case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Everything of a case leaves the partners' lists, at one press."""
    found = get_object_or_404(Case, pk=case_id)
    try:
        number = holding.take_off_case(found, analyst(request.user.pk or 0))
    except ImpossibleStep:
        messages.error(request, _("Something changed meanwhile: press again."))
    else:
        said = ngettext(
            "%(n)d item leaves the partners’ lists at their next update.",
            "%(n)d items leave the partners’ lists at their next update.",
            number,
        )
        messages.success(request, said % {"n": number})
    return redirect("review:case", found.pk)


@require_POST
@requires(may.ITEM_QUALIFY)
def let_case_through(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """What only its number held up is offered."""
    found = get_object_or_404(Case, pk=case_id)
    number = holding.offer_all(found, analyst(request.user.pk or 0))
    said = ngettext("%(n)d item goes on.", "%(n)d items go on.", number) % {"n": number}
    messages.success(request, said)
    return redirect("review:case", found.pk)


@require_POST
@requires(may.ITEM_QUALIFY)
def let_through(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """An analyst lets one through that waited."""
    found = get_object_or_404(Item.objects.select_related("case"), pk=item_id)
    try:
        holding.offer_after_all(found, analyst(request.user.pk or 0), request.POST.get("motive", ""))
    except holding.MotiveNeeded:
        messages.error(request, _("Say why it goes on: it is recorded in the ledger."))
    except holding.NotHeld:
        messages.error(request, _("This item waits for nobody any more."))
    return redirect("review:case", found.case_id)


@require_POST
@requires(may.ITEM_QUALIFY)
def keep_off(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """An analyst decides that one that waited goes on no list."""
    found = get_object_or_404(Item.objects.select_related("case"), pk=item_id)
    try:
        holding.do_not_offer(found, analyst(request.user.pk or 0))
    except (holding.NotHeld, ImpossibleStep):
        messages.error(request, _("This item waits for nobody any more."))
    return redirect("review:case", found.case_id)
