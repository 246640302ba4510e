"""A bank that is empty, and one that is full, in each of the places where entries can be."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.matching.entries import film, picture

from disrupt.matching import Add, Bank


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank.create(tmp_path / "bank")


@pytest.fixture(params=["journal", "snapshot", "snapshot and journal"])
def full(request: pytest.FixtureRequest, bank: Bank) -> Bank:
    """Forty pictures and two films, in each of the places where entries can be."""
    bank.apply(
        [Add(picture(n)) for n in range(20)] + [Add(film(1))],
        cursor="c1",
        source="https://example.org/v1/feed",
    )
    if request.param != "journal":
        bank.compact()
    bank.apply([Add(picture(n)) for n in range(20, 40)] + [Add(film(2))], cursor="c2")
    if request.param == "snapshot":
        bank.compact()
    return bank
