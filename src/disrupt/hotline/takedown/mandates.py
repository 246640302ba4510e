"""The page of a case's mandates: what the person wishes, what was signed, and recording or ending it."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from disrupt.hotline.cases import mandates
from disrupt.hotline.cases.models import SIGNED, Allowed, Case, Signatory, Wish
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires


class MandateForm(forms.Form):
    """What was signed: the document itself is kept outside, only its digest here."""

    what = forms.ChoiceField(label=gettext_lazy("Step"), choices=[(one.value, one.label) for one in SIGNED])
    signed_on = forms.DateField(
        label=gettext_lazy("Signed on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    signatory = forms.ChoiceField(label=gettext_lazy("Signed by"), choices=Signatory.choices)
    document = forms.RegexField(
        label=gettext_lazy("SHA-256 of the document"),
        regex=r"^\s*[0-9a-fA-F]{64}\s*$",
        help_text=gettext_lazy("The document holds a name: keep it outside this system."),
    )

    def clean_signed_on(self) -> Any:
        day = self.cleaned_data["signed_on"]
        if day > clock.now().date():
            raise ValidationError(_("Give a day that has passed."))
        return day


@require_http_methods(["GET", "POST"])
@requires(may.NOTICE_MANAGE)
def page(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """What a case allows, and a form to record what was signed."""
    case = get_object_or_404(Case, pk=case_id)
    form = MandateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            mandates.record(
                case,
                Allowed(given["what"]),
                given["signed_on"],
                Signatory(given["signatory"]),
                given["document"],
                analyst(request.user.pk or 0),
            )
        except mandates.BadMandate:
            messages.error(request, _("The person has refused this step."))
        else:
            messages.success(request, _("The mandate is recorded."))
        return redirect("takedown:mandates", case.pk)
    rows = {one.what: one for one in case.mandates.all()}
    context = {
        "case": case,
        "form": form,
        "rows": [(what, rows.get(what), what in SIGNED) for what in Allowed],
        "refused": Wish.REFUSED,
    }
    return render(request, "takedown/mandates.html", context, status=422 if form.errors else 200)


@require_POST
@requires(may.NOTICE_MANAGE)
def end(request: HttpRequest, case_id: uuid.UUID, what: str) -> HttpResponse:
    """It was taken back, or recorded by mistake."""
    case = get_object_or_404(Case, pk=case_id)
    if what in Allowed.values:
        mandates.end(case, Allowed(what), analyst(request.user.pk or 0))
        messages.success(request, _("The mandate is ended."))
    return redirect("takedown:mandates", case.pk)
