"""A file that arrived is sketched, and its copies among what waits are found, before anybody looks at it.

In a lane of its own: it decodes, and nothing waits for it. Killed at any moment, it goes on where it was.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable

from django.db import transaction

from disrupt.hotline.cases.models import Item, Likeness
from disrupt.hotline.cases.models import Sketch as Row
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common.running.sweep import Duty
from disrupt.hotline.common.store import beside
from disrupt.hotline.common.store.sealing import SealBroken
from disrupt.hotline.common.store.vault import ContentDestroyed, VaultId
from disrupt.hotline.processing import alike, decoding, ruling, sketching
from disrupt.hotline.processing.alike import Alike, Waiting
from disrupt.hotline.processing.sketching import Sketch

LANE = "review.prepare"
# A row with a smaller number than the last one may be committed after it, by another worker.
_OVERLAP = 200
# With more in memory, and twice as many as wait, what waits is read anew.
_SLACK = 1000


def due() -> Iterable[uuid.UUID]:
    """Files that arrived and are not prepared yet, the oldest first."""
    files = Item.objects.filter(kind=ItemKind.FILE, state=ItemState.RECEIVED, prepared=False)
    return files.order_by("created_at").values_list("pk", flat=True).iterator()


def prepare(item_id: uuid.UUID) -> None:
    """Sketch a file, then write down which others answer to it; each step commits by itself."""
    item = Item.objects.select_related("case").get(pk=item_id)
    number = _sketched(item)
    if number is not None and not _ruled(item):
        _link(item, _memory.like(number))
    Item.objects.filter(pk=item_id).update(prepared=True)


def _ruled(item: Item) -> bool:
    sketch = sketch_of(item)
    return sketch is not None and ruling.rule_on(item, sketch)


def _sketched(item: Item) -> int | None:
    """The number of its sketch, which is made now unless it was before; None where there is no content."""
    row = Row.objects.filter(item=item).first()
    if row is not None:
        return row.pk
    try:
        with decoding.content_of(item) as content:
            made = sketching.make(content).to_bytes()
        sealed = beside.seal(VaultId(item.vault_id), made)
    except ContentDestroyed:
        return None
    with transaction.atomic():
        locked = Item.objects.select_for_update().get(pk=item.pk)
        if locked.vault_id and locked.kind == ItemKind.FILE:
            return Row.objects.get_or_create(item=locked, defaults={"sealed": sealed})[0].pk
    return None


@transaction.atomic
def _link(item: Item, found: list[tuple[uuid.UUID, Alike]]) -> None:
    others = Item.objects.filter(
        pk__in=[pk for pk, _one in found], kind=ItemKind.FILE, state=ItemState.RECEIVED
    )
    waiting = set(others.exclude(vault_id="").values_list("pk", flat=True))
    rows = []
    for pk, one in [pair for pair in found if pair[0] in waiting][: alike.MOST]:
        about = {"same": one.same, "distance": one.distance, "how": one.how, "stills": one.stills}
        rows += [Likeness(item=item, other_id=pk, **about), Likeness(item_id=pk, other=item, **about)]
    Likeness.objects.bulk_create(rows, ignore_conflicts=True)


def waiting_like(sketch: Sketch) -> list[tuple[Item, Alike]]:
    """The files that wait and answer to a sketch, the nearest first."""
    found = _memory.like_sketch(sketch)
    items = Item.objects.filter(
        pk__in=[pk for pk, _one in found], state=ItemState.RECEIVED, kind=ItemKind.FILE
    )
    waiting = {item.pk: item for item in items.select_related("case")}
    return [(waiting[pk], one) for pk, one in found if pk in waiting]


def sketch_of(item: Item) -> Sketch | None:
    """The sketch of an item that holds its content; None where there is none (yet)."""
    row = Row.objects.filter(item=item).first() if item.vault_id else None
    return _opened(row, item.vault_id) if row else None


def _opened(row: Row, vault_id: str) -> Sketch | None:
    try:
        return Sketch.from_bytes(beside.unseal(VaultId(vault_id), bytes(row.sealed)))
    except (ContentDestroyed, SealBroken):
        return None


class _Memory:
    """The sketches of what waits, as far as the database has them; one thread at a time.

    A console reads them too, at its first search by a file.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._waiting, self._items, self._last = Waiting(), dict[int, uuid.UUID](), 0

    def like(self, number: int) -> list[tuple[uuid.UUID, Alike]]:
        """The items that answer to the sketch of this number."""
        row = Row.objects.select_related("item").filter(pk=number).first()
        sketch = _opened(row, row.item.vault_id) if row else None
        return self.like_sketch(sketch, number) if sketch else []

    def like_sketch(self, sketch: Sketch, number: int = 0) -> list[tuple[uuid.UUID, Alike]]:
        """The items, but that of this number, that answer to a sketch."""
        with self._lock:
            self._take_up()
            return [(self._items[one.number], one) for one in self._waiting.like(sketch, number)]

    def _take_up(self) -> None:
        waiting = Row.objects.filter(item__kind=ItemKind.FILE, item__state=ItemState.RECEIVED)
        if len(self._items) > _SLACK and len(self._items) > 2 * waiting.count():
            self._clear()
        newest = waiting.filter(pk__gt=self._last - _OVERLAP).order_by("pk").select_related("item")
        for row in newest.iterator(100):
            self._last = max(self._last, row.pk)
            if row.pk in self._items:
                continue
            sketch = _opened(row, row.item.vault_id)
            if sketch is not None:
                self._items[row.pk] = row.item_id
                self._waiting.add(row.pk, sketch)


_memory = _Memory()
DUTIES: tuple[Duty, ...] = (Duty(LANE, due, prepare, lane=LANE),)
