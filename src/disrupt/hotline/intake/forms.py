"""The questions of a report, one small form each, so that they can stand on one page or on a page each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.intake import addresses
from disrupt.hotline.intake.journey import MINOR_SELF, OTHER, Way

_TELEPHONE = re.compile(r"\+?[\d\s().\-/\u00a0\u202f]{4,30}\Z")


@dataclass(frozen=True)
class Row:
    """One line of the list of addresses, as it was typed."""

    number: int
    typed: str
    wrong: bool


class Question(forms.Form):
    """What all questions share: no browser bubbles, because they speak the browser's language."""

    use_required_attribute = False


class WaysForm(Question):
    """What the report is about: one way or several, and whether a threat is under way."""

    ways = forms.MultipleChoiceField(
        choices=[
            (Way.ONLINE.value, _("It is online")),
            (Way.DEPOSIT.value, _("It could appear")),
            (Way.DEVICE.value, _("I do not want to send it")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one of the three answers.")},
    )
    threat = forms.BooleanField(required=False)


class WhereForm(Question):
    """The addresses: typed one by one (`url`, repeated), or pasted together (`urls`)."""

    urls = forms.CharField(required=False, max_length=200_000, widget=forms.Textarea)

    def __init__(self, data: QueryDict | None = None, rows: int = 1, known: tuple[str, ...] = ()) -> None:
        super().__init__(data)
        typed = [text for text in data.getlist("url") if text.strip()] if data else list(known)
        self._typed = typed[: settings.MAX_URLS * 2]
        self._blank = rows if not typed else max(rows - len(typed), 0)
        self._wrong: set[int] = set()

    def rows(self) -> list[Row]:
        """What the page shows: every address typed so far, then empty fields."""
        typed = [*self._typed, *[""] * self._blank]
        return [Row(i, text, i in self._wrong) for i, text in enumerate(typed, 1)]

    def more(self, rows: int, most: int) -> None:
        """Show more empty fields."""
        self._blank = min(self._blank + rows, most - len(self._typed))

    def wrong_rows(self) -> list[int]:
        return sorted(self._wrong)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        good: list[str] = []
        for number, text in enumerate(self._typed, 1):
            try:
                good.append(addresses.clean(text))
            except addresses.NotAnAddress:
                self._wrong.add(number)
        bad: list[str] = []
        for text in addresses.split(cleaned.get("urls", "")):
            try:
                good.append(addresses.clean(text))
            except addresses.NotAnAddress:
                bad.append(text[:80])
        if bad:
            message = _("This is not the address of a page: %(text)s")
            self.add_error(
                "urls", [forms.ValidationError(message, params={"text": text}) for text in bad[:5]]
            )
        cleaned["addresses"] = addresses.distinct(good)
        excess = len(cleaned["addresses"]) - settings.MAX_URLS
        if excess > 0:
            self.add_error(
                "urls",
                ngettext(
                    "That is %(excess)d address too many: a report holds %(limit)d. "
                    "Send it in a second report.",
                    "That is %(excess)d addresses too many: a report holds %(limit)d. "
                    "Send the others in a second report.",
                    excess,
                )
                % {"excess": excess, "limit": settings.MAX_URLS},
            )
        return cleaned

    def is_valid(self) -> bool:
        return super().is_valid() and not self._wrong


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
        choices=[
            (AgeWhenTaken.MINOR.value, _("Under 18")),
            (AgeWhenTaken.ADULT.value, _("18 or older")),
            (AgeWhenTaken.UNSURE.value, _("I do not know")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Tell us how old the person was: choose one of the three answers.")},
    )


class WordsForm(Question):
    """Whatever the person wants to add."""

    description = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea,
        error_messages={"max_length": _("This text is too long: %(show_value)d characters, and 5000 fit.")},
    )


class ContactForm(Question):
    """How to reach the person, if they wish it and where they say that it is safe."""

    email = forms.EmailField(
        required=False,
        max_length=254,
        error_messages={"invalid": _("This is not an e-mail address. It looks like name@example.org.")},
    )
    email_safe = forms.BooleanField(required=False)
    telephone = forms.CharField(required=False, max_length=40)
    telephone_safe = forms.BooleanField(required=False)

    def clean_telephone(self) -> str:
        number: str = self.cleaned_data["telephone"]
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
