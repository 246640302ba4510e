"""What else waits and is the same: the same address, a file of the same bytes, and copies that were edited.

Files are compared when they arrive (preparing.py); here is only read what was found then.
"""

from __future__ import annotations

import enum
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Left

from disrupt.hotline.cases.models import AgeWhenTaken, Item, Likeness
from disrupt.hotline.cases.states import ItemKind, ItemState

# So many are offered at once; the others stay for the next time.
MOST = 50
# The part of an address that is indexed.
START = 200
# How far it goes from copy to copy: each is judged by eye, whatever it was found by.
_HOPS = 3


class Why(enum.StrEnum):
    """What makes an item a member."""

    ADDRESS = "address"
    FILE = "file"
    COPY = "copy"
    FILM = "film"


@dataclass(frozen=True)
class Member:
    """A waiting item of the family; `careful`: its person says that it may show a minor.

    Of a copy, `how` and `distance` say why it belongs, and `like` to which other member it is a copy, where
    it was not found by the item itself.
    """

    item: Item
    why: Why
    careful: bool
    how: str = ""
    distance: int = 0
    like: Item | None = None

    @property
    def exact(self) -> bool:
        """The very same thing: who has seen one has seen the other."""
        return self.why in {Why.ADDRESS, Why.FILE}


def members(of: Item) -> list[Member]:
    """The waiting items of the family of this one: the very same first, then copies, the nearest first."""
    if of.state != ItemState.RECEIVED or of.kind not in {ItemKind.URL, ItemKind.FILE}:
        return []
    if of.kind == ItemKind.URL:
        return [Member(item, Why.ADDRESS, _careful(item, of)) for item in _same_address(of)]
    return _files(of)


def _careful(item: Item, of: Item) -> bool:
    return item.case.age_when_taken not in {AgeWhenTaken.ADULT, of.case.age_when_taken}


def waiting_at(url: str) -> QuerySet[Item]:
    """The items that wait and report this very address; found by an index."""
    waiting = Item.objects.filter(kind=ItemKind.URL, state=ItemState.RECEIVED)
    return waiting.annotate(start=Left("url", START)).filter(start=url[:START], url=url)


def _same_address(of: Item) -> list[Item]:
    same = waiting_at(of.url).filter(held_for="").exclude(pk=of.pk).select_related("case")
    return list(same.order_by("created_at", "pk")[:MOST]) if of.url else []


def _links(items: Iterable[uuid.UUID], *, same: bool | None = None) -> QuerySet[Likeness]:
    """From these to others that wait."""
    links = Likeness.objects.filter(
        item__in=list(items), other__kind=ItemKind.FILE, other__state=ItemState.RECEIVED, other__held_for=""
    )
    if same is not None:
        links = links.filter(same=same)
    return links.select_related("other__case").order_by("distance", "-stills", "other__created_at", "pk")


def _files(of: Item) -> list[Member]:
    found: dict[uuid.UUID, Member] = {}
    seen: dict[uuid.UUID, Item] = {of.pk: of}
    exact: list[uuid.UUID] = [of.pk]
    frontier = exact
    while frontier and len(found) < MOST:
        frontier = [
            _take(link, of, found, seen, Why.FILE) for link in _links(frontier, same=True)[: 2 * MOST]
            if link.other_id not in seen
        ]  # fmt: skip
        exact += frontier
    frontier = exact
    for hop in range(_HOPS):
        if not frontier or len(found) >= MOST:
            break
        reached = []
        for link in _links(frontier)[: 4 * MOST]:
            if link.other_id not in seen:
                why = Why.FILM if link.stills else Why.COPY
                reached.append(_take(link, of, found, seen, why, direct=not hop))
        frontier = reached
    return list(found.values())[:MOST]


def _take(
    link: Likeness,
    of: Item,
    found: dict[uuid.UUID, Member],
    seen: dict[uuid.UUID, Item],
    why: Why,
    *,
    direct: bool = True,
) -> uuid.UUID:
    through = None if direct else seen[link.item_id]
    found[link.other_id] = Member(link.other, why, _careful(link.other, of), link.how, link.distance, through)
    seen[link.other_id] = link.other
    return link.other_id
