"""What analysts do: decide, look, read a note; each leaves its event in the ledger."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases import services as cases
from disrupt.hotline.cases.models import Case, Item, PersonAge, Qualification, SealedKind, SealedNote
from disrupt.hotline.cases.queries import read_note
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor

CONTENT_VIEWED, NOTE_READ = "content.viewed", "note.read"


class NotDeclared(ValueError):
    """This item is not a fingerprint from the person's own device."""


class MotiveMissing(ValueError):
    """A contact is read for a stated reason, or not at all."""


def qualify(
    item: Item,
    category: str,
    actor: Actor,
    *,
    person: str,
    secondary: Iterable[str] = (),
    reason: str = "",
    reasoning: str = "",
) -> Qualification:
    """Record the decision. Raises ImpossibleStep when somebody else, or the reporter, was faster."""
    return cases.qualify(
        item,
        category,
        actor,
        person=PersonAge(person),
        secondary=secondary,
        reason=reason,
        reasoning=reasoning,
    )


def take_off(item: Item, actor: Actor) -> Item:
    """Take a fingerprint that nobody has seen off the partners' lists; its reporter is told, and may write.

    Raises NotDeclared, and ImpossibleStep when it is off already.
    """
    if item.kind != ItemKind.DECLARED:
        raise NotDeclared("What an analyst has examined is taken back by its reporter, or not at all.")
    return cases.advance(item, ItemState.WITHDRAWN, actor, kind="item.taken_off", due_at=clock.now())


@transaction.atomic
def record_view(item: Item, actor: Actor) -> None:
    """An analyst asked to see a content clear: who, when, which."""
    ledger.record(item.case, CONTENT_VIEWED, actor, item=item)


@transaction.atomic
def open_note(note: SealedNote, actor: Actor, motive: str = "") -> str:
    """The text of a sealed note, once the reading is in the ledger.

    Raises MotiveMissing (contacts only), ContentDestroyed.
    """
    if note.kind != SealedKind.DESCRIPTION and not motive:
        raise MotiveMissing("Say why you need this contact: it is recorded in the ledger.")
    text = read_note(note)
    case = Case.objects.get(pk=note.case_id)
    ledger.record(case, NOTE_READ, actor, data={"kind": note.kind, "motive": motive})
    return text
