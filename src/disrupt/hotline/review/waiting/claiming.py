"""The claim on a case as pages and scripts use it: take the next, prolong it, hand it over, give it back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import numerals
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.review import queries
from disrupt.hotline.review.waiting import claims, queueing, themes


@require_POST
@requires(may.ITEM_QUALIFY)
def prolong(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The page is in use: until when it is one's own now, or that it is somebody else's."""
    case = get_object_or_404(Case, pk=case_id)
    claim = claims.take(case.pk, request.user)
    return JsonResponse({"mine": claim.user_id == request.user.pk, "until": claim.until.isoformat()})


@require_GET
@requires(may.ITEM_QUALIFY)
def begin(request: HttpRequest) -> HttpResponseBase:
    """The first case that is free; the queue where there is none."""
    found = queries.first_free(claims.of_others(request.user), request.user)
    return open_case(request, found.pk) if found else redirect("review:queue")


@require_GET
@requires(may.ITEM_QUALIFY)
def open_case(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Its first item that waits for a decision; the case itself where it waits for something else."""
    case = get_object_or_404(Case, pk=case_id)
    item = queries.waiting_items(case).first()
    return redirect("review:item", item.pk) if item else redirect("review:case", case.pk)


@require_POST
@requires(may.ITEM_QUALIFY)
def hand_over(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """To a colleague, or back to the queue."""
    case = get_object_or_404(Case, pk=case_id)
    to = None
    if request.POST.get("to"):
        number = numerals.number_after("", request.POST["to"])
        to = themes.takers(case, claims.colleagues(request.user)).filter(pk=number).first()
        if to is None:
            messages.error(request, _("Choose somebody who can decide."))
            return redirect("review:case", case.pk)
    if not claims.give(case.pk, request.user, to):
        messages.error(request, _("This case is not yours any more."))
        return redirect("review:case", case.pk)
    said = (
        _("Handed over to %(name)s.") % {"name": to.get_username()} if to else _("Given back to the queue.")
    )
    messages.success(request, said)
    return redirect("review:queue")


@require_POST
@requires(may.ITEM_QUALIFY)
def skip(request: HttpRequest, case_id: uuid.UUID) -> HttpResponseBase:
    """Not for me: nobody asks why, and the next one comes."""
    case = get_object_or_404(Case, pk=case_id)
    claims.give(case.pk, request.user, None)
    queueing.skip(case.pk, request.user)
    messages.success(request, _("%(case)s is left to the others.") % {"case": case.reference})
    return redirect("review:begin")


@require_POST
@requires(may.ITEM_QUALIFY)
def take_over(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """A lead takes a case that somebody else works on."""
    if not may.allowed(request.user, may.CLAIM_MANAGE):
        raise PermissionDenied(may.CLAIM_MANAGE)
    case = get_object_or_404(Case, pk=case_id)
    claims.take(case.pk, request.user, force=True)
    return redirect("review:case", case.pk)
