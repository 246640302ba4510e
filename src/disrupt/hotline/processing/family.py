"""What else waits and is the very same thing: the same address, or a file of the same bytes.

Nothing is kept for it: the files that have the same size are opened, and their digests compared.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Left

from disrupt.hotline.cases.models import AgeWhenTaken, Item
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common.vault import ContentDestroyed
from disrupt.hotline.processing import decoding

# So many are offered at once; the others stay for the next time.
MOST = 50
# Of files of one size, so many are opened.
_MOST_OPENED = 20
# The part of an address that is indexed.
START = 200


class Why(enum.StrEnum):
    """What makes an item a member."""

    ADDRESS = "address"
    FILE = "file"


@dataclass(frozen=True)
class Member:
    """A waiting item that is the same thing; `careful`: its person says that it may show a minor."""

    item: Item
    why: Why
    careful: bool


def members(of: Item) -> list[Member]:
    """The waiting items that are the same as this one, the oldest first."""
    if of.state != ItemState.RECEIVED or of.kind not in {ItemKind.URL, ItemKind.FILE}:
        return []
    why = Why.ADDRESS if of.kind == ItemKind.URL else Why.FILE
    same = _same_address(of) if why == Why.ADDRESS else _same_file(of)
    ours = of.case.age_when_taken
    return [Member(item, why, item.case.age_when_taken not in {AgeWhenTaken.ADULT, ours}) for item in same]


def _waiting(of: Item) -> QuerySet[Item]:
    waiting = Item.objects.filter(kind=of.kind, state=ItemState.RECEIVED, held_for="").exclude(pk=of.pk)
    return waiting.select_related("case").order_by("created_at", "pk")


def _same_address(of: Item) -> list[Item]:
    starts = _waiting(of).annotate(start=Left("url", START)).filter(start=of.url[:START])
    return list(starts.filter(url=of.url)[:MOST]) if of.url else []


def _same_file(of: Item) -> list[Item]:
    alike = list(_waiting(of).filter(size=of.size).exclude(vault_id="")[:_MOST_OPENED]) if of.size else []
    if not alike:
        return []
    own = next(_digests([of]), None)
    return [item for item, digest in zip(alike, _digests(alike), strict=True) if digest and digest == own]


def _digests(items: list[Item]) -> Iterator[str | None]:
    for item in items:
        try:
            with decoding.content_of(item) as content:
                yield content.digests().sha256
        except ContentDestroyed:
            yield None
