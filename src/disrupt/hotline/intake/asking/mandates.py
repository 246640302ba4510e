"""Opens a report for each person of a table, by somebody whom they mandated; nothing ties them together."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from disrupt.hotline.cases.models import Reporter
from disrupt.hotline.intake.asking import opening
from disrupt.hotline.intake.asking.forms import Question
from disrupt.hotline.intake.asking.opening import Answers
from disrupt.hotline.intake.asking.tables import Person

OFFICES = [
    ("lawyer", pgettext_lazy("mandate", "A lawyer")),
    ("association", pgettext_lazy("mandate", "An association")),
    ("school", pgettext_lazy("mandate", "A school, or another institution")),
]


class MandateForm(Question):
    """Who acts, what the mandates cover, the table, and the statement."""

    office = forms.ChoiceField(
        choices=OFFICES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say who you are: choose one of the answers.")},
    )
    scope = forms.CharField(
        max_length=1000,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Say what the mandates cover.")},
    )
    table = forms.CharField(
        strip=False,
        widget=forms.Textarea,
        error_messages={"required": gettext_lazy("Paste the table, or choose its file.")},
    )
    statement = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick the statement: without it we are not allowed to act.")}
    )


def open_all(
    persons: Iterable[Person], office: str, scope: str, token: str, language: str
) -> list[tuple[str, str]]:
    """The reference and the code of each person; the same form sent again gives the same codes."""
    found = []
    for person in persons:
        answers = Answers(
            reporter=Reporter.MANDATED,
            age_when_taken=person.age,
            urls=tuple(person.urls),
            description=_in_words(person, office, scope),
        )
        found.append((person.name, str(opening.send(answers, (), _token(token, person), language).code)))
    return found


def _token(token: str, person: Person) -> str:
    key, name = token.encode(), person.name.encode()
    digest = hashlib.blake2b(name, key=key, person=b"of-one-person", digest_size=24).digest()
    return base64.urlsafe_b64encode(digest).decode()


def _in_words(person: Person, office: str, scope: str) -> str:
    """What the analysts read of the mandate; it is sealed like all words."""
    said = [
        (_("Mandated"), str(dict(OFFICES)[office])),
        (_("What the mandate covers"), scope),
        (_("Their reference for the person"), person.name),
        (_("Digest of the mandate (SHA-256)"), person.mandate or _("not given")),
    ]
    return "\n".join(f"{label}: {value}" for label, value in said)
