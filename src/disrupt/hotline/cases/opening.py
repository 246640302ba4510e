"""Opening a case: one transaction, one ledger event, however often the form is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from disrupt.hotline.cases import ledger, retention
from disrupt.hotline.cases.adding import DepositedFile, add_note, place_items
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import (
    AgeWhenTaken,
    Case,
    Item,
    Reporter,
    SealedKind,
)
from disrupt.hotline.common import clock, codes
from disrupt.hotline.common.actors import REPORTER
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import SealedText


@dataclass(frozen=True)
class Report:
    """What a reporter sends, validated; texts and files are sealed before they come here.

    A copy of a text is sealed to the key of the code that `submission` stands for; `told` is a threat
    (cases/threats.py).
    """

    submission: str
    language: str
    reporter: Reporter
    age_when_taken: AgeWhenTaken
    urls: tuple[str, ...] = ()
    files: tuple[DepositedFile, ...] = ()
    declared: tuple[Mapping[str, Any], ...] = ()
    description: SealedText | None = None
    description_copy: SealedText | None = None
    told: SealedText | None = None
    told_copy: SealedText | None = None
    contacts: tuple[Contact, ...] = ()
    threat: bool = False


@dataclass(frozen=True)
class Opened:
    """The case, its code (shown once) and whether this call made it (False: the form was sent before)."""

    case: Case
    code: codes.CaseCode
    new: bool


def open_case(report: Report, derived: codes.Derived | None = None) -> Opened:
    """Make the case of a report. The same form sent twice gives the same case and the same code.

    The second time, what it brought (sealed files and texts) is destroyed, but for what the first holds.
    Whoever has derived the keys of its code already gives them, because deriving is slow on purpose.
    """
    code = codes.from_submission(report.submission)
    submission = hashlib.sha256(report.submission.encode()).hexdigest()
    derived = derived or codes.derive(code)
    try:
        with transaction.atomic():
            case = _create(report, submission, derived)
    except IntegrityError:
        case = Case.objects.get(submission=submission)
        _destroy_all(report)
        return Opened(case, code, new=False)
    return Opened(case, code, new=True)


def _create(report: Report, submission: str, derived: codes.Derived) -> Case:
    now = clock.now()
    proofs = sum(file.proof for file in report.files)
    minor = report.age_when_taken != AgeWhenTaken.ADULT
    case = Case.objects.create(
        lookup=derived.lookup,
        submission=submission,
        pepper=derived.pepper,
        public_key=derived.public_key,
        language=report.language,
        reporter=report.reporter,
        age_when_taken=report.age_when_taken,
        threat=report.threat,
        priority=0 if minor or report.threat else 1,
        unread=bool(minor or report.threat or report.description or report.told or proofs),
        stated_at=now,
        created_at=now,
    )
    ledger.record(
        case,
        "case.opened",
        REPORTER,
        data={
            "reporter": report.reporter,
            "age_when_taken": report.age_when_taken,
            "statement": True,
            "urls": len(report.urls),
            "files": len(report.files) - proofs,
            "proofs": proofs,
            "declared": len(report.declared),
            "contact": bool(report.contacts),
            "threat": report.threat,
        },
    )
    if report.description:
        add_note(case, SealedKind.DESCRIPTION, report.description, report.description_copy)
    if report.told:
        add_note(case, SealedKind.THREAT, report.told, report.told_copy)
    for contact in report.contacts:
        add_note(
            case, contact.kind, contact.value, contact.copy, safe=contact.safe, any_hour=contact.any_hour
        )
    if report.description or report.told or report.contacts:
        retention.begin_limit(case)
    place_items(case, report.urls, report.files, report.declared)
    return case


def _destroy_all(report: Report) -> None:
    brought = {file.vault_id for file in report.files}
    # A form that was corrected and sent twice names the same sealed files both times.
    held = set(Item.objects.filter(vault_id__in=brought).values_list("vault_id", flat=True))
    for vault_id in brought - held:
        vault.destroy(vault_id)
    words = (report.description, report.description_copy, report.told, report.told_copy)
    contacts = (text for contact in report.contacts for text in (contact.value, contact.copy))
    for sealed in (*words, *contacts):
        if sealed:
            vault.destroy(sealed.vault_id)
