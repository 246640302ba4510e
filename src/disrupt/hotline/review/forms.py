"""The analyst's forms: a qualification, a motive for reading a contact, a search."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.categories import Scheme, schemes
from disrupt.hotline.cases.models import PersonAge
from disrupt.hotline.takedown.notices.particulars import Said
from disrupt.hotline.takedown.pages.forms import ParticularsForm

MAX_REASONING = 4000
# What a decision says for its notices is asked by the notices' own form, under these names.
_TOLD = "told"
TOLD = tuple(f"{_TOLD}-{name}" for name in ParticularsForm.base_fields)


def in_form(told: Said) -> dict[str, str]:
    """What was said for the notices, as the fields of a decision's form hold it."""
    seen = timezone.localtime(told.seen_at).strftime("%Y-%m-%dT%H:%M") if told.seen_at else ""
    texts = {"place": told.place, "moment": told.moment, "file": told.media, "shows": told.shows}
    return {f"{_TOLD}-{name}": text for name, text in {**texts, "seen_at": seen}.items()}


class QualifyForm(forms.Form):
    """One decision on one item, from the version of the scheme that is in force."""

    category = forms.ChoiceField(
        label=_("Category"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a category.")},
    )
    secondary = forms.MultipleChoiceField(
        label=_("Also"), required=False, widget=forms.CheckboxSelectMultiple
    )
    person = forms.ChoiceField(
        label=_("The person shown is"),
        choices=PersonAge.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how old the person appears.")},
    )
    synthetic = forms.BooleanField(label=_("Made or edited by AI, as far as you see"), required=False)
    reason = forms.ChoiceField(label=_("Why it is not qualified"), required=False)
    reasoning = forms.CharField(
        label=_("Legal reasoning"),
        required=False,
        max_length=MAX_REASONING,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What you saw that meets the article. No name, no address: notices do not quote it."),
    )

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme
        began = {
            name: str((self.initial or {}).get(f"{_TOLD}-{name}", "")) for name in ParticularsForm.base_fields
        }
        data = self.data if self.is_bound else None
        self.particulars = ParticularsForm(data, prefix=_TOLD, initial=began, needed=False)
        language = get_language() or "fr"
        names = [(c.code, c.name.in_language(language)) for c in scheme.values()]
        illegal = [(code, name) for code, name in names if scheme[code].illegal]
        reasons = [(r.code, r.text.in_language(language)) for r in scheme.reasons.values()]
        for field, choices in (("category", names), ("secondary", illegal)):
            control = self.fields[field]
            assert isinstance(control, forms.ChoiceField)
            control.choices = choices
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)
        reason.choices = [("", "—"), *reasons]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        code = data.get("category")
        if not code:
            return data
        category = self.scheme[code]
        data["particulars"] = {}
        if category.illegal:
            data["reason"] = ""
            if self.particulars.is_valid():
                data["particulars"] = self.particulars.cleaned_data["said"].as_data()
            else:
                self.add_error(None, _("What is said to the host cannot stay so."))
        else:
            data["secondary"] = []
            if not data.get("reason"):
                self.add_error("reason", _("Say why: the reporter is told."))
        data["secondary"] = [other for other in data.get("secondary", []) if other != code]
        if category.minors and data.get("person") == PersonAge.ADULT:
            self.add_error(
                "person", _("This category is about minors: choose “a minor” or “possibly a minor”.")
            )
        return data


class HurryForm(forms.Form):
    """Why a decision cannot wait."""

    why = forms.CharField(
        label=_("Why can it not wait?"),
        max_length=300,
        help_text=_("A few words. They stay with the decision; the ledger says that you hurried it."),
    )


class Motive:
    """Why a contact may be read: a fixed list, so that the ledger never holds personal details."""

    CHOICES = (
        ("outcome", _("to tell the reporter the outcome, as they asked")),
        ("question", _("to ask the reporter what is missing")),
        ("danger", _("because somebody may be in danger")),
        ("request", _("because the reporter asked for it")),
        ("justice", _("because a court or the police asked for it")),
    )


class MotiveForm(forms.Form):
    motive = forms.ChoiceField(
        label=_("Why do you need it?"),
        choices=Motive.CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why: it is recorded in the ledger.")},
    )


class EvidenceForm(forms.Form):
    """Why the evidence file of a case is made: a fixed list, for the ledger."""

    CHOICES = (
        ("police", _("the police asked for it")),
        ("court", _("a court asked for it")),
        ("person", _("the person concerned asked for it")),
    )
    motive = forms.ChoiceField(
        label=_("Why is it made?"),
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why: it is recorded in the ledger.")},
    )


class LookForm(forms.Form):
    """Why what may show a minor is to be seen: a fixed list, for the ledger."""

    CHOICES = (
        ("decide", _("to decide on it")),
        ("check", _("to check a decision")),
        ("danger", _("because somebody may be in danger")),
        ("justice", _("because a court or the police asked for it")),
    )
    motive = forms.ChoiceField(
        label=_("Why do you need to see it?"), choices=CHOICES, widget=forms.RadioSelect
    )


class SearchForm(forms.Form):
    """A reference, an address or a fingerprint in words; or a file."""

    q = forms.CharField(
        label=_("Case reference, address or fingerprint"),
        max_length=4000,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("D- and eight letters or digits; an address; or the 64 digits of a SHA-256 or PDQ."),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("It is compared in memory with what waits and with the bank, and forgotten."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("q") and not data.get("file") and not self.errors:
            # A file that is too large did not even arrive (dropped.py).
            self.add_error("file", _("Write something, or choose a file of at most 256 MB."))
        return data


class QueueForm(forms.Form):
    """Which part of the queue is shown; each field is left empty for all of it."""

    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[
            ("", _("all")),
            ("file", _("files")),
            ("url", _("addresses")),
            ("read", _("to read")),
            ("held", _("held fingerprints")),
            ("promised", _("promises due")),
            ("asked", _("waiting for an answer")),
            ("back", _("came back")),
            ("disputed", _("disputed")),
        ],
    )
    category = forms.ChoiceField(label=_("Decided in it"), required=False)
    minors = forms.ChoiceField(
        label=_("Minors"), required=False, choices=[("", _("all")), ("only", _("only")), ("none", _("none"))]
    )
    threat = forms.BooleanField(label=_("threatened"), required=False)
    late = forms.BooleanField(label=_("late"), required=False)
    mine = forms.BooleanField(label=_("mine"), required=False)
    language = forms.CharField(label=_("Language"), required=False, max_length=8)
    host = forms.CharField(label=_("Host"), required=False, max_length=255)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category = self.fields["category"]
        assert isinstance(category, forms.ChoiceField)
        codes = dict.fromkeys(code for scheme in reversed(schemes()) for code in scheme)
        category.choices = [("", _("all")), *((code, code) for code in codes)]
