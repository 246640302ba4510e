"""The forms of categories: their days, and one that the hotline makes (docs/adr/0174)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disrupt.hotline.cases import own_categories
from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.cases.own_categories import TEXTS
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.review.changing.forms import DAY, ChangeForm
from disrupt.hotline.takedown.notices import own_words

_LANGUAGES = own_words.LANGUAGES


class CategoryForm(ChangeForm):
    """Between which days a category can be chosen."""

    since = forms.DateField(label=gettext_lazy("To choose from"), required=False, widget=DAY)
    until = forms.DateField(label=gettext_lazy("To choose until that day"), required=False, widget=DAY)

    def now(self, key: str) -> dict[str, Any]:
        if key in own_categories.rows() or key not in scheme_at(clock.now()).categories:
            raise KeyError(key)
        said = amendments.of(Kind.CATEGORY).get(key, {})
        return {name: dt.date.fromisoformat(day) for name, day in said.items() if day}

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day is before the first."))
        return self.cleaned_data

    def row(self) -> tuple[str, Mapping[str, Any]]:
        days = {name: self.cleaned_data[name] for name in ("since", "until")}
        return self.key, {name: day.isoformat() if day else "" for name, day in days.items()}


def _line(label: Any, longest: int = 300) -> forms.CharField:
    return forms.CharField(label=label, max_length=longest)


class OwnCategoryForm(ChangeForm):
    """A category of the hotline's own: words and law in both languages, what follows from it, its days."""

    of_words = True
    code = forms.CharField(
        label=gettext_lazy("Its code"),
        max_length=12,
        help_text=gettext_lazy("OWN- and two to eight capital letters or digits."),
    )
    name_fr = _line(gettext_lazy("Name in French"), 80)
    name_en = _line(gettext_lazy("Name in English"), 80)
    facts_fr = _line(gettext_lazy("What notices say of the facts, in French"))
    facts_en = _line(gettext_lazy("What notices say of the facts, in English"))
    article_fr = _line(gettext_lazy("Article of law in French"))
    article_en = _line(gettext_lazy("Article of law in English"))
    penalty_fr = _line(gettext_lazy("Penalty in French"))
    penalty_en = _line(gettext_lazy("Penalty in English"))
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"), coerce=int, choices=[(n, f"P{n}") for n in range(4)]
    )
    minors = forms.BooleanField(label=gettext_lazy("It is about minors"), required=False)
    threat = forms.BooleanField(label=gettext_lazy("Somebody threatens with it"), required=False)
    host_wait_hours = forms.FloatField(
        label=gettext_lazy("Hours between the police and the host"), min_value=3, max_value=168
    )
    since = forms.DateField(
        label=gettext_lazy("To choose from"),
        widget=DAY,
        help_text=gettext_lazy("Tomorrow at the earliest. From then on only its last day can be changed."),
    )
    until = forms.DateField(label=gettext_lazy("To choose until that day"), required=False, widget=DAY)

    def __init__(self, key: str, data: Any = None, earlier: Mapping[str, Any] | None = None) -> None:
        super().__init__(key, data, earlier)
        if key and self.initial["since"] <= clock.now().date():
            for name in self.fields.keys() - {"until", "why"}:
                self.fields[name].disabled = True

    def now(self, key: str) -> dict[str, Any]:
        if not key:
            return {"priority": 2, "host_wait_hours": 6}
        return {"code": key, **self.as_it_was(own_categories.rows()[key])}

    def as_it_was(self, value: Mapping[str, Any]) -> dict[str, Any]:
        days = {name: dt.date.fromisoformat(value[name]) for name in ("since", "until") if value[name]}
        texts = {f"{name}_{lang}": value[name][lang] for name in TEXTS for lang in _LANGUAGES}
        plain = {name: value[name] for name in ("priority", "minors", "threat", "host_wait_hours")}
        return {**texts, **plain, **days}

    def clean_code(self) -> str:
        code = self.key or str(self.cleaned_data["code"]).strip().upper()
        if not own_categories.CODE.fullmatch(code):
            raise ValidationError(_("OWN- and two to eight capital letters or digits."))
        if not self.key and code in own_categories.rows():
            raise ValidationError(_("There is one of this code."))
        return code

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("minors") and said.get("priority", 0) != 0:
            self.add_error("priority", _("What is about minors is P0."))
        began = self.key and self.fields["since"].disabled
        if said.get("since") and not began and said["since"] <= clock.now().date():
            self.add_error("since", _("Tomorrow at the earliest, so that it can be read again before."))
        if said.get("since") and said.get("until") and said["until"] < said["since"]:
            self.add_error("until", _("The last day is before the first."))
        return said

    def row(self) -> tuple[str, Mapping[str, Any]]:
        said = self.cleaned_data
        texts = {name: {lang: said[f"{name}_{lang}"] for lang in _LANGUAGES} for name in TEXTS}
        plain = {name: said[name] for name in ("priority", "minors", "threat", "host_wait_hours")}
        days = {name: said[name].isoformat() if said[name] else "" for name in ("since", "until")}
        return said["code"], {**texts, **plain, **days}

    def write(self, kind: Kind, actor: Actor) -> None:
        code, said = self.row()
        own_categories.put(code, said, actor, self.cleaned_data["why"], clock.now().date())

    def take_back(self, kind: Kind, actor: Actor, why: str) -> None:
        own_categories.put(self.key, None, actor, why, clock.now().date())

    def preview(self) -> list[tuple[str, list[str]]]:
        said = self.cleaned_data
        return [
            (
                said[f"name_{lang}"],
                own_words.reasons({name: said[f"{name}_{lang}"] for name in TEXTS}, said["code"], lang),
            )
            for lang in _LANGUAGES
        ]
