"""What is kept of how many entries are on the list equals a count over all changes, whatever happened."""

from __future__ import annotations

import importlib
import random
import uuid
from collections import Counter
from typing import Any

import pytest
from django.apps import apps

from disrupt.hotline.bank import batches, onlist
from disrupt.hotline.bank.models import BankChange, ChangeKind, EntryKind, EntryOrigin, Minors, OnList
from disrupt.hotline.bank.services import Prints, offer, withdraw_source
from disrupt.hotline.bank.sight import FIELDS, NAMES, Facts, Sight
from disrupt.hotline.common import clock

pytestmark = pytest.mark.django_db
SEEN_BY = (
    Sight(),
    Sight(declared=True),
    Sight(minors=True, categories=frozenset({"MIN-CSAM"})),
    Sight(declared=True, minors=True, kinds=frozenset({"video"})),
)


def counted() -> dict[Facts, int]:
    """The slow way: over every change."""
    found: Counter[Facts] = Counter()
    for kind, *facts in BankChange.objects.values_list("kind", *FIELDS):
        found[Facts(*facts)] += 1 if kind == ChangeKind.ADDED else -1
    return dict(found)


def kept() -> dict[Facts, int]:
    return {Facts(*facts): n for *facts, n in OnList.objects.values_list(*NAMES, "n")}


def some_history(chance: random.Random) -> None:
    """Offers, withdrawals, an age that is said later, and batches between them."""
    items: list[uuid.UUID] = []
    for _ in range(40):
        if items and chance.random() < 0.35:
            withdraw_source(items.pop(chance.randrange(len(items))))
        else:
            content = f"{chance.randrange(12):02x}"
            items.append(uuid.uuid4())
            prints = Prints(chance.choice(tuple(EntryKind)), content * 32, content * 16)
            minors = chance.choice((Minors.NOBODY, Minors.NOBODY, Minors.DECLARED, Minors.EXAMINED))
            category = chance.choice(("NCII-DIF", "MIN-CSAM"))
            offer(prints, category, chance.choice(tuple(EntryOrigin)), items[-1], minors=minors)
        if chance.random() < 0.3:
            batches.run(clock.now())


@pytest.mark.parametrize("seed", range(4))
def test_what_is_kept_is_what_a_count_finds(seed: int) -> None:
    some_history(random.Random(seed))
    batches.run(clock.now())
    assert kept() == counted()
    assert sum(kept().values()) > 0
    for sight in SEEN_BY:
        assert onlist.shown([sight]) == sum(n for facts, n in counted().items() if sight.shows(facts))
    assert onlist.shown(SEEN_BY) == sum(
        n for facts, n in counted().items() if any(sight.shows(facts) for sight in SEEN_BY)
    )
    assert onlist.shown([]) == 0


def test_a_list_of_before_is_counted_by_the_migration() -> None:
    some_history(random.Random(9))
    batches.run(clock.now())
    before = kept()
    OnList.objects.all().delete()
    migration: Any = importlib.import_module("disrupt.hotline.bank.migrations.0013_on_list")
    migration.count(apps, None)
    assert kept() == before == counted()
