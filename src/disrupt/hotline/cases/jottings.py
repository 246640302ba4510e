"""What analysts write down for themselves, sealed: notes on a case or on a second of a film, and drafts.

It ends with the texts of its case. A draft also ends when it is used, or a month after its last word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from disrupt.hotline.cases import ledger, legal_holds
from disrupt.hotline.cases.locking import hold_case, hold_living
from disrupt.hotline.cases.models import Case, Item, Jotting, JottingKind
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import ContentDestroyed, SealedText, VaultId

WRITTEN, DESTROYED = "jotting.written", "jotting.destroyed"
MAX_LENGTH = 4000
KEEP_DRAFTS = dt.timedelta(days=30)


class NotYours(ValueError):
    """A note is taken away by whoever wrote it."""


@dataclass(frozen=True)
class Read:
    """A note or a draft with its words; None where they cannot be opened any more."""

    jotting: Jotting
    text: str | None


def _sealed(case: Case, kind: JottingKind, text: str, actor: Actor, item: Item | None) -> Jotting:
    sealed = vault.seal(text)
    return Jotting(
        case=case,
        item=item,
        kind=kind,
        by=str(actor),
        vault_id=sealed.vault_id,
        ciphertext=sealed.ciphertext,
        at=clock.now(),
    )


def _open(one: Jotting) -> Read:
    try:
        return Read(one, vault.unseal(SealedText(VaultId(one.vault_id), bytes(one.ciphertext))))
    except ContentDestroyed:
        return Read(one, None)


@transaction.atomic
def write(
    case: Case, text: str, actor: Actor, *, item: Item | None = None, second: float | None = None
) -> Jotting:
    """A note for every analyst. Raises CaseErased."""
    held = hold_living(case.pk)
    made = _sealed(held, JottingKind.NOTE, text, actor, item)
    made.second = second
    made.save()
    ledger.record(held, WRITTEN, actor, item=item)
    return made


def notes(case: Case) -> list[Read]:
    """The notes of a case, those on a film in the order of its seconds."""
    found = case.jottings.filter(kind=JottingKind.NOTE).select_related("item")
    return [_open(one) for one in found.order_by("item__position", "second", "at", "pk")]


@transaction.atomic
def take_away(jotting: Jotting, actor: Actor) -> None:
    """Destroy one's own note. Raises NotYours, Kept."""
    held = hold_case(jotting.case_id)
    legal_holds.refuse(held)
    if jotting.by != str(actor) or jotting.kind != JottingKind.NOTE:
        raise NotYours("Only who wrote a note takes it away.")
    if Jotting.objects.filter(pk=jotting.pk).exists():
        receipt = vault.destroy(VaultId(jotting.vault_id))
        jotting.delete()
        ledger.record(held, DESTROYED, actor, data=receipt.as_data())


def _drafts(case: Case, kind: JottingKind, actor: Actor, item: Item | None) -> QuerySet[Jotting]:
    return Jotting.objects.filter(case=case, kind=kind, by=str(actor), item=item)


@transaction.atomic
def keep_draft(case: Case, kind: JottingKind, text: str, actor: Actor, item: Item | None = None) -> None:
    """What this analyst has written so far; nothing written: no draft. Raises CaseErased."""
    held = hold_living(case.pk)
    drop_draft(held, kind, actor, item)
    if text:
        _sealed(held, kind, text, actor, item).save()


def draft(case: Case, kind: JottingKind, actor: Actor, item: Item | None = None) -> Read | None:
    """What this analyst had written, if it can be opened."""
    last = _drafts(case, kind, actor, item).order_by("-at", "-pk").first()
    found = _open(last) if last else None
    return found if found and found.text is not None else None


def drop_draft(case: Case, kind: JottingKind, actor: Actor, item: Item | None = None) -> None:
    """It was used, or is not wanted any more."""
    _destroy(_drafts(case, kind, actor, item))


def destroy_of(case: Case) -> None:
    """Notes and drafts end with the texts of their case, by whoever destroys those under its lock."""
    _destroy(Jotting.objects.filter(case=case))


def _destroy(found: QuerySet[Jotting]) -> None:
    for number, vault_id in found.order_by("pk").values_list("pk", "vault_id"):
        vault.destroy(VaultId(vault_id))
        Jotting.objects.filter(pk=number).delete()


def _old() -> QuerySet[Jotting]:
    drafts = Jotting.objects.exclude(kind=JottingKind.NOTE).filter(at__lt=clock.now() - KEEP_DRAFTS)
    return drafts.exclude(case__kept_until__gt=clock.now())


def old_drafts() -> Iterator[int]:
    """Drafts that nobody went on with for a month, of cases that are not held."""
    return _old().values_list("pk", flat=True).iterator()


@transaction.atomic
def forget_draft(number: int) -> None:
    """Destroy one of them. Idempotent."""
    _destroy(_old().filter(pk=number))
