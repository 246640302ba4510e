"""Any interleaving of additions, withdrawals, pages, cuts and lost answers: the rule of reading.py holds."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank
from tests.hotline.exchange.stopncii.stopncii_client import Reader, pdq_of


@pytest.mark.parametrize("seed", range(12))
def test_random_lives_of_a_reader(client: Client, secret: str, bank: FilledBank, seed: int) -> None:
    """The Reader itself asserts that it is never told of a withdrawn hash that it did not have."""
    chance = random.Random(seed)
    alive: list[int] = []
    made = 0

    def something_happens() -> None:
        nonlocal made
        for _ in range(chance.randrange(4)):
            if alive and chance.random() < 0.4:
                bank.withdraw(alive.pop(chance.randrange(len(alive))))
            else:
                bank.add(made)
                alive.append(made)
                made += 1

    def fetch(start: int, **query: object) -> Any:
        if chance.random() < 0.2:  # this answer is lost, and the question asked again
            client.get(
                "/stopncii/v1/FetchHashes",
                {"startTimestamp": start, **query},
                headers={"x-functions-key": secret},
            )
        something_happens()
        return client.get(
            "/stopncii/v1/FetchHashes",
            {"startTimestamp": start, **query},
            headers={"x-functions-key": secret},
        ).json()

    reader = Reader(fetch, page_size=chance.randrange(3, 8))
    for _ in range(12):
        something_happens()
        reader.read(stop_after=chance.choice((1, 2, 3, None)))
    calm = Reader(lambda start, **query: client.get(
        "/stopncii/v1/FetchHashes", {"startTimestamp": start, **query}, headers={"x-functions-key": secret}
    ).json(), reader.page_size)  # fmt: skip
    calm.start, calm.had = reader.start, reader.had
    calm.read()
    assert calm.active == {pdq_of(name) for name in alive}
