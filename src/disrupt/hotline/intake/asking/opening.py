"""Turns the answers of a form into a case: texts are sealed here, files were sealed as they arrived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from disrupt.hotline.cases import opening
from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.messages import seal_for_reporter
from disrupt.hotline.cases.models import AgeWhenTaken, Reporter, SealedKind
from disrupt.hotline.cases.opening import Opened, Report
from disrupt.hotline.cases.threats import NOTHING_TOLD, Threat, to_text
from disrupt.hotline.common import codes
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import SealedText


@dataclass(frozen=True)
class Answers:
    """What a person answered, validated; plain text, in memory only."""

    reporter: Reporter
    age_when_taken: AgeWhenTaken
    urls: tuple[str, ...] = ()
    description: str = ""
    email: str = ""
    email_safe: bool = False
    telephone: str = ""
    telephone_safe: bool = False
    email_any_hour: bool = False
    declared: tuple[Mapping[str, Any], ...] = ()
    threat: bool = False
    told: Threat = NOTHING_TOLD


def send(answers: Answers, files: tuple[DepositedFile, ...], token: str, language: str) -> Opened:
    """Open the case of a form. The form's token makes the same form sent twice one case."""
    texts: list[SealedText] = []
    derived = codes.derive(codes.from_submission(token))

    def sealed(text: str) -> SealedText:
        texts.append(vault.seal(text))
        return texts[-1]

    def copy(text: str) -> SealedText:
        texts.append(seal_for_reporter(text, derived.public_key))
        return texts[-1]

    try:
        contacts = [
            Contact(kind, sealed(value), safe, copy(value), any_hour)
            for kind, value, safe, any_hour in (
                (SealedKind.EMAIL, answers.email, answers.email_safe, answers.email_any_hour),
                (SealedKind.TELEPHONE, answers.telephone, answers.telephone_safe, False),
            )
            if value
        ]
        return opening.open_case(
            Report(
                submission=token,
                language=language,
                reporter=answers.reporter,
                age_when_taken=answers.age_when_taken,
                urls=answers.urls,
                files=files,
                description=sealed(answers.description) if answers.description else None,
                description_copy=copy(answers.description) if answers.description else None,
                told=sealed(to_text(answers.told)) if answers.told else None,
                told_copy=copy(to_text(answers.told)) if answers.told else None,
                contacts=tuple(contacts),
                declared=answers.declared,
                threat=answers.threat,
            ),
            derived,
        )
    except BaseException:
        # The files stay with the form, which the person can send again; the texts are in that form.
        for text in texts:
            vault.destroy(text.vault_id)
        raise
