"""Every write to a case: one transaction, one ledger event, an actor and plain values."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import Max
from nacl.public import PrivateKey

from disrupt.hotline.cases import ledger, retention
from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.cases.models import (
    AgeWhenTaken,
    Case,
    Item,
    PersonAge,
    Qualification,
    Reporter,
    SealedKind,
    SealedNote,
)
from disrupt.hotline.cases.states import ItemKind, ItemState, check_step
from disrupt.hotline.common import clock, codes, vault
from disrupt.hotline.common.actors import REPORTER, Actor
from disrupt.hotline.common.vault import Receipt, SealedText, VaultId


class UnknownCode(LookupError):
    """No case answers to this code: it never existed, or it was erased (one cannot tell which)."""


@dataclass(frozen=True)
class DepositedFile:
    """A file that is in the sealed store already."""

    vault_id: VaultId
    size: int


@dataclass(frozen=True)
class Contact:
    """Where the reporter may be written to: `kind` is EMAIL or TELEPHONE; `any_hour`: also at night."""

    kind: SealedKind
    value: SealedText
    safe: bool
    copy: SealedText | None = None
    any_hour: bool = False


@dataclass(frozen=True)
class Report:
    """What a reporter sends, validated; texts and files are sealed before they come here.

    A copy of a text is sealed to the key of the code that `submission` stands for.
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
    contacts: tuple[Contact, ...] = ()
    threat: bool = False


@dataclass(frozen=True)
class Opened:
    """The case, its code (shown once) and whether this call made it (False: the form was sent before)."""

    case: Case
    code: codes.CaseCode
    new: bool


@dataclass(frozen=True)
class Unlocked:
    """A case, and the private key that its code stands for: it opens what was sealed for the reporter."""

    case: Case
    private_key: PrivateKey


@transaction.atomic
def change_contacts(case: Case, contacts: Iterable[Contact], actor: Actor = REPORTER) -> None:
    """Put these contacts in place of the ones there are, which are destroyed; none ends all contact."""
    Case.objects.select_for_update().get(pk=case.pk)
    kinds = (SealedKind.EMAIL, SealedKind.TELEPHONE)
    for note in SealedNote.objects.select_for_update(of=("self",)).filter(case=case, kind__in=kinds):
        note.case = case
        retention.destroy_note(note, actor)
    made = [_note(case, c.kind, c.value, c.copy, safe=c.safe, any_hour=c.any_hour) for c in contacts]
    # What happened until now has been seen on the screen where this is changed.
    case.told_number = case.ledger_length
    case.save(update_fields=["told_number"])
    retention.keep_from_now(case)
    kept = [{"kind": note.kind, "safe": note.safe} for note in made]
    ledger.record(case, "contact.changed", actor, data={"contacts": kept})


def seen_by_reporter(case: Case) -> None:
    """The reporter has just seen what happened until now: it is no news any more."""
    Case.objects.filter(pk=case.pk, told_number__lt=case.ledger_length).update(told_number=case.ledger_length)


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
    minor = report.age_when_taken != AgeWhenTaken.ADULT
    case = Case.objects.create(
        lookup=derived.lookup,
        submission=submission,
        public_key=derived.public_key,
        language=report.language,
        reporter=report.reporter,
        age_when_taken=report.age_when_taken,
        threat=report.threat,
        priority=0 if minor or report.threat else 1,
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
            "files": len(report.files),
            "declared": len(report.declared),
            "contact": bool(report.contacts),
            "threat": report.threat,
        },
    )
    if report.description:
        _note(case, SealedKind.DESCRIPTION, report.description, report.description_copy)
    for contact in report.contacts:
        _note(case, contact.kind, contact.value, contact.copy, safe=contact.safe, any_hour=contact.any_hour)
    _add_items(case, report.urls, report.files, report.declared)
    return case


def _destroy_all(report: Report) -> None:
    brought = {file.vault_id for file in report.files}
    # A form that was corrected and sent twice names the same sealed files both times.
    held = set(Item.objects.filter(vault_id__in=brought).values_list("vault_id", flat=True))
    for vault_id in brought - held:
        vault.destroy(vault_id)
    copies = (report.description_copy, *(contact.copy for contact in report.contacts))
    for sealed in (report.description, *(contact.value for contact in report.contacts), *copies):
        if sealed:
            vault.destroy(sealed.vault_id)


def _note(
    case: Case,
    kind: SealedKind,
    sealed: SealedText,
    copy: SealedText | None,
    *,
    safe: bool = False,
    any_hour: bool = False,
) -> SealedNote:
    return SealedNote.objects.create(
        case=case,
        kind=kind,
        vault_id=sealed.vault_id,
        ciphertext=sealed.ciphertext,
        copy_id=copy.vault_id if copy else None,
        copy_text=copy.ciphertext if copy else b"",
        safe=safe,
        any_hour=any_hour,
        created_at=clock.now(),
    )


def _add_items(
    case: Case,
    urls: Iterable[str] = (),
    files: Iterable[DepositedFile] = (),
    declared: Iterable[Mapping[str, Any]] = (),
) -> list[Item]:
    now = clock.now()
    start = (case.items.aggregate(last=Max("position"))["last"] or 0) + 1
    drafts: list[dict[str, Any]] = [
        *({"kind": ItemKind.URL, "url": url} for url in urls),
        *({"kind": ItemKind.FILE, "vault_id": file.vault_id, "size": file.size} for file in files),
        # Nobody need look first: it goes to the bank as `declared`, which partners treat as a question.
        *({"kind": ItemKind.DECLARED, "declared": dict(prints), "due_at": now} for prints in declared),
    ]
    return [
        Item.objects.create(case=case, position=position, created_at=now, changed_at=now, **draft)
        for position, draft in enumerate(drafts, start)
    ]


@transaction.atomic
def add_items(
    case: Case,
    *,
    urls: Iterable[str] = (),
    files: Sequence[DepositedFile] = (),
    declared: Iterable[Mapping[str, Any]] = (),
    actor: Actor = REPORTER,
) -> list[Item]:
    """Add to a case later; a closed case opens again, and its retention starts anew."""
    Case.objects.select_for_update().get(pk=case.pk)
    # A form that is sent twice names the same sealed files both times.
    held = set(
        Item.objects.filter(vault_id__in=[f.vault_id for f in files]).values_list("vault_id", flat=True)
    )
    items = _add_items(case, urls, [file for file in files if file.vault_id not in held], declared)
    if not items:
        return []
    case.closed_at = case.purge_at = None
    case.save(update_fields=["closed_at", "purge_at"])
    ledger.record(case, "items.added", actor, data={"kinds": [item.kind for item in items]})
    return items


def find_case(typed: str) -> Case:
    """The case of a code as typed. Raises as `unlock`."""
    return unlock(typed).case


def unlock(typed: str) -> Unlocked:
    """The case of a code as typed. Raises MalformedCode, UnknownCode; both are as slow as a find."""
    try:
        code = codes.parse(typed)
    except codes.MalformedCode:
        codes.derive(codes.from_bits(b"\0" * 13))
        raise
    derived = codes.derive(code)
    try:
        return Unlocked(Case.objects.get(lookup=derived.lookup), derived.private_key)
    except Case.DoesNotExist:
        raise UnknownCode("No case answers to this code.") from None


@transaction.atomic
def advance(
    item: Item,
    to: ItemState,
    actor: Actor,
    *,
    kind: str = "",
    data: Mapping[str, Any] | None = None,
    due_at: dt.datetime | None = None,
) -> Item:
    """Bring an item to its next state; `kind` defaults to `item.<state>`.

    Raises ImpossibleStep, also when somebody else was faster: the row is locked and read again.
    """
    locked = Item.objects.select_for_update().select_related("case").get(pk=item.pk)
    check_step(locked.state, to)
    before = locked.state
    locked.state, locked.due_at, locked.changed_at = to, due_at, clock.now()
    locked.save(update_fields=["state", "due_at", "changed_at"])
    ledger.record(
        locked.case, kind or f"item.{to}", actor, item=locked, data={"from": before, **(data or {})}
    )
    retention.close_if_settled(locked.case)
    return locked


@transaction.atomic
def qualify(
    item: Item,
    category: str,
    actor: Actor,
    *,
    person: PersonAge = PersonAge.ADULT,
    secondary: Iterable[str] = (),
    reason: str = "",
    reasoning: str = "",
) -> Qualification:
    """Record an analyst's decision and set what follows in motion. Raises ImpossibleStep, UnknownCategory."""
    now = clock.now()
    scheme = scheme_at(now)
    chosen = scheme[category]
    for code in secondary:
        _ = scheme[code]
    decision = Qualification.objects.create(
        item=item,
        category=category,
        secondary=list(secondary),
        scheme=scheme.version,
        person=person,
        reason=reason,
        reasoning=reasoning,
        by=str(actor),
        at=now,
    )
    to = ItemState.ACCEPTED if chosen.illegal else ItemState.REJECTED
    advance(
        item,
        to,
        actor,
        kind="item.qualified",
        data={"category": category, "scheme": scheme.version, "person": person, "reason": reason},
        due_at=now,
    )
    priority = 0 if person != PersonAge.ADULT else chosen.priority
    Case.objects.filter(pk=item.case_id, priority__gt=priority).update(priority=priority)
    item.refresh_from_db()
    return decision


@transaction.atomic
def destroy_content(item: Item, actor: Actor) -> Receipt | None:
    """Destroy an item's content and write the receipt; None when it was destroyed before.

    Killed between the destruction and the commit, the next try finds nothing left and writes the receipt.
    """
    locked = Item.objects.select_for_update().select_related("case").get(pk=item.pk)
    if not locked.vault_id:
        return None
    receipt = vault.destroy(VaultId(locked.vault_id))
    locked.vault_id = ""
    locked.save(update_fields=["vault_id"])
    ledger.record(locked.case, "content.destroyed", actor, item=locked, data=receipt.as_data())
    return receipt


def forget_declared(item: Item) -> None:
    """Erase the fingerprints that a device made, once nothing is to be done with them any more."""
    Item.objects.filter(pk=item.pk).update(declared=None)


def withdraw_item(item: Item, actor: Actor = REPORTER) -> Item:
    """The reporter takes an item back: its entry leaves the bank, its content is destroyed, notices stop."""
    if item.state == ItemState.WITHDRAWN:
        return item
    return advance(item, ItemState.WITHDRAWN, actor, due_at=clock.now())


@transaction.atomic
def withdraw_case(case: Case, actor: Actor = REPORTER) -> int:
    """Take back every item of the case; return how many."""
    items = list(case.items.exclude(state=ItemState.WITHDRAWN))
    for item in items:
        withdraw_item(item, actor)
    return len(items)


@transaction.atomic
def erase_case(case: Case, actor: Actor = REPORTER) -> None:
    """Delete everything now: withdraw all, destroy the texts, and let the code open nothing any more.

    What stays says only that something happened and when: the ledger, without content or personal data.
    """
    withdraw_case(case, actor)
    retention.destroy_notes(case, actor)
    # Due once more, so that what was withdrawn earlier forgets its notices' texts as well.
    Item.objects.filter(case=case).update(url="", declared=None, due_at=clock.now())
    # What an analyst wrote of what they saw is about the person: only the decision stays.
    Qualification.objects.filter(item__case=case).update(reasoning="")
    Case.objects.filter(pk=case.pk).update(lookup=f"erased:{case.pk.hex}", public_key=b"\0" * 32)
    ledger.record(case, "case.erased", actor)


def host_of(url: str) -> str:
    """The host name of a reported address, lower case."""
    return (urlsplit(url).hostname or "").lower()
