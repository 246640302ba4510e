"""The page on which an analyst says how contents are shown to them, and what they leave to others."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.review.models import Blur, Theme, Tint
from disrupt.hotline.review.seeing import manners
from disrupt.hotline.review.waiting import themes


class LookPreferenceForm(forms.Form):
    """How contents are shown, and what is left to others."""

    blur = forms.ChoiceField(
        label=gettext_lazy("A content is first shown"), choices=Blur.choices, widget=forms.RadioSelect
    )
    tint = forms.ChoiceField(
        label=gettext_lazy("Its colours"), choices=Tint.choices, widget=forms.RadioSelect
    )
    small = forms.BooleanField(
        label=gettext_lazy("Small, also unblurred; large by a press of its own"), required=False
    )
    soft = forms.BooleanField(label=gettext_lazy("Muted: with little contrast"), required=False)
    stills = forms.BooleanField(
        label=gettext_lazy("Of a video, only the row of small stills at first"), required=False
    )
    left = forms.MultipleChoiceField(
        label=gettext_lazy("I leave to others"),
        choices=Theme.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


@require_http_methods(["GET", "POST"])
@requires(may.ITEM_QUALIFY)
def page(request: HttpRequest) -> HttpResponse:
    """One's own; a lead also sets what holds for those who chose nothing."""
    form = LookPreferenceForm(request.POST) if request.method == "POST" else None
    if "as_the_house" in request.POST:
        manners.as_the_house(request.user)
        messages.success(request, _("You see contents as the house does."))
        return redirect("review:preferences")
    if form is not None and form.is_valid():
        if "for_all" in request.POST and may.allowed(request.user, may.RULE_MANAGE):
            manners.keep_for_all(analyst(request.user.pk or 0), form.cleaned_data)
            messages.success(request, _("It holds for everybody who has chosen nothing."))
        else:
            manners.keep(request.user, form.cleaned_data)
            themes.choose(request.user, form.cleaned_data["left"])
            messages.success(request, _("Kept. Nobody else sees it."))
        return redirect("review:preferences")
    if form is None:
        chosen = manners.of(request.user)
        initial = {name: getattr(chosen, name) for name in manners.FIELDS}
        form = LookPreferenceForm(initial=initial | {"left": sorted(themes.of(request.user))})
        own = chosen.user_id is not None
    else:
        own = True
    context = {"form": form, "own": own}
    return render(request, "review/preferences.html", context, status=422 if form.errors else 200)
