"""What an analyst does about a decision that was made: undo it, hurry it, or take a declared item off."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from disrupt.hotline.cases.models import Item, Qualification
from disrupt.hotline.cases.states import ImpossibleStep, ItemState
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.decisions import proofs, undoing
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.review.forms import HurryForm
from disrupt.hotline.review.work import drafts


@require_POST
@requires(may.ITEM_QUALIFY)
def take_off(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """A declared fingerprint leaves the partners' lists, for instance because they found something else."""
    found = get_object_or_404(Item.objects.select_related("case"), pk=item_id)
    try:
        decisions.take_off(found, analyst(request.user.pk or 0))
    except (decisions.NotDeclared, ImpossibleStep):
        messages.error(request, _("This item cannot be taken off the partners’ lists."))
    else:
        messages.success(request, _("It leaves the partners’ lists at their next update."))
    return redirect("review:case", found.case_id)


@require_POST
@requires(may.ITEM_QUALIFY)
def keep_as_proof(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """A file that is not the intimate picture: kept for the file, never fingerprinted, never offered."""
    found = get_object_or_404(Item.objects.select_related("case"), pk=item_id)
    try:
        proofs.keep_as_proof(found, analyst(request.user.pk or 0))
    except (proofs.NotAFile, ImpossibleStep):
        messages.error(request, _("This item cannot be kept as a proof."))
    else:
        messages.success(request, _("It is kept as a proof: nothing of it goes to partners."))
    return redirect("review:case", found.case_id)


@require_POST
@requires(may.ITEM_QUALIFY)
def undo(request: HttpRequest, decision_id: int) -> HttpResponse:
    """One press: the item waits again, and what was written for the decision stands in its form."""
    decision = get_object_or_404(Qualification, pk=decision_id)
    try:
        undoing.undo(decision, analyst(request.user.pk or 0))
        drafts.taken_back(decision)
    except undoing.TooLate:
        messages.error(request, _not_waiting(decision))
        return redirect("review:case", decision.item.case_id)
    messages.success(
        request, _("Undone: %(category)s. The item waits again.") % {"category": decision.category}
    )
    return redirect("review:item", decision.item_id)


@require_POST
@requires(may.ITEM_QUALIFY)
def hurry(request: HttpRequest, decision_id: int) -> HttpResponse:
    """What cannot wait takes effect now, for a reason that is written down."""
    decision = get_object_or_404(Qualification.objects.select_related("item__case"), pk=decision_id)
    form = HurryForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say in a few words why it cannot wait."))
        return redirect("review:item", decision.item_id)
    try:
        lead = may.allowed(request.user, may.STEP_MANAGE)
        undoing.hurry(decision, analyst(request.user.pk or 0), form.cleaned_data["why"], lead=lead)
    except undoing.WaitsForAnother:
        messages.error(request, _("Somebody else is asked about it first."))
    except undoing.NotUrgent:
        messages.error(request, _("Only what is of priority P0 takes effect before its time."))
    except undoing.TooLate:
        messages.error(request, _not_waiting(decision))
    else:
        messages.success(request, _("It takes effect now."))
    return redirect("review:case", decision.item.case_id)


@require_POST
@requires(may.STEP_MANAGE)
def hold(request: HttpRequest, decision_id: int) -> HttpResponse:
    """A lead lets a decision wait, for a reason, or lets it go again."""
    decision = get_object_or_404(Qualification.objects.select_related("item__case"), pk=decision_id)
    actor = analyst(request.user.pk or 0)
    try:
        if "go" in request.POST:
            undoing.let_go(decision, actor)
            messages.success(request, _("It goes its way again."))
        else:
            undoing.hold(decision, actor, request.POST.get("why", ""))
            messages.success(request, _("It waits until somebody lets it go or undoes it."))
    except undoing.MotiveMissing:
        messages.error(request, _("Say in a few words why it waits."))
        return redirect("review:item", decision.item_id)
    except undoing.TooLate:
        messages.error(request, _not_waiting(decision))
    return redirect("review:case", decision.item.case_id)


def _not_waiting(decision: Qualification) -> str:
    state = ItemState(Item.objects.get(pk=decision.item_id).state).label
    return _("This decision does not wait any more: the item is “%(state)s”.") % {"state": state}
