"""What analysts do: decide, look, read a note; each leaves its event in the ledger."""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import WRITTEN, Case, Item, SealedNote
from disrupt.hotline.cases.queries import read_note
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.decisions.reading import NOTE_READ, seen_by_a_person

CONTENT_VIEWED = "content.viewed"


class MotiveMissing(ValueError):
    """A contact is read for a stated reason, or not at all."""


@transaction.atomic
def record_view(item: Item, actor: Actor) -> None:
    """An analyst asked to see a content clear: who, when, which."""
    ledger.record(item.case, CONTENT_VIEWED, actor, item=item)


@transaction.atomic
def open_note(note: SealedNote, actor: Actor, motive: str = "") -> str:
    """The text of a sealed note, once the reading is in the ledger.

    Raises MotiveMissing (contacts only), ContentDestroyed.
    """
    if note.kind not in WRITTEN and not motive:
        raise MotiveMissing("Say why you need this contact: it is recorded in the ledger.")
    text = read_note(note)
    case = Case.objects.get(pk=note.case_id)
    ledger.record(case, NOTE_READ, actor, data={"kind": note.kind, "motive": motive})
    seen_by_a_person(case)
    return text
