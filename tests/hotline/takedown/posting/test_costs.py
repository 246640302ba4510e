"""What one more address in a message costs in questions to the database: the same for each, and few."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.hotline.takedown.conftest import go_round, later
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases.models import Item
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.takedown import services


def _asked(what: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        what()
    return len(asked)


# To open its plan, to tell the police, to tell the host, to remind the host.
MOST = (36, 26, 52, 30)


def test_one_more_address_costs_so_much(
    accepted: Callable[..., Item], postmaster: Postmaster, recipients: Any
) -> None:
    recipients(search=[])
    costs = []
    for many, day in ((2, 0), (6, 1)):
        items = [accepted(f"https://images.example.net/{day}/{number}") for number in range(many)]
        costs.append([_asked(functools.partial(_open, items))])
        for hours in (0.0, 6.1, 24.1):
            later(hours=hours)
            costs[-1].append(_asked(go_round))
        later(days=60)
        go_round()
    each = [(more - few) / 4 for few, more in zip(*costs, strict=True)]
    assert all(one <= most for one, most in zip(each, MOST, strict=True)), each


def _open(items: list[Item]) -> None:
    for item in items:
        services.open_for_item(item, "NCII-DIF", WORKER)
