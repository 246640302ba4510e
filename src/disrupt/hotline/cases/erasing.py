"""Destroying content and erasing cases."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db import transaction

from disrupt.hotline.cases import ledger, legal_holds, mandates, news, promising, retention, sketches
from disrupt.hotline.cases.locking import hold_case, hold_item
from disrupt.hotline.cases.models import (
    ERASED,
    NO_KEY,
    Case,
    Item,
    Letter,
    Qualification,
    SealedNote,
)
from disrupt.hotline.cases.withdrawing import withdraw_case
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER, Actor
from disrupt.hotline.common.running import journal
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import Receipt, VaultId

ERASED_NOW, ERASED_LATER = "case.erased", "case.erasure_waits"


@transaction.atomic
def destroy_content(item: Item, actor: Actor) -> Receipt | None:
    """Destroy an item's content and write the receipt; None when it was destroyed before.

    Killed between the destruction and the commit, the next try finds nothing left and writes the receipt.
    Raises Kept.
    """
    locked = hold_item(item)
    if not locked.vault_id:
        return None
    legal_holds.refuse(locked.case)
    receipt = vault.destroy(VaultId(locked.vault_id))
    locked.vault_id = ""
    locked.save(update_fields=["vault_id"])
    sketches.forget([locked.pk])
    ledger.record(locked.case, "content.destroyed", actor, item=locked, data=receipt.as_data())
    return receipt


def forget_declared(item: Item) -> None:
    """Erase the fingerprints that a device made, once nothing is to be done with them any more.

    With them goes what a file could be known by (stopping.py).
    """
    Item.objects.filter(pk=item.pk).update(declared=None, possession="", stop_at=None)


@transaction.atomic
def erase_case(case: Case, actor: Actor = REPORTER) -> None:
    """Delete everything now: withdraw all, destroy the texts, and let the code open nothing any more.

    What stays is the ledger: what was done and when, with the age group, whether there was a threat, the law
    that was applied and the size of files, in a chain that cannot be edited; and nothing that says who.
    Under a legal hold all stops and the code opens nothing; what is sealed is destroyed when the hold ends.
    """
    held = hold_case(case.pk)
    if held.is_erased and not held.erasure_waits:
        return
    if legal_holds.keeps(held):
        if not held.erasure_waits:
            _erase_later(held, actor)
        return
    # Nothing is left to read, so that it waits for nobody.
    Case.objects.filter(pk=case.pk).update(unread=False)
    promising.forget(case)
    withdraw_case(case, actor)
    retention.destroy_notes(case, actor)
    mandates.forget(case)
    sketches.forget(list(case.items.values_list("pk", flat=True)))
    # Due once more, so that what was withdrawn earlier forgets its notices' texts as well.
    Item.objects.filter(case=case).update(
        url="",
        declared=None,
        size=0,
        media="",
        unreadable="",
        possession="",
        stop_at=None,
        due_at=clock.now(),
    )
    # What was decided is about the person: the category, the age that was seen, the words of an analyst.
    Qualification.objects.filter(item__case=case).delete()
    Case.objects.filter(pk=case.pk).update(
        lookup=f"{ERASED}{case.pk.hex}",
        public_key=NO_KEY,
        language="",
        decided_as="",
        reporter="",
        age_when_taken="",
        threat=False,
        priority=2,
        texts_until=None,
        texts_told_at=None,
        erasure_waits=False,
    )
    ledger.record(case, ERASED_NOW, actor)
    case.refresh_from_db()
    retention.close_if_settled(case)
    journal.empty_after_commit()


def _erase_later(case: Case, actor: Actor) -> None:
    """Stop everything and shut the case to its code; nobody is written to, and nothing is destroyed yet."""
    Case.objects.filter(pk=case.pk).update(unread=False, lookup=f"{ERASED}{case.pk.hex}", erasure_waits=True)
    promising.forget(case)
    withdraw_case(case, actor)
    SealedNote.objects.filter(case=case).update(safe=False)
    Letter.objects.filter(case=case).delete()
    news.tells_nobody(case.pk)
    ledger.record(case, ERASED_LATER, actor)


def waiting_erasures() -> Iterator[uuid.UUID]:
    """Cases that were erased under a hold that has ended."""
    found = legal_holds.free(Case.objects.filter(erasure_waits=True))
    return found.values_list("pk", flat=True).iterator()


def erase_now(case_id: uuid.UUID) -> None:
    """What was asked for then. Idempotent."""
    erase_case(Case.objects.get(pk=case_id), REPORTER)
