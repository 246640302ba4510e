"""A backup is restored under readers who know no log: they miss nothing, and are told what is withdrawn."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.hotline.exchange.conftest import Fetch, FilledBank
from tests.hotline.exchange.stopncii.stopncii_client import Reader, pdq_of

from disrupt.hotline.bank.log import note_restored
from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.stopncii.numbering import Numbering, Place, numbering_of
from disrupt.protocol.stopncii import EPOCH

BEGAN = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
MOMENTS = st.lists(
    st.tuples(st.integers(0, 10**6), st.integers(-(10**8), 10**8)), min_size=0, max_size=5
).map(lambda told: [(size, BEGAN + dt.timedelta(seconds=at)) for size, at in sorted(told)])


@contextmanager
def fire() -> Iterator[None]:
    """What happens in the block is lost: the list comes back as it was before, and says so."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    clock.move(dt.timedelta(hours=1))
    note_restored()


@given(MOMENTS, st.integers(0, 10**7), st.integers(0, 10**7))
def test_numbers_order_as_changes_do_and_lead_back(told: Any, one: int, other: int) -> None:
    numbers = numbering_of(told)
    assert numbers.place(numbers.number(one)) == Place(one)
    assert (numbers.number(one) < numbers.number(other)) == (one < other)
    assert numbers.place(10) == numbers.place(0) == Place(0)


def test_a_number_of_what_was_lost_is_known_by_that() -> None:
    first, again = (BEGAN + dt.timedelta(days=day) for day in (0, 3))
    before, between = numbering_of([]), numbering_of([(50, first)])
    now = numbering_of([(50, first), (60, again)])
    assert before.number(1) == EPOCH + 1
    assert now.place(before.number(50)) == Place(50)
    assert now.place(before.number(51)) == Place(0, lost=True, known=50)
    assert now.place(between.number(60)) == Place(60)
    assert now.place(between.number(61)) == Place(0, lost=True, known=60)
    # The older backup, of which the list of now knows nothing, was restored in between.
    assert numbering_of([(60, again)]).place(between.number(52)) == Place(0, lost=True, known=60)
    assert now.number(61) > between.number(10**6), "so many may have been told meanwhile"
    # A client writes them down as times.
    latest = numbering_of([(50, dt.datetime(2100, 1, 1, tzinfo=dt.UTC))])
    assert dt.datetime.fromtimestamp(latest.number(10**7), dt.UTC).year < 10_000


def test_a_clock_that_was_wrong_makes_no_number_twice() -> None:
    back = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
    numbers = numbering_of([(10, back), (20, back)])
    assert len({numbers.number(seq) for seq in range(30)}) == 30
    assert isinstance(numbers, Numbering)


@pytest.mark.parametrize("grown", [0, 1, 9])
def test_what_came_since_is_read_and_what_is_withdrawn_is_told(
    fetch: Fetch, bank: FilledBank, grown: int
) -> None:
    for number in range(8):
        bank.add(number)
    behind, reader = Reader(fetch, page_size=3), Reader(fetch, page_size=3)
    behind.read(stop_after=1)
    kept = dict(bank.items)
    with fire():
        for number in range(100, 105):
            bank.add(number)
        for one in (reader, Reader(fetch, page_size=3)):
            one.read()
        behind.read(stop_after=2)
        bank.withdraw(3)
    bank.items = kept
    bank.withdraw(2)
    for number in range(200, 200 + grown):
        bank.add(number)
    alive = {pdq_of(number) for number in (0, 1, 3, 4, 5, 6, 7, *range(200, 200 + grown))}
    for one in (reader, behind):
        one.read(stop_after=2)  # it stops half-way, and goes on
        one.read()
        assert one.active - {pdq_of(number) for number in range(100, 105)} == alive
        assert one.had[pdq_of(2)] == "Withdrawn"
        assert one.pages[-1]["hasMoreRecords"] is False
        one.read()
        assert one.pages[-1]["count"] == 0, "once is enough"
    fresh = Reader(fetch, page_size=3)
    fresh.read()
    assert fresh.active == alive
    assert pdq_of(2) not in fresh.had


@pytest.mark.parametrize("seed", range(10))
def test_random_lives_through_fires(fetch: Fetch, bank: FilledBank, seed: int) -> None:
    """In the end a reader has what there is; of what a list lost, it keeps what it was given there."""
    chance = random.Random(seed)
    alive: list[int] = []
    lost: set[int] = set()
    made = iter(range(10**6))

    def something_happens() -> None:
        for _ in range(chance.randrange(5)):
            if alive and chance.random() < 0.3:
                bank.withdraw(alive.pop(chance.randrange(len(alive))))
            else:
                alive.append(next(made))
                bank.add(alive[-1])

    def read() -> None:
        reader.read(stop_after=chance.choice((1, 2, 3, None)))

    reader = Reader(fetch, page_size=chance.randrange(3, 7))
    reader.careful = False
    for _ in range(3):
        something_happens()
        read()
        was = list(alive)
        with fire():
            for _ in range(chance.randrange(4)):
                something_happens()
                read()
            lost |= set(alive) - set(was)
        alive[:] = was
        for _ in range(chance.randrange(3)):
            something_happens()
            read()
    reader.read()
    assert reader.active - {pdq_of(name) for name in lost} == {pdq_of(name) for name in alive}
    assert reader.pages[-1]["nextSetTimestamp"] >= EPOCH + last_seq()
