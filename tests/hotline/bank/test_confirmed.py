"""On which day each partner confirmed a withdrawal costs the same questions for one content as for many."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from disrupt.hotline.bank import readers
from disrupt.hotline.bank.sight import Sight
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.withdrawing import withdraw_item
from disrupt.hotline.processing import pipeline

pytestmark = pytest.mark.django_db
EVERYTHING = Sight(derived=True, declared=True, minors=True, shared=True)


def test_many_withdrawals_are_asked_about_at_once(make_case: Callable[..., Any]) -> None:
    items: list[Item] = []
    for number in range(160, 166):
        declared = {"kind": "image", "sha256": f"{number:02x}" * 32, "md5": f"{number:02x}" * 16}
        case = make_case(declared=(declared,), threat=True)
        pipeline.carry(case.items.get().pk)
        withdraw_item(case.items.get())
        item = case.items.get()
        pipeline.carry(item.pk)
        items.append(item)
    for _partner in range(4):
        readers.acknowledge(uuid.uuid4(), 1000, EVERYTHING)
    counts = []
    for many in (1, 6):
        with CaptureQueriesContext(connection) as asked:
            found = readers.withdrawal_fetched([item.pk for item in items[:many]])
        assert len(found) == many
        assert all(len(one.confirmed) == 4 for one in found.values())
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 5
