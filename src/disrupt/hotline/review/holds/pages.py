"""The pages of legal holds: ask for one, confirm it, end it; all that there are, and what ends soon."""

from __future__ import annotations

import datetime as dt
import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from disrupt.hotline.cases import legal_holds
from disrupt.hotline.cases.locking import CaseErased
from disrupt.hotline.cases.models import Case, HoldMotive, LegalHold
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.processing import forecast

SOON = dt.timedelta(days=14)


class HoldForm(forms.Form):
    """Why a case is held, by which request, and until which day."""

    motive = forms.ChoiceField(
        label=gettext_lazy("Why is it held?"),
        choices=HoldMotive.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say why: it is recorded in the ledger.")},
    )
    reference = forms.CharField(
        label=gettext_lazy("Number of the request"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("As it stands on the paper. No name."),
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def clean_until(self) -> dt.datetime:
        """The end of that day."""
        day = self.cleaned_data["until"]
        end = timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59, 59)))
        if not clock.now() < end <= clock.now() + legal_holds.LONGEST:
            raise forms.ValidationError(_("A day to come, within two years."))
        return end


@require_GET
@requires(may.CASE_READ)
def overview(request: HttpRequest) -> HttpResponse:
    """Every hold that lasts, what waits for a second person, and what ends within two weeks."""
    ending = [one for one in forecast.within(SOON) if one.kind in {"personal", "texts", "proofs"}]
    context = {"holds": legal_holds.open_holds(), "ending": ending, "me": str(analyst(request.user.pk or 0))}
    return render(request, "review/holds.html", context)


@require_http_methods(["GET", "POST"])
@requires(may.HOLD_ASK)
def page(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """The holds of a case, and a new one: it holds at once."""
    case = get_object_or_404(Case, pk=case_id)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actor = analyst(request.user.pk or 0)
        try:
            legal_holds.ask(case, HoldMotive(said["motive"]), said["until"], actor, said["reference"])
        except CaseErased:
            messages.error(request, _("Its reporter has deleted this case."))
        else:
            messages.success(
                request, _("Held from now on. It lapses in three days unless somebody else confirms it.")
            )
        return redirect("review:hold", case.pk)
    context = {"case": case, "form": form, "holds": case.legal_holds.all(), "kept": legal_holds.keeps(case)}
    context["me"] = str(analyst(request.user.pk or 0))
    return render(request, "review/hold.html", context, status=422 if form.errors else 200)


@require_POST
@requires(may.HOLD_CONFIRM)
def confirm(request: HttpRequest, hold_id: int) -> HttpResponse:
    """A lead who is not the one that asked confirms it."""
    hold = get_object_or_404(LegalHold, pk=hold_id)
    try:
        legal_holds.confirm(hold, analyst(request.user.pk or 0))
    except legal_holds.NotTwoPeople:
        messages.error(request, _("Two people hold a case: somebody else must confirm yours."))
    except legal_holds.NotWaiting:
        messages.error(request, _("It was confirmed before, or has ended."))
    else:
        messages.success(request, _("Confirmed: it holds until its end."))
    return redirect("review:hold", hold.case_id)


@require_POST
@requires(may.HOLD_CONFIRM)
def end(request: HttpRequest, hold_id: int) -> HttpResponse:
    """It holds no more: what was due meanwhile is destroyed now."""
    hold = get_object_or_404(LegalHold, pk=hold_id)
    try:
        legal_holds.end(hold, analyst(request.user.pk or 0))
    except legal_holds.NotWaiting:
        messages.error(request, _("It has ended before."))
    else:
        messages.success(request, _("Ended. What was due meanwhile is destroyed now."))
    return redirect("review:hold", hold.case_id)
