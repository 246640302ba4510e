"""Reading cases."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.db.models import QuerySet

from disrupt.hotline.cases.models import Case, Item, Qualification, SealedNote
from disrupt.hotline.common import clock
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import SealedText, VaultId


def due_items() -> Iterator[uuid.UUID]:
    """The items that the worker must take a step further, the most urgent first."""
    return iter(
        Item.objects.filter(due_at__lte=clock.now())
        .order_by("case__priority", "due_at")
        .values_list("pk", flat=True)[:200]
    )


def queue() -> QuerySet[Case]:
    """Cases that wait for an analyst: the most urgent first, live threats before others, then the oldest."""
    return Case.objects.filter(in_queue=True).order_by("priority", "-threat", "created_at")


def current_qualification(item: Item) -> Qualification | None:
    """The decision in force; one that still waits, or was undone, is none."""
    in_force = item.qualifications.filter(undone_at=None).exclude(in_force_at=None)
    return in_force.order_by("-at", "-id").first()


def waiting_decision(item: Item) -> Qualification | None:
    """The decision that is made and has no effect yet."""
    return item.qualifications.filter(undone_at=None, in_force_at=None).order_by("-at", "-id").first()


def read_note(note: SealedNote) -> str:
    """The text of a note. Raises ContentDestroyed, ReviewKeyMissing."""
    return vault.unseal(SealedText(VaultId(note.vault_id), bytes(note.ciphertext)))


def host_of(url: str) -> str:
    """The host name of a reported address, lower case."""
    return (urlsplit(url).hostname or "").lower()
