"""Adding to a case: items and sealed texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from disrupt.hotline.cases import counted, ledger, retention, stopping, waiting
from disrupt.hotline.cases.locking import hold_living
from disrupt.hotline.cases.models import (
    Case,
    Item,
    SealedKind,
    SealedNote,
)
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common import clock, possession
from disrupt.hotline.common.actors import REPORTER, Actor
from disrupt.hotline.common.store.vault import SealedText, VaultId


@dataclass(frozen=True)
class DepositedFile:
    """A file that is in the sealed store already.

    `proof`: it shows a threat or an identity, not the intimate picture; kept for `keep_days` at most, or
    (0) for as long as its case goes on.
    """

    vault_id: VaultId
    size: int
    proof: bool = False
    keep_days: int = 0


def add_note(
    case: Case,
    kind: SealedKind,
    sealed: SealedText,
    copy: SealedText | None,
    *,
    safe: bool = False,
    any_hour: bool = False,
) -> SealedNote:
    """Keep a sealed text with its case."""
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


def place_items(
    case: Case,
    urls: Iterable[str] = (),
    files: Iterable[DepositedFile] = (),
    declared: Iterable[Mapping[str, Any]] = (),
) -> list[Item]:
    """Make the items of a case, numbered after those that it has."""
    now = clock.now()
    made_there = [dict(prints) for prints in declared]
    digests = [str(prints.pop("possession", "")) for prints in made_there]
    start = (case.items.aggregate(last=Max("position"))["last"] or 0) + 1
    drafts: list[dict[str, Any]] = [
        *({"kind": ItemKind.URL, "url": url} for url in urls),
        *(_deposited(file) for file in files),
        # Nobody need look first: it goes to the bank as `declared`, which partners treat as a question.
        *({"kind": ItemKind.DECLARED, "declared": prints, "due_at": now} for prints in made_there),
    ]
    made = [
        Item.objects.create(case=case, position=position, created_at=now, changed_at=now, **draft)
        for position, draft in enumerate(drafts, start)
    ]
    counted.received(case, made)
    for item, digest in zip(made[len(made) - len(digests) :], digests, strict=True):
        stopping.remember(item, possession.kept(digest) if digest else "")
    waiting.sort_in([case.pk])
    return made


def _deposited(file: DepositedFile) -> dict[str, Any]:
    """A picture waits for an analyst; a proof is kept, and the worker destroys it when its time has come."""
    place: dict[str, Any] = {"vault_id": file.vault_id, "size": file.size}
    if not file.proof:
        return {"kind": ItemKind.FILE, **place}
    return {"kind": ItemKind.PROOF, "state": ItemState.KEPT, "due_at": proof_ends(file.keep_days), **place}


def proof_ends(days: int = 0) -> dt.datetime:
    """When a proof that comes now is destroyed at the latest."""
    longest: dt.timedelta = settings.KEEP_PROOFS
    return clock.now() + (min(longest, dt.timedelta(days=days)) if days else longest)


@transaction.atomic
def add_items(
    case: Case,
    *,
    urls: Iterable[str] = (),
    files: Sequence[DepositedFile] = (),
    declared: Iterable[Mapping[str, Any]] = (),
    actor: Actor = REPORTER,
) -> list[Item]:
    """Add to a case later; a closed case opens again (but for a proof), and its retention starts anew.

    Raises CaseErased.
    """
    case = hold_living(case.pk)
    # A form that is sent twice names the same sealed files both times.
    held = set(
        Item.objects.filter(vault_id__in=[f.vault_id for f in files]).values_list("vault_id", flat=True)
    )
    items = place_items(case, urls, [file for file in files if file.vault_id not in held], declared)
    if not items:
        return []
    if any(item.kind != ItemKind.PROOF for item in items):
        case.closed_at = case.purge_at = None
        case.save(update_fields=["closed_at", "purge_at"])
    else:
        # A proof waits for no decision, so that a closed case stays closed; what is personal starts anew.
        retention.keep_from_now(case)
    ledger.record(case, "items.added", actor, data={"kinds": [item.kind for item in items]})
    return items
