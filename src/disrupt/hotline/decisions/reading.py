"""A person has read what a case says: until then it stays in the queue, and does not close."""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.cases import ledger, retention
from disrupt.hotline.cases.models import Case, LedgerEvent, SealedKind
from disrupt.hotline.common.actors import Actor

NOTE_READ, CASE_READ = "note.read", "case.read"


class WordsUnread(ValueError):
    """The case holds words that nobody has opened."""


def words_are_unread(case: Case) -> bool:
    """Whether the person wrote something that no analyst has opened yet."""
    if not case.notes.filter(kind=SealedKind.DESCRIPTION).exists():
        return False
    read = LedgerEvent.objects.filter(case=case, kind=NOTE_READ, data__kind=SealedKind.DESCRIPTION)
    return not read.exists()


def seen_by_a_person(case: Case) -> None:
    """Somebody has opened the words, or decided on an item: with no word left unread, the case waits no more.

    To be called within the transaction of that deed, which has its own event in the ledger.
    """
    if not words_are_unread(case) and Case.objects.filter(pk=case.pk, unread=True).update(unread=False):
        case.refresh_from_db()
        retention.close_if_settled(case)


@transaction.atomic
def have_read(case: Case, actor: Actor) -> bool:
    """Take a case off the list of those that wait to be read; False when somebody was faster.

    Raises WordsUnread: who has not opened the words has not read the case.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if not locked.unread:
        return False
    if words_are_unread(locked):
        raise WordsUnread("Open what the person wrote first.")
    locked.unread = False
    locked.save(update_fields=["unread"])
    ledger.record(locked, CASE_READ, actor)
    retention.close_if_settled(locked)
    return True
