"""All the questions on one page, and what is wrong with the answers, each with the field to go to."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.models import AgeWhenTaken
from disrupt.hotline.intake.asking.drafts import Draft
from disrupt.hotline.intake.asking.forms import (
    TOLD,
    AgeForm,
    ContactForm,
    Question,
    StatementForm,
    ThreatForm,
    WhoForm,
    WordsForm,
)
from disrupt.hotline.intake.asking.journey import MINOR_SELF, OTHER, Journey, Step, Way
from disrupt.hotline.intake.asking.where import WhereForm


@dataclass(frozen=True)
class Problem:
    """What must be corrected, and the id of the field to go to."""

    anchor: str
    message: str


class ReportQuestions:
    """All the questions together, as one page asks them."""

    def __init__(self, data: QueryDict | None = None, *, rows: int = 1) -> None:
        self.where = WhereForm(data, rows)
        self.who = WhoForm(data)
        self.age = AgeForm(data)
        if data is not None and data.get("reporter") == MINOR_SELF:
            # Whoever is under 18 now was so then.
            self.age.fields["age"].required = False
        self.threat = ThreatForm(data)
        self.words = WordsForm(data)
        self.contact = ContactForm(data)
        self.statement = StatementForm(data)
        self._nothing = ""
        # Pages show what is wrong only once the person has asked to send.
        self.checked = False

    @property
    def parts(self) -> tuple[Question, ...]:
        return (self.where, self.who, self.age, self.threat, self.words, self.contact, self.statement)

    def check(self, files: int) -> bool:
        """Validate every question; `files` is how many were received."""
        self.checked = True
        valid = not [part for part in self.parts if not part.is_valid()]
        sent = (
            files
            or self.where.cleaned_data.get("addresses")
            or self.threat.cleaned_data.get("threat")
            or self.words.cleaned_data.get("description", "").strip()
        )
        if not sent and not self.where.errors:
            self._nothing = "" if self.where.wrong_rows() else str(NOTHING)
        return valid and not self._nothing

    @property
    def nothing(self) -> str:
        """Set when there is neither an address nor a file."""
        return self._nothing

    def problems(self) -> list[Problem]:
        """Everything to correct, in the order of the page."""
        found = [Problem("url-1", self.nothing)] if self._nothing else []
        return found + [problem for part in self.parts for problem in problems_of(part)]

    def journey(self, draft: Draft) -> Journey:
        """The answers, once `check` said yes, as the pages with one question each keep them."""
        heard = self._heard(draft)
        return replace(heard, age=heard.age or AgeWhenTaken.MINOR)

    def begun(self, draft: Draft) -> Journey:
        """What can be understood so far, for whoever goes on with one question a page, on their device."""
        for part in self.parts:
            part.is_valid()
        heard = self._heard(draft)
        given = {
            Step.WHERE: bool(heard.urls) and not self.where.errors,
            Step.FILES: bool(draft.files),
            Step.WHO: heard.reporter not in {"", OTHER} and bool(heard.age or heard.reporter == MINOR_SELF),
            Step.AGE: bool(heard.age),
        }
        answered = (Step.WAYS, *(step for step, there in given.items() if there))
        threat = (Way.THREAT,) if heard.threat else ()
        ways = (*(way for way in heard.ways if way != Way.THREAT), Way.DEVICE, *threat)
        return replace(heard, ways=ways, answered=tuple(step.value for step in answered))

    def _heard(self, draft: Draft) -> Journey:
        said = self.threat.cleaned_data
        contact, urls = self.contact.cleaned_data, tuple(self.where.cleaned_data.get("addresses", ()))
        return Journey(
            draft=draft,
            ways=(
                *((Way.ONLINE,) if urls else ()),
                *((Way.DEPOSIT,) if draft.files else ()),
                *((Way.THREAT,) if said.get("threat") else ()),
            ),
            **{name: said[name] for name in TOLD if said.get("threat") and name in said},
            urls=urls,
            reporter=self.who.cleaned_data.get("reporter", ""),
            age=self.age.cleaned_data.get("age", ""),
            description=self.words.cleaned_data.get("description", "").strip(),
            email=contact.get("email", ""),
            email_safe=contact.get("email_safe", False),
            telephone=contact.get("telephone", "").strip(),
            telephone_safe=contact.get("telephone_safe", False),
            email_any_hour=contact.get("email_any_hour", False),
        )


NOTHING = _("Give at least one address, choose at least one photo or video, or tell us of a threat.")


def problems_of(part: Question) -> list[Problem]:
    """What to correct in one question."""
    wrong = part.wrong_rows() if isinstance(part, WhereForm) else []
    found = [
        Problem(f"url-{n}", str(_("Address %(number)d is not the address of a page.") % {"number": n}))
        for n in wrong
    ]
    return found + [Problem(_anchor(part, name), str(e)) for name, es in _errors(part) for e in es]


def _errors(part: Question) -> list[tuple[str, list[str]]]:
    return [(name, [str(text) for text in part.errors[name]]) for name in part.fields if name in part.errors]


def _anchor(part: Question, name: str) -> str:
    """The id of the field; of its first answer where it has several."""
    bound = part[name]
    if isinstance(part.fields[name].widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return f"{bound.auto_id}_0"
    return str(bound.auto_id)
