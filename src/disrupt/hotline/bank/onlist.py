"""How many entries are on the list, by what decides who may see them: kept as the list changes.

Who reads its own figures is answered from a few rows, however long the list is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from django.db.models import F

from disrupt.hotline.bank.models import BankEntry, ChangeKind, OnList
from disrupt.hotline.bank.sight import NAMES, Facts, Sight


def note(rows: Iterable[tuple[BankEntry, ChangeKind]]) -> None:
    """These changes get their numbers now. The bank's turn is taken, so that nobody else counts."""
    found: Counter[Facts] = Counter()
    for entry, kind in rows:
        facts = Facts(*(getattr(entry, name) for name in NAMES))
        found[facts] += 1 if kind == ChangeKind.ADDED else -1
    for facts, n in found.items():
        alike = {name: getattr(facts, name) for name in NAMES}
        if not OnList.objects.filter(**alike).update(n=F("n") + n):
            OnList.objects.create(**alike, n=n)


def shown(sights: Collection[Sight]) -> int:
    """The entries on the list that one of these shows; what waits for its batch is not on it yet (D18)."""
    rows = OnList.objects.values_list(*NAMES, "n")
    return sum(n for *facts, n in rows if any(sight.shows(Facts(*facts)) for sight in sights))
