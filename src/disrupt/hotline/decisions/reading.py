"""A person has read what a case says: until then it stays in the queue, and does not close."""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.cases import ledger, retention, waiting
from disrupt.hotline.cases.locking import hold_case
from disrupt.hotline.cases.models import WRITTEN, Author, Case, LedgerEvent
from disrupt.hotline.cases.states import ItemKind
from disrupt.hotline.common.actors import Actor

NOTE_READ, CASE_READ = "note.read", "case.read"


class WordsUnread(ValueError):
    """The case holds words that nobody has opened."""


class Unanswered(ValueError):
    """Somebody is threatened, and nobody has written to them yet."""


def words_are_unread(case: Case) -> bool:
    """Whether the person wrote something that no analyst has opened yet."""
    written = set(case.notes.filter(kind__in=WRITTEN).values_list("kind", flat=True))
    read = LedgerEvent.objects.filter(case=case, kind=NOTE_READ)
    return not all(read.filter(data__kind=kind).exists() for kind in written)


def waits_for_an_answer(case: Case) -> bool:
    """Whether somebody is threatened and nothing but our words could tell them that they were read.

    Where an analyst decides on an address or a file, the decision tells them.
    """
    if not case.threat or case.items.filter(kind__in=(ItemKind.URL, ItemKind.FILE)).exists():
        return False
    return not case.messages.filter(author=Author.ANALYST).exists()


def seen_by_a_person(case: Case) -> None:
    """Somebody has opened the words, written to the person or decided on an item: if that was all that there
    was to do, the case waits no more.

    To be called within the transaction of that deed, which has its own event in the ledger.
    """
    if words_are_unread(case) or waits_for_an_answer(case):
        return
    if Case.objects.filter(pk=case.pk, unread=True).update(unread=False):
        waiting.sort_in([case.pk])
        case.refresh_from_db()
        retention.close_if_settled(case)


@transaction.atomic
def have_read(case: Case, actor: Actor) -> bool:
    """Take a case off the list of those that wait to be read; False when somebody was faster.

    Raises WordsUnread: who has not opened the words has not read the case. Raises Unanswered.
    """
    locked = hold_case(case.pk)
    if not locked.unread:
        return False
    if words_are_unread(locked):
        raise WordsUnread("Open what the person wrote first.")
    if waits_for_an_answer(locked):
        raise Unanswered("Write to the person first: they are threatened, and wait for an answer.")
    locked.unread = False
    locked.save(update_fields=["unread"])
    waiting.sort_in([locked.pk])
    locked.refresh_from_db()
    ledger.record(locked, CASE_READ, actor)
    retention.close_if_settled(locked)
    return True


@transaction.atomic
def answered(case: Case) -> None:
    """An analyst has written to the person: a threat that waited for that waits no more."""
    seen_by_a_person(Case.objects.get(pk=case.pk))
