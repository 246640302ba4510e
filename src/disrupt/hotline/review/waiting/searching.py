"""Finding cases: by their reference, an address, a fingerprint, or a file that is compared and forgotten."""

from __future__ import annotations

import enum
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from disrupt.fingerprint import held
from disrupt.hotline.bank.models import EntrySource
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.processing import family, preparing, recognise, sketching
from disrupt.hotline.processing.sketching import Sketch
from disrupt.hotline.review import queries
from disrupt.hotline.takedown import targets

MOST = 50
_REFERENCE = re.compile(r"(?:D-?)?([0-9A-F]{8})")
_HASH = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"(?:https?://)?[^\s/]+\.[^\s]+", re.IGNORECASE)


class By(enum.StrEnum):
    """What a case was found by."""

    REFERENCE = "reference"
    ADDRESS = "address"
    BYTES = "bytes"
    LIKENESS = "likeness"


class NotUnderstood(ValueError):
    """What was typed is no reference, no address and no fingerprint."""


@dataclass(frozen=True)
class Found:
    """A case, the item that answers where it is one, and what it was found by; `distance` of a likeness."""

    case: Case
    by: By
    item: Item | None = None
    distance: int = 0


def by_words(text: str) -> list[Found]:
    """By a reference, an address or a fingerprint (SHA-256 or PDQ). Raises NotUnderstood."""
    text = text.strip()
    reference = _REFERENCE.fullmatch(text.upper())
    if reference:
        return [Found(case, By.REFERENCE) for case in queries.find(reference[1].lower())]
    if _HASH.fullmatch(text.lower()):
        return by_sketch(sketching.of_hex(text.lower()))
    if _ADDRESS.fullmatch(text):
        return _by_address(text if "://" in text else f"https://{text}")
    raise NotUnderstood("This is no reference, no address and no fingerprint.")


def by_file(pieces: Iterable[bytes]) -> list[Found]:
    """By a file: decoded in the sandbox and compared; nothing of it is kept. Raises as `sketching.make`."""
    with held(pieces) as content:
        return by_sketch(sketching.make(content))


def by_sketch(sketch: Sketch) -> list[Found]:
    """What waits and is like it, then what the bank knows it by."""
    found = [
        Found(item.case, By.BYTES if one.same else By.LIKENESS, item, one.distance)
        for item, one in preparing.waiting_like(sketch)[:MOST]
    ]
    known = recognise.by_sketch(sketch)
    if known is None:
        return found
    behind = EntrySource.objects.filter(entry=known.entry, withdrawn_at=None).values_list(
        "item_id", flat=True
    )
    items = Item.objects.filter(pk__in=list(behind[:MOST])).select_related("case")
    by = By.BYTES if known.exact else By.LIKENESS
    return found + [Found(item.case, by, item, known.distance) for item in items]


def _by_address(url: str) -> list[Found]:
    """Those that wait, by the address as it was written; those that were decided, by its keyed digest."""
    waiting = family.waiting_at(url).values_list("pk", flat=True)
    wanted: set[uuid.UUID] = set(waiting[:MOST])
    told = Item.objects.filter(concern__target__digest=targets.digest_of(url)).values_list("pk", flat=True)
    wanted |= set(told[:MOST])
    items = Item.objects.filter(pk__in=wanted).select_related("case").order_by("-created_at")
    return [Found(item.case, By.ADDRESS, item) for item in items]
