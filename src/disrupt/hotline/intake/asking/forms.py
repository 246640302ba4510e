"""The questions of a report, one small form each, so that they can stand on one page or on a page each."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.intake.asking.journey import MINOR_SELF, OTHER, Way

MOST_WORDS = 5000
_SHORTER = {"max_length": _("This is too long: %(show_value)d characters, and %(limit_value)d fit.")}
_TELEPHONE = re.compile(r"\+?[\d\s().\-/\u00a0\u202f]{4,30}\Z")


_AGES = [
    (AgeWhenTaken.MINOR.value, _("Under 18")),
    (AgeWhenTaken.ADULT.value, _("18 or older")),
    (AgeWhenTaken.UNSURE.value, _("I do not know")),
]
_AGE_MISSING = _("Tell us how old the person was: choose one of the three answers.")


class Question(forms.Form):
    """What all questions share: no browser bubbles, because they speak the browser's language."""

    use_required_attribute = False


class WaysForm(Question):
    """What the report is about: one way or several."""

    ways = forms.MultipleChoiceField(
        choices=[
            (Way.ONLINE.value, _("It is online")),
            (Way.DEPOSIT.value, _("It could appear")),
            (Way.DEVICE.value, _("I do not want to send it")),
            (Way.THREAT.value, _("Somebody is threatening me")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one of the four answers.")},
    )


class ToldForm(Question):
    """A threat: where, who, what they demand, until when. All of it may be left empty."""

    place = forms.CharField(required=False, max_length=200, error_messages=_SHORTER)
    account = forms.CharField(required=False, max_length=300, error_messages=_SHORTER)
    demand = forms.CharField(required=False, max_length=500, error_messages=_SHORTER)
    deadline = forms.CharField(required=False, max_length=200, error_messages=_SHORTER)
    danger = forms.BooleanField(required=False)


TOLD = tuple(ToldForm.base_fields)


class ThreatForm(ToldForm):
    """On the page of all questions: whether a threat is under way, and what is known of it."""

    threat = forms.BooleanField(required=False)


class WhoForm(Question):
    """Who reports: only the person concerned can. Nobody is asked for a parent's consent."""

    reporter = forms.ChoiceField(
        choices=[
            (Reporter.SELF.value, pgettext_lazy("reporter", "I am the person in the content")),
            (MINOR_SELF, pgettext_lazy("reporter", "I am the person in the content, and I am under 18")),
            (
                Reporter.REPRESENTATIVE.value,
                pgettext_lazy("reporter", "I am their parent or legal representative"),
            ),
            (Reporter.HELPER.value, pgettext_lazy("reporter", "I help the person, who is with me")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Tell us who you are: choose one of the answers.")},
    )


class WhoOrOtherForm(WhoForm):
    """On a page of its own: whoever reports somebody else's content is told why that is not possible here."""

    reporter = forms.ChoiceField(
        choices=[
            *WhoForm.base_fields["reporter"].choices,  # type: ignore[attr-defined]  # a ChoiceField
            (OTHER, pgettext_lazy("reporter", "It is a photo or video of somebody else")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Tell us who you are: choose one of the answers.")},
    )


class AgeForm(Question):
    """How old the person was: it decides which law protects them."""

    age = forms.ChoiceField(
        choices=_AGES, widget=forms.RadioSelect, error_messages={"required": _AGE_MISSING}
    )


class WhoAndAgeForm(WhoOrOtherForm):
    """Both on one page: who is under 18 now need not say how old they were then."""

    age = forms.ChoiceField(required=False, choices=_AGES, widget=forms.RadioSelect)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("reporter") and said["reporter"] not in {MINOR_SELF, OTHER} and not said.get("age"):
            self.add_error("age", str(_AGE_MISSING))
        return said


class WordsForm(Question):
    """Whatever the person wants to add."""

    description = forms.CharField(
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea,
        error_messages={"max_length": _("This text is too long: %(show_value)d characters, and 5000 fit.")},
    )


class NowForm(ToldForm, WordsForm):
    """A threat on a page of its own: what is known, in what words, and who is threatened."""

    reporter = forms.ChoiceField(
        choices=[
            (MINOR_SELF, pgettext_lazy("threatened", "I am, and I am under 18")),
            (Reporter.SELF.value, pgettext_lazy("threatened", "I am, and I am 18 or older")),
            (
                Reporter.REPRESENTATIVE.value,
                pgettext_lazy("threatened", "My child, or somebody I legally represent"),
            ),
            (OTHER, pgettext_lazy("threatened", "Somebody else")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Tell us who is threatened: choose one of the answers.")},
    )


class ContactForm(Question):
    """How to reach the person, if they wish it and where they say that it is safe."""

    email = forms.EmailField(
        required=False,
        max_length=254,
        error_messages={"invalid": _("This is not an e-mail address. It looks like name@example.org.")},
    )
    email_safe = forms.BooleanField(required=False)
    email_any_hour = forms.BooleanField(required=False)
    telephone = forms.CharField(required=False, max_length=40)
    telephone_safe = forms.BooleanField(required=False)

    def clean_telephone(self) -> str:
        number = " ".join(str(self.cleaned_data["telephone"]).split())
        if number and (not _TELEPHONE.match(number) or not 4 <= sum(c.isdigit() for c in number) <= 15):
            raise forms.ValidationError(
                _("This is not a telephone number. It has digits only, such as 06 12 34 56 78.")
            )
        return number


class StatementForm(Question):
    """Only the person concerned can report intimate content of themselves."""

    statement = forms.BooleanField(
        error_messages={"required": _("Tick the statement: without it we are not allowed to act.")}
    )


class LastForm(ContactForm, StatementForm):
    """The last page of a threat, whose words were asked before."""


class LastWithWordsForm(WordsForm, LastForm):
    """The last page: what to add, how to reach the person, the statement."""


class WitnessForm(WordsForm):
    """Somebody who came across a child's picture, and has nothing to send but its address."""

    statement = forms.BooleanField(
        error_messages={"required": _("Tick the statement: without it we are not allowed to act.")}
    )
