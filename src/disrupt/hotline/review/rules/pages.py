"""The page of rules: each category and way to belong, on or off, with the bound of its error."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from disrupt.hotline.cases.categories import to_choose
from disrupt.hotline.cases.models import CarryRule, How
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.decisions import rules


class RuleForm(forms.Form):
    """What a rule is about, the error it may have, and how much of it is looked at."""

    category = forms.ChoiceField(label=gettext_lazy("Category"))
    how = forms.ChoiceField(label=gettext_lazy("What belongs"), choices=How.choices, widget=forms.RadioSelect)
    limit = forms.FloatField(
        label=gettext_lazy("It stops when the bound of its error is above, in percent"),
        min_value=0.1,
        max_value=20,
        initial=1,
    )
    sample = forms.FloatField(
        label=gettext_lazy("Somebody looks at, in percent, once it is earned"),
        min_value=1,
        max_value=100,
        initial=5,
    )

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]  # the form's own arguments
        found = [c for c in to_choose(clock.now()).values() if c.illegal and not c.minors]
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        language = get_language() or "fr"
        category.choices = [(c.code, f"{c.code} {c.name.in_language(language)}") for c in found]


@dataclass(frozen=True)
class Row:
    """A rule and its bound, in percent; None where nothing was looked at."""

    rule: CarryRule
    bound: float | None


@require_http_methods(["GET", "POST"])
@requires(may.RULE_READ)
def page(request: HttpRequest) -> HttpResponse:
    """All rules; a lead turns one on."""
    form = RuleForm(request.POST or None)
    if request.method == "POST" and may.allowed(request.user, may.RULE_MANAGE) and form.is_valid():
        said = form.cleaned_data
        actor = analyst(request.user.pk or 0)
        rules.turn_on(said["category"], How(said["how"]), actor, limit=said["limit"], sample=said["sample"])
        messages.success(request, _("On. Somebody looks at each of its decisions until it is earned."))
        return redirect("review:rules")
    rows = [Row(one, rules.bound(one) if one.looked_at else None) for one in CarryRule.objects.all()]
    return render(
        request, "review/rules.html", {"rows": rows, "form": form}, status=422 if form.errors else 200
    )


@require_POST
@requires(may.RULE_MANAGE)
def off(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Nothing more is decided by it."""
    rules.turn_off(get_object_or_404(CarryRule, pk=rule_id), analyst(request.user.pk or 0))
    messages.success(request, _("Off. People decide again."))
    return redirect("review:rules")
