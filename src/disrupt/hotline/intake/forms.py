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
from disrupt.hotline.intake.services import Answers

_TELEPHONE = re.compile(r"\+?[\d\s().\-/\u00a0\u202f]{4,30}\Z")


@dataclass(frozen=True)
class Row:
    """One line of the list of addresses, as it was typed."""

    number: int
    typed: str
    wrong: bool


@dataclass(frozen=True)
class Problem:
    """What must be corrected, and the id of the field to go to."""

    anchor: str
    message: str


class Question(forms.Form):
    """What all questions share: no browser bubbles, because they speak the browser's language."""

    use_required_attribute = False


class WhereForm(Question):
    """The addresses: typed one by one (`url`, repeated), or pasted together (`urls`)."""

    urls = forms.CharField(required=False, max_length=200_000, widget=forms.Textarea)

    def __init__(self, data: QueryDict | None = None, rows: int = 1) -> None:
        super().__init__(data)
        typed = [text for text in data.getlist("url") if text.strip()] if data else []
        self._typed = typed[: settings.MAX_URLS * 2]
        self._blank = rows if not typed else max(rows - len(typed), 0)
        self._wrong: set[int] = set()

    def rows(self) -> list[Row]:
        """What the page shows: every address typed so far, then empty fields."""
        typed = [*self._typed, *[""] * self._blank]
        return [Row(i, text, i in self._wrong) for i, text in enumerate(typed, 1)]

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
    """Who reports, and how old the person was: it decides which law protects them."""

    reporter = forms.ChoiceField(
        choices=[
            (Reporter.SELF.value, pgettext_lazy("reporter", "I am the person in the content")),
            (
                Reporter.REPRESENTATIVE.value,
                pgettext_lazy("reporter", "I am their parent or legal representative"),
            ),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Tell us who you are: choose one of the two answers.")},
    )
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


class ReportQuestions:
    """All the questions together, as one page asks them."""

    def __init__(self, data: QueryDict | None = None, *, rows: int = 1) -> None:
        self.where = WhereForm(data, rows)
        self.who = WhoForm(data)
        self.words = WordsForm(data)
        self.contact = ContactForm(data)
        self.statement = StatementForm(data)
        self._nothing = ""
        # Pages show what is wrong only once the person has asked to send.
        self.checked = False

    @property
    def parts(self) -> tuple[Question, ...]:
        return (self.where, self.who, self.words, self.contact, self.statement)

    def check(self, files: int) -> bool:
        """Validate every question; `files` is how many were received."""
        self.checked = True
        valid = not [part for part in self.parts if not part.is_valid()]
        if not files and not self.where.cleaned_data.get("addresses") and not self.where.errors:
            self._nothing = "" if self.where.wrong_rows() else str(_NOTHING)
        return valid and not self._nothing

    @property
    def nothing(self) -> str:
        """Set when there is neither an address nor a file."""
        return self._nothing

    def problems(self) -> list[Problem]:
        """Everything to correct, in the order of the page."""
        found = [Problem("url-1", self.nothing)] if self._nothing else []
        found += [
            Problem(f"url-{n}", str(_("Address %(number)d is not the address of a page.") % {"number": n}))
            for n in self.where.wrong_rows()
        ]
        for part in self.parts:
            found += [Problem(_anchor(part, name), str(e)) for name, es in _errors(part) for e in es]
        return found

    def answers(self) -> Answers:
        """The answers, once `check` said yes."""
        who, contact = self.who.cleaned_data, self.contact.cleaned_data
        return Answers(
            reporter=Reporter(who["reporter"]),
            age_when_taken=AgeWhenTaken(who["age"]),
            urls=self.where.cleaned_data["addresses"],
            description=self.words.cleaned_data["description"].strip(),
            email=contact["email"],
            email_safe=contact["email_safe"],
            telephone=contact["telephone"].strip(),
            telephone_safe=contact["telephone_safe"],
        )


_NOTHING = _("Give at least one address, or choose at least one photo or video.")


def _errors(part: Question) -> list[tuple[str, list[str]]]:
    return [(name, [str(text) for text in part.errors[name]]) for name in part.fields if name in part.errors]


def _anchor(part: Question, name: str) -> str:
    """The id of the field; of its first answer where it has several."""
    bound = part[name]
    if isinstance(part.fields[name].widget, forms.RadioSelect):
        return f"{bound.auto_id}_0"
    return str(bound.auto_id)
