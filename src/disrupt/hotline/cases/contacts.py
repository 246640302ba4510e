"""Where a reporter may be written to, and what they know already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from disrupt.hotline.cases import ledger, news, retention
from disrupt.hotline.cases.adding import add_note
from disrupt.hotline.cases.locking import KeyReplaced, hold_living
from disrupt.hotline.cases.models import (
    Case,
    SealedKind,
    SealedNote,
)
from disrupt.hotline.common.actors import REPORTER, Actor
from disrupt.hotline.common.store.vault import SealedText


@dataclass(frozen=True)
class Contact:
    """Where the reporter may be written to: `kind` is EMAIL or TELEPHONE; `any_hour`: also at night."""

    kind: SealedKind
    value: SealedText
    safe: bool
    copy: SealedText | None = None
    any_hour: bool = False


@transaction.atomic
def change_contacts(case: Case, contacts: Iterable[Contact], actor: Actor = REPORTER) -> None:
    """Put these contacts in place of the ones there are, which are destroyed (or set aside, under a
    legal hold); none ends all contact.

    Raises CaseErased, KeyReplaced.
    """
    before, case = bytes(case.public_key), hold_living(case.pk)
    if bytes(case.public_key) != before:
        raise KeyReplaced("The copies are sealed to a key that the case has no more.")
    kinds = (SealedKind.EMAIL, SealedKind.TELEPHONE)
    for note in SealedNote.objects.select_for_update(of=("self",)).filter(case=case, kind__in=kinds):
        note.case = case
        retention.replace_contact(note, actor)
    made = [add_note(case, c.kind, c.value, c.copy, safe=c.safe, any_hour=c.any_hour) for c in contacts]
    # What happened until now has been seen on the screen where this is changed.
    news.is_told(case.pk)
    retention.keep_from_now(case)
    kept = [{"kind": note.kind, "safe": note.safe} for note in made]
    ledger.record(case, "contact.changed", actor, data={"contacts": kept})


def seen_by_reporter(case: Case) -> None:
    """The reporter has just seen what happened until now: it is no news any more."""
    news.has_seen(case.pk, case.ledger_length)
