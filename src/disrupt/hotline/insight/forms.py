"""The forms of reports."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.insight.periods import BadPeriod, period


class PeriodForm(forms.Form):
    """Which period a report is on."""

    period = forms.CharField(
        label=_("Period"), max_length=8, help_text=_("2026, 2026-H1, 2026-Q3 or 2026-05")
    )

    def clean_period(self) -> str:
        name = str(self.cleaned_data["period"]).strip().upper()
        try:
            return period(name).name
        except BadPeriod:
            raise forms.ValidationError(_("Give a year (2026), a half, a quarter or a month.")) from None


def _text(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=10_000, widget=forms.Textarea({"rows": 6}))


class WordsForm(forms.Form):
    """What a report says in words, in both languages."""

    procedures_fr = _text(_("Procedures that keep us independent, in French"))
    procedures_en = _text(_("Procedures that keep us independent, in English"))
    change_fr = _text(_("What this version corrects, in French"))
    change_en = _text(_("What this version corrects, in English"))
