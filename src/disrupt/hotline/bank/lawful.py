"""The negative bank: pictures that the hotline knows to be lawful and widely shown, and may never be blocked.

Whoever declares the hash of a famous picture would otherwise have it looked at, or blocked, everywhere. The
list is the hotline's own (`manage lawful`); `door.py` asks it before anything is offered.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count, Max

from disrupt.hotline.bank.models import BankEntry, EntryState, LawfulPrint, LawfulSign
from disrupt.hotline.bank.nearness import Rows, distances, rows_of, turns
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor

RADIUS = 47
"""31 bits, within which partners match, and 16 that another copy of the lawful picture may differ by."""


class _List:
    """The list's PDQs in memory; they are read again when the list has changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: dict[str, object] | None = None
        self._rows: Rows = rows_of(())

    def rows(self) -> Rows:
        found = LawfulPrint.objects.filter(sign=LawfulSign.PDQ)
        state = found.aggregate(number=Count("pk"), newest=Max("pk"), at=Max("at"))
        with self._lock:
            if state != self._state:
                self._rows, self._state = rows_of(found.values_list("value", flat=True)), state
            return self._rows


_list = _List()


@transaction.atomic
def add(label: str, actor: Actor, *, sha256: str = "", md5: str = "", pdqs: Iterable[str] = ()) -> int:
    """Put a lawful picture or film on the list, under a name for it; how many fingerprints were new.

    Of each PDQ the turned and mirrored forms are kept too.
    """
    wanted = [(LawfulSign.SHA256, sha256), (LawfulSign.MD5, md5)]
    wanted += [(LawfulSign.PDQ, form) for text in pdqs for form in turns(text)]
    new = 0
    for sign, value in dict.fromkeys(wanted):
        if value:
            _row, made = LawfulPrint.objects.get_or_create(
                sign=sign, value=value, defaults={"label": label[:80], "by": str(actor), "at": clock.now()}
            )
            new += made
    return new


def remove(label: str) -> int:
    """Take everything of this name off the list; how many fingerprints that were."""
    return LawfulPrint.objects.filter(label=label).delete()[0]


def names() -> dict[str, int]:
    """The names on the list, and how many fingerprints each has."""
    counted = LawfulPrint.objects.values_list("label").annotate(number=Count("pk")).order_by("label")
    return dict(counted)


def knows_digest(sha256: str, md5: str) -> bool:
    """Whether the very same file is on the list."""
    found = LawfulPrint.objects.filter(sign=LawfulSign.SHA256, value=sha256)
    if md5:
        found = found | LawfulPrint.objects.filter(sign=LawfulSign.MD5, value=md5)
    return found.exists()


def near(texts: list[str]) -> list[bool]:
    """For each PDQ, whether a picture on the list could be taken for it."""
    if not texts:
        return []
    return [distance <= RADIUS for distance in distances(_list.rows(), texts)]


def offered_already() -> list[BankEntry]:
    """Active entries that the list answers to: they were offered before the list knew."""
    found = []
    for entry in BankEntry.objects.filter(state=EntryState.ACTIVE).iterator(500):
        whole = [row["hex"] for row in entry.prints.get("pdq", ())]
        if knows_digest(entry.sha256, entry.md5) or any(near(whole)):
            found.append(entry)
    return found
