"""The analysts' page of the watch: what is to be confirmed, and what is looked through."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Hit, HitState, Source, SourceKind
from disrupt.hotline.takedown.watch import hits

SHOWN = 50


class SourceForm(forms.Form):
    """Something to look through."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=SourceKind.choices)
    url = forms.CharField(label=gettext_lazy("Address"), max_length=2000)
    right = forms.CharField(
        label=gettext_lazy("By what right"),
        max_length=300,
        help_text=gettext_lazy("An agreement with the site, for example. No name of a person."),
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Hours between two visits"), min_value=6, max_value=24 * 90, initial=24
    )

    def clean_url(self) -> str:
        url = str(self.cleaned_data["url"]).strip()
        if not url.startswith(("https://", "http://")) or not take_apart(url).host:
            raise ValidationError(_("This is not an address."))
        return url


@require_GET
@requires(may.NOTICE_READ)
def page(request: HttpRequest) -> HttpResponse:
    """What is to be confirmed, and the sources."""
    return _page(request, SourceForm())


@require_POST
@requires(may.RECIPIENT_MANAGE)
def add(request: HttpRequest) -> HttpResponse:
    """A lead adds something to look through."""
    form = SourceForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    now, who = clock.now(), str(analyst(request.user.pk or 0))
    Source.objects.create(**form.cleaned_data, read_at=now, added_by=who, added_at=now)
    return redirect("takedown:watch")


def _page(request: HttpRequest, form: SourceForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "hits": Hit.objects.filter(state=HitState.OPEN).select_related("entry")[:SHOWN],
        "sources": Source.objects.filter(ended_at=None),
        "form": form,
        "may_add": may.allowed(request.user, may.RECIPIENT_MANAGE),
        "may_manage": may.allowed(request.user, may.NOTICE_MANAGE),
    }
    return render(request, "takedown/watch.html", context, status=status)


@require_POST
@requires(may.RECIPIENT_MANAGE)
def end(request: HttpRequest, source_id: int) -> HttpResponse:
    """Look through it no more; its pages are forgotten."""
    source = get_object_or_404(Source, pk=source_id)
    source.pages.all().delete()
    Source.objects.filter(pk=source.pk, ended_at=None).update(ended_at=clock.now(), read_at=None)
    return redirect("takedown:watch")


@require_POST
@requires(may.NOTICE_MANAGE)
def decide(request: HttpRequest, hit_id: int, what: str) -> HttpResponse:
    """It is the same, or it is not."""
    hit, who = get_object_or_404(Hit, pk=hit_id), analyst(request.user.pk or 0)
    if what != "same":
        hits.dismiss(hit, who)
        return redirect("takedown:watch")
    try:
        made = hits.confirm(hit, who)
    except hits.NobodyBehind:
        messages.error(request, _("The entry was withdrawn meanwhile: nobody asks for anything any more."))
        return redirect("takedown:watch")
    if made is None:
        return redirect("takedown:watch")
    messages.success(request, _("The page is an item of the case now, and its notices follow."))
    return redirect("review:case", made.case_id)
