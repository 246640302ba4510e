"""What is kept, how long, and its destruction when the time has come (docs/law; GDPR art. 5(1)(e))."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from disrupt.hotline.cases import jottings, ledger, legal_holds, mandates, news, promising
from disrupt.hotline.cases.locking import hold_case
from disrupt.hotline.cases.models import (
    Case,
    Item,
    Jotting,
    Letter,
    Message,
    Qualification,
    SealedNote,
)
from disrupt.hotline.cases.states import SETTLED, ItemKind, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER, Actor
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import VaultId


def close_if_settled(case: Case) -> bool:
    """Close a case that was read and whose every item is settled; set the date when its personal data go."""
    if case.unread or case.items.exclude(state__in=SETTLED).exists():
        if case.closed_at is not None:
            case.closed_at = case.purge_at = case.texts_told_at = None
            case.save(update_fields=["closed_at", "purge_at", "texts_told_at"])
            ledger.record(case, "case.reopened", WORKER)
        return False
    if case.closed_at is not None:
        return False
    case.closed_at = clock.now()
    case.purge_at, case.texts_told_at = case.closed_at + settings.KEEP_PERSONAL_DATA, None
    case.save(update_fields=["closed_at", "purge_at", "texts_told_at"])
    ledger.record(case, "case.closed", WORKER, data={"purge_at": case.purge_at.isoformat()})
    return True


def keep_from_now(case: Case) -> None:
    """New words: of a closed case they are kept as long as if it had closed today, of another for a time."""
    begin_limit(case)
    if case.closed_at is not None:
        case.purge_at, case.texts_told_at = clock.now() + settings.KEEP_PERSONAL_DATA, None
        case.save(update_fields=["purge_at", "texts_told_at"])


def begin_limit(case: Case) -> None:
    """From its first words on, a case has an outer limit for them (outer_limit.py)."""
    Case.objects.filter(pk=case.pk, texts_until=None).update(
        texts_until=clock.now() + settings.KEEP_OPEN, texts_told_at=None
    )


@transaction.atomic
def destroy_note(note: SealedNote, actor: Actor) -> None:
    """Destroy one text, and the copy that the holder of the code could read. Idempotent. Raises Kept."""
    legal_holds.refuse(hold_case(note.case_id))
    # As it is now: its copy may have been sealed anew (pepper/moving.py).
    held = SealedNote.objects.filter(pk=note.pk).first()
    if held is None:
        return
    receipt = vault.destroy(VaultId(held.vault_id))
    if held.copy_id:
        vault.destroy(VaultId(held.copy_id))
    held.delete()
    ledger.record(note.case, "note.destroyed", actor, data={"kind": note.kind, **receipt.as_data()})


@transaction.atomic
def destroy_notes(case: Case, actor: Actor) -> int:
    """Destroy the contact, the texts and the messages of a case; return how many there were. Raises Kept."""
    legal_holds.refuse(hold_case(case.pk))
    notes = list(SealedNote.objects.select_for_update(of=("self",)).select_related("case").filter(case=case))
    for note in notes:
        destroy_note(note, actor)
    messages = list(Message.objects.select_for_update().filter(case=case))
    for message in messages:
        receipt = vault.destroy(VaultId(message.review_id))
        vault.destroy(VaultId(message.reporter_id))
        message.delete()
        ledger.record(case, "message.destroyed", actor, data={"author": message.author, **receipt.as_data()})
    jottings.destroy_of(case)
    # A letter on its way finds neither its row nor its address, and stops.
    Letter.objects.filter(case=case).delete()
    news.tells_nobody(case.pk)
    return len(notes) + len(messages)


def replace_contact(note: SealedNote, actor: Actor) -> None:
    """The person gave another contact, or none: this one is destroyed, or, under a hold, never written to."""
    if legal_holds.keeps(hold_case(note.case_id)):
        SealedNote.objects.filter(pk=note.pk).update(safe=False, aside=True)
    else:
        destroy_note(note, actor)


def aside() -> Iterator[int]:
    """Contacts that were replaced under a hold that has ended."""
    found = SealedNote.objects.filter(aside=True).exclude(case__kept_until__gt=clock.now())
    return found.values_list("pk", flat=True).iterator()


def destroy_aside(note_id: int) -> None:
    """Destroy one of them. Idempotent."""
    note = SealedNote.objects.select_related("case").filter(pk=note_id, aside=True).first()
    if note is not None:
        destroy_note(note, WORKER)


def cases_to_purge() -> list[Case]:
    """Closed cases whose personal data are due to go."""
    return list(_to_purge())


def _to_purge() -> QuerySet[Case]:
    return legal_holds.free(Case.objects.filter(purge_at__lte=clock.now())).order_by("purge_at")


def due_to_purge() -> Iterator[uuid.UUID]:
    """The same, by their keys."""
    return _to_purge().values_list("pk", flat=True).iterator()


@transaction.atomic
def purge(case: Case) -> None:
    """Destroy what is personal about a closed case; idempotent. Raises Kept."""
    destroy_notes(case, WORKER)
    mandates.forget(case)
    # Takedown forgets the address, and the texts that name it, once no case holds it.
    addresses = Item.objects.filter(case=case).exclude(url="").update(url="")
    Qualification.objects.filter(item__case=case).update(particulars={})
    # Proofs are personal too: the worker takes them next.
    case.items.filter(kind=ItemKind.PROOF, state=ItemState.KEPT).update(due_at=clock.now())
    Case.objects.filter(pk=case.pk).update(purge_at=None, texts_until=None, texts_told_at=None)
    promising.forget(case)
    ledger.record(case, "case.purged", WORKER, data={"addresses": addresses})


def abandoned() -> list[VaultId]:
    """Contents and keys that no row speaks of (their process died, or the form was never sent)."""
    limit = dt.datetime.now(dt.UTC) - settings.KEEP_ABANDONED
    old = [vault_id for vault_id, changed in vault.stored_ids() if changed < limit]
    known = set(Item.objects.filter(vault_id__in=old).values_list("vault_id", flat=True))
    known |= set(SealedNote.objects.filter(vault_id__in=old).values_list("vault_id", flat=True))
    known |= {
        copy or "" for copy in SealedNote.objects.filter(copy_id__in=old).values_list("copy_id", flat=True)
    }
    known |= set(Message.objects.filter(review_id__in=old).values_list("review_id", flat=True))
    known |= set(Message.objects.filter(reporter_id__in=old).values_list("reporter_id", flat=True))
    known |= set(Jotting.objects.filter(vault_id__in=old).values_list("vault_id", flat=True))
    return [vault_id for vault_id in old if vault_id not in known]
