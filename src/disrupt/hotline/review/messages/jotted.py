"""Notes among analysts, and what was promised to a person by a day."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from disrupt.hotline.cases import jottings, promising
from disrupt.hotline.cases.legal_holds import Kept
from disrupt.hotline.cases.locking import CaseErased
from disrupt.hotline.cases.models import Case, Item, Jotting
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires

_TIMECODE = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})|(\d{1,6})")


class JottingForm(forms.Form):
    """A note; of a film perhaps on a second."""

    text = forms.CharField(
        label=gettext_lazy("A note among ourselves"),
        max_length=jottings.MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Write something first.")},
        help_text=gettext_lazy("Sealed; every analyst reads it, no page for the reporter shows it."),
    )
    second = forms.CharField(
        label=gettext_lazy("At, in the video"),
        max_length=10,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "1:05", "autocomplete": "off"}),
    )

    def clean_second(self) -> float | None:
        """1:05 or 1:02:03 or 65, as seconds."""
        text = self.cleaned_data["second"].strip()
        if not text:
            return None
        found = _TIMECODE.fullmatch(text)
        if found is None:
            raise forms.ValidationError(_("Such as 1:05."))
        hours, minutes, seconds, alone = (int(one or 0) for one in found.groups())
        return float(alone or hours * 3600 + minutes * 60 + seconds)


class PromiseForm(forms.Form):
    """By which day."""

    day = forms.DateField(
        label=gettext_lazy("Promised for"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )


def shown(request: HttpRequest, case: Case, item: Item | None = None) -> dict[str, Any]:
    """For a page: the notes on the case, on an item of it where one is named, and a form."""
    if not may.allowed(request.user, may.NOTE_READ):
        return {}
    found = [one for one in jottings.notes(case) if item is None or one.jotting.item in (None, item)]
    form = JottingForm(auto_id="id_jot_%s")
    return {"jottings": found, "jot": form, "me": str(analyst(request.user.pk or 0))}


def _back(case: Case, item: Item | None) -> HttpResponse:
    return redirect("review:item", item.pk) if item else redirect("review:case", case.pk)


def _first_error(form: forms.Form) -> str:
    return str(next(iter(form.errors.values()))[0])


@require_POST
@requires(may.NOTE_READ)
def jot(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """A note on a case, or on an item of it."""
    case = get_object_or_404(Case, pk=case_id)
    named = request.POST.get("item", "")
    item = next((one for one in case.items.all() if str(one.pk) == named), None)
    form = JottingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _first_error(form))
        return _back(case, item)
    said = form.cleaned_data
    actor = analyst(request.user.pk or 0)
    try:
        jottings.write(case, said["text"], actor, item=item, second=said["second"] if item else None)
    except CaseErased:
        messages.error(request, _("Its reporter has deleted this case."))
    return _back(case, item)


@require_POST
@requires(may.NOTE_READ)
def take_away(request: HttpRequest, jotting_id: int) -> HttpResponse:
    """One's own note is destroyed."""
    found = get_object_or_404(Jotting.objects.select_related("case"), pk=jotting_id)
    try:
        jottings.take_away(found, analyst(request.user.pk or 0))
    except jottings.NotYours:
        messages.error(request, _("Only who wrote a note takes it away."))
    except Kept:
        messages.error(request, _("The case is under a legal hold: nothing of it is destroyed."))
    return redirect("review:case", found.case_id)


@require_POST
@requires(may.MESSAGE_WRITE)
def promise(request: HttpRequest, case_id: uuid.UUID) -> HttpResponse:
    """Something is promised for a day, or it was done."""
    case = get_object_or_404(Case, pk=case_id)
    actor = analyst(request.user.pk or 0)
    if "kept" in request.POST:
        promising.kept(case, actor)
        return redirect("review:case", case.pk)
    form = PromiseForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("A day to come, within a year."))
        return redirect("review:case", case.pk)
    morning = timezone.make_aware(dt.datetime.combine(form.cleaned_data["day"], dt.time(6)))
    try:
        promising.promise(case, morning, actor)
    except promising.BadDay:
        messages.error(request, _("A day to come, within a year."))
    except CaseErased:
        messages.error(request, _("Its reporter has deleted this case."))
    else:
        messages.success(request, _("The case is back in the queue on that morning."))
    return redirect("review:case", case.pk)
