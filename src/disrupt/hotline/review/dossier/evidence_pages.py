"""The pages of the evidence file: ask for it, allow it, take it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from disrupt.hotline.cases.ledger import LedgerBroken
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.review.dossier import evidence
from disrupt.hotline.review.forms import EvidenceForm
from disrupt.hotline.review.models import EvidenceRequest


@require_http_methods(["GET", "POST"])
@requires(may.EVIDENCE_ASK)
def page(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Ask for the file of a case; what was asked before, and what has become of it."""
    case = get_object_or_404(Case, pk=case_id)
    form = EvidenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        evidence.ask(case, request.user, form.cleaned_data["motive"])
        return redirect("review:evidence", case.pk)
    asked = EvidenceRequest.objects.filter(case_id=case.pk).select_related("asked_by", "allowed_by")[:20]
    rows = [(one, evidence.is_open(one), request.user in (one.asked_by, one.allowed_by)) for one in asked]
    context = {"case": case, "form": form, "rows": rows}
    return render(request, "review/evidence.html", context, status=422 if form.errors else 200)


@require_POST
@requires(may.EVIDENCE_ALLOW)
def allow(request: HttpRequest, request_id: int) -> HttpResponse:
    """A lead who is not the one that asked allows it."""
    asked = get_object_or_404(EvidenceRequest, pk=request_id)
    try:
        evidence.allow(asked, request.user)
    except evidence.NotTwoPeople:
        messages.error(request, _("Two people make an evidence file: somebody else must allow yours."))
    except evidence.NotAllowed:
        messages.error(request, _("This request was allowed before, or has waited too long."))
    return redirect("review:evidence", asked.case_id)


@require_POST
@requires(may.EVIDENCE_ASK)
def take(request: HttpRequest, request_id: int) -> HttpResponse:
    """The file itself, for the two who made it."""
    asked = get_object_or_404(EvidenceRequest, pk=request_id)
    try:
        made = evidence.make(asked, request.user)
    except evidence.NotAllowed:
        messages.error(request, _("Nobody else has allowed it, or its time has passed."))
        return redirect("review:evidence", asked.case_id)
    except LedgerBroken as error:
        messages.error(request, str(error))
        return redirect("review:evidence", asked.case_id)
    response = HttpResponse(made, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{Case(id=asked.case_id).reference}.zip"'
    response["Cache-Control"] = "no-store"
    return response
