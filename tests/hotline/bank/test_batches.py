"""Batches: at fixed times, shuffled, cases apart, gapless; and what a partner still infers."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import random
import uuid
from typing import Any

import pytest
from tests.hotline.bank.correlation import measure

from disrupt.hotline.bank import batches, queries, services, tasks
from disrupt.hotline.bank.models import (
    BankChange,
    BankEntry,
    ChangeKind,
    EntryKind,
    EntryOrigin,
    StagedChange,
)
from disrupt.hotline.bank.prints import Prints
from disrupt.hotline.common import clock
from disrupt.hotline.common.running.sweep import Sweep

pytestmark = pytest.mark.django_db
QUARTER = dt.timedelta(minutes=15)


@pytest.fixture(autouse=True)
def _every_quarter(settings: Any) -> None:
    settings.OFFER_EVERY = QUARTER


def offer(name: object, case: uuid.UUID | None = None, *, urgent: bool = False) -> uuid.UUID:
    item = uuid.uuid4()
    digest = hashlib.sha256(str(name).encode()).hexdigest()
    rows = ({"hex": digest[::-1], "quality": 90, "role": "stored"},)
    services.offer(
        Prints(EntryKind.IMAGE, digest, "", pdq=rows),
        "NCII-DIF",
        EntryOrigin.EXAMINED,
        item,
        group=case,
        urgent=urgent,
    )
    return item


def sweep() -> None:
    sweeping = Sweep(tasks.DUTIES)
    while sweeping.once():
        pass


def next_batch() -> None:
    clock.move(QUARTER)
    sweep()


def told() -> list[tuple[int, str]]:
    return list(BankChange.objects.values_list("seq", "kind"))


def test_nothing_is_told_before_the_time_and_then_under_that_time() -> None:
    offer(1)
    sweep()
    assert (queries.last_seq(), told()) == (0, [])
    assert queries.active().count() == 1, "the hotline itself knows it at once"
    next_batch()
    (change,) = BankChange.objects.all()
    assert change.at == batches.latest(clock.now())
    assert (change.at.minute % 15, change.at.second, change.at.microsecond) == (0, 0, 0)
    sweep()
    assert told() == [(1, "added")]


def test_one_withdrawn_before_its_batch_was_never_there() -> None:
    item = offer(1)
    assert services.withdraw_source(item) is not None
    next_batch()
    assert told() == []
    assert BankEntry.objects.get().state == "withdrawn"


def test_a_withdrawal_waits_for_its_batch_and_is_called_off_when_somebody_comes_meanwhile() -> None:
    item = offer(1)
    next_batch()
    assert services.withdraw_source(item) is not None
    assert queries.active().count() == 1
    assert queries.left_of_item(item) is not None
    offer(1)
    next_batch()
    assert told() == [(1, "added")]
    assert queries.left_of_item(item) is None
    entry = BankEntry.objects.get()
    assert (entry.state, entry.withdrawn_at) == ("active", None)
    services.withdraw_source(entry.sources.get(withdrawn_at=None).item_id)
    next_batch()
    assert told() == [(1, "added"), (2, "withdrawn")]
    assert BankEntry.objects.get().sha256 == ""


def cases_in_order() -> list[object]:
    sources = {s.entry_id: s.item_id for e in BankEntry.objects.all() for s in e.sources.all()}
    return [sources[change.entry_id] for change in BankChange.objects.select_related("entry")]


def test_items_of_one_case_never_follow_one_another_while_others_are_there() -> None:
    cases = [uuid.uuid4() for _ in range(5)]
    of_item = {offer((case, n), case): case for case in cases for n in range(4)}
    next_batch()
    order = [of_item[item] for item in cases_in_order()]  # type: ignore[index]
    assert len(order) == 20
    assert not [1 for one, two in itertools.pairwise(order) if one == two]
    assert order != sorted(order, key=cases.index)


def test_one_case_alone_waits_a_while_for_others_but_not_for_ever(settings: Any) -> None:
    settings.OFFER_SPREAD = 2
    case = uuid.uuid4()
    for number in range(3):
        offer(number, case)
    counts = []
    for _ in range(4):
        next_batch()
        counts.append(queries.last_seq())
    assert counts == [1, 1, 3, 3]
    assert not StagedChange.objects.exists()


def test_withdrawals_never_wait_for_company() -> None:
    case = uuid.uuid4()
    items = [offer(n, case) for n in range(4)]
    for _ in range(4):
        next_batch()
    for item in items:
        services.withdraw_source(item, case)
    next_batch()
    assert [kind for _seq, kind in told()] == ["added"] * 4 + ["withdrawn"] * 4


@pytest.mark.parametrize("at_once", [False, True])
def test_the_most_urgent_do_not_wait_where_the_hotline_says_so(settings: Any, at_once: bool) -> None:
    settings.OFFER_URGENT_AT_ONCE = at_once
    offer(1, urgent=True)
    assert queries.last_seq() == int(at_once)
    if at_once:
        at = BankChange.objects.get().at
        assert (at.second, at.microsecond) == (0, 0)


def test_a_batch_that_fails_halfway_numbers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        offer(number)
    clock.move(QUARTER)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(batches.StagedChange.objects, "filter", fail)
        with pytest.raises(RuntimeError):
            batches.run(batches.latest(clock.now()))
    assert told() == []
    sweep()
    assert [seq for seq, _kind in told()] == [1, 2, 3]


def test_many_changes_are_numbered_in_several_steps_under_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST", 4)
    for number in range(10):
        offer(number)
    next_batch()
    assert [seq for seq, _kind in told()] == list(range(1, 11))
    assert BankChange.objects.values("at").distinct().count() == 1


def test_any_arrangement_holds_all_and_keeps_cases_apart_as_far_as_can_be() -> None:
    chance = random.Random(3)
    for _ in range(200):
        cases = [uuid.UUID(int=n) for n in range(1, chance.randint(2, 6))]
        rows = [
            StagedChange(pk=n, kind=ChangeKind.ADDED, group=chance.choice(cases), waited=9)
            for n in range(1, chance.randint(2, 20))
        ]
        order, later = batches.arranged(rows, None, chance)
        assert sorted(row.pk for row in order) == [row.pk for row in rows]
        assert later == []
        most = max(sum(row.group == case for row in rows) for case in cases)
        beside = sum(one.group == two.group for one, two in itertools.pairwise(order))
        assert beside == max(0, 2 * most - 1 - len(rows))


def test_what_a_partner_still_infers(settings: Any) -> None:
    """The figures of docs/threat-model.md, at four reports an hour and at one every four hours."""
    busy, quiet = measure(4, 4), measure(0.25, 12)
    assert busy.neighbours < 0.15
    assert busy.together < 0.45
    assert busy.minutes > 10
    assert quiet.neighbours > 0.4, "a quiet hotline's numbers still tell: the page says so"
    settings.OFFER_EVERY = dt.timedelta()
    before = measure(4, 4)
    assert before.neighbours > 0.6
