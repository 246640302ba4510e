"""What analysts do: decide, look, read a note; each leaves its event in the ledger."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import WRITTEN, Case, Item, LedgerEvent, SealedNote
from disrupt.hotline.cases.queries import read_note
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.decisions.reading import NOTE_READ, seen_by_a_person

CONTENT_VIEWED, CONTENT_PREVIEWED = "content.viewed", "content.previewed"
# Going from item to item of a case with its words in sight is one reading.
READING = dt.timedelta(minutes=30)


class MotiveMissing(ValueError):
    """A contact is read for a stated reason, or not at all."""


@transaction.atomic
def record_view(item: Item, actor: Actor, motive: str = "") -> None:
    """An analyst asked to see a content clear: who, when, which, and why if it may show a minor."""
    ledger.record(item.case, CONTENT_VIEWED, actor, item=item, data={"motive": motive} if motive else None)


@transaction.atomic
def record_preview(item: Item, actor: Actor, motive: str = "", *, stamp: bool = False) -> None:
    """A content is shown blurred: who, when, which, and why if it may show a minor.

    `stamp`: only small, beside another that it is like.
    """
    data = ({"motive": motive} if motive else {}) | ({"stamp": True} if stamp else {})
    ledger.record(item.case, CONTENT_PREVIEWED, actor, item=item, data=data)


@transaction.atomic
def open_note(note: SealedNote, actor: Actor, motive: str = "") -> str:
    """The text of a sealed note, once the reading is in the ledger.

    Raises MotiveMissing (contacts only), ContentDestroyed.
    """
    if note.kind not in WRITTEN and not motive:
        raise MotiveMissing("Say why you need this contact: it is recorded in the ledger.")
    text = read_note(note)
    case = Case.objects.get(pk=note.case_id)
    if note.kind not in WRITTEN or not _reading(note, actor):
        ledger.record(case, NOTE_READ, actor, data={"kind": note.kind, "motive": motive})
    seen_by_a_person(case)
    return text


def _reading(note: SealedNote, actor: Actor) -> bool:
    """Whether this analyst has opened the same words a moment ago."""
    mine = LedgerEvent.objects.filter(case=note.case_id, kind=NOTE_READ, actor=str(actor))
    return mine.filter(data__kind=note.kind, at__gt=clock.now() - READING).exists()
