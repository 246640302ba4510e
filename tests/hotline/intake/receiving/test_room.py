"""Files never take the last of the disk, and one network never takes it from the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.hotline.intake.asking.steps import send, to, until_check
from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases.models import Case
from disrupt.hotline.common.running.limits import LANE
from disrupt.hotline.intake.receiving import room
from disrupt.hotline.intake.receiving.room import NoRoom, Taken

MIB = 1024 * 1024
From = Callable[[bytes, int], None]


@pytest.fixture
def disk(monkeypatch: Any, settings: Any) -> dict[str, int]:
    """`disk["left"]` bytes are left for files."""
    state = {"left": 100 * MIB}
    monkeypatch.setattr(room, "left", lambda: state["left"])
    monkeypatch.setattr(room, "TAKEN", Taken())
    settings.MAX_UPLOAD_BYTES = 20 * MIB
    return state


@pytest.fixture
def take_from(disk: dict[str, int]) -> From:
    """Have a network write so many bytes."""

    def take(network: bytes, count: int) -> None:
        token = LANE.set(network)
        try:
            room.take(count)
            disk["left"] -= count
        finally:
            LANE.reset(token)

    return take


def test_the_reserve_is_never_touched(disk: dict[str, int], take_from: From) -> None:
    disk["left"] = 10
    take_from(b"one", 5)
    disk["left"] = 4
    with pytest.raises(NoRoom):
        take_from(b"another", 5)


def test_one_network_takes_no_more_than_it_leaves(disk: dict[str, int], take_from: From) -> None:
    with pytest.raises(NoRoom):
        for _ in range(200):
            take_from(b"crowd", MIB)
    assert disk["left"] == 50 * MIB
    take_from(b"elsewhere", 20 * MIB)
    with pytest.raises(NoRoom):
        take_from(b"crowd", MIB)


def test_where_there_is_much_room_nobody_counts(disk: dict[str, int], take_from: From) -> None:
    disk["left"] = 1000 * MIB
    for _ in range(700):
        take_from(b"crowd", MIB)
    assert disk["left"] == 300 * MIB


def test_memory_stays_bounded() -> None:
    taken = Taken()
    for number in range(room._MOST_NETWORKS + 10):
        taken.add(number.to_bytes(4), 1)
    assert taken.of((0).to_bytes(4)) == 0
    assert len(taken._bytes) == room._MOST_NETWORKS


def test_a_full_disk_takes_reports_without_files(person: Person, disk: dict[str, int]) -> None:
    disk["left"] = -1
    person.open_form()
    response = person.send(b"content")
    assert "could not be saved just now" in response.content.decode()
    until_check(person)
    assert to(send(person)) == "code"
    assert Case.objects.count() == 1
