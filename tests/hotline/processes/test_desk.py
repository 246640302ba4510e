"""The desk: who is answered there, in which order, and who is sent on."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from disrupt.hotline.processes.desk import MOST_ANSWER, MOST_AT_ONCE, Desk
from disrupt.hotline.processes.hall import Hall


class Echo:
    """Answers `ask X` with X; `decline` comes back unanswered."""

    def __init__(self) -> None:
        self.together: list[int] = []

    def reads(self, data: bytes) -> bytes | None:
        return data.removeprefix(b"ask ") if data.startswith(b"ask ") else None

    def answers(self, asked: Sequence[bytes]) -> list[bytes | None]:
        self.together.append(len(asked))
        return [None if one == b"decline" else one for one in asked]


class World:
    def __init__(self) -> None:
        self.called = 0
        self.echo = Echo()
        self.desk = Desk(self.echo, self._later)

    def _later(self) -> None:
        self.called += 1


@pytest.fixture
def world() -> World:
    return World()


def test_those_who_came_meanwhile_are_answered_together_and_in_their_order(world: World) -> None:
    assert [world.desk.takes(who, b"ask " + who.encode()) for who in "abc"] == [True] * 3
    assert world.called == 1
    assert world.desk.answered() == [("a", 5, b"a"), ("b", 5, b"b"), ("c", 5, b"c")]
    assert world.echo.together == [3]
    assert set(world.desk.idle()) == {"a", "b", "c"}


def test_what_is_no_matter_for_the_desk_is_sent_on_untouched(world: World) -> None:
    assert not world.desk.takes("a", b"GET /")
    assert world.called == 0
    world.desk.takes("b", b"ask decline")
    world.desk.takes("c", b"ask " + b"x" * (MOST_ANSWER + 1))
    assert [text for _, _, text in world.desk.answered()] == [None, None]


def test_more_than_so_many_are_answered_in_turns(world: World) -> None:
    for who in range(MOST_AT_ONCE + 3):
        world.desk.takes(who, b"ask me")
    assert len(world.desk.answered()) == MOST_AT_ONCE
    assert world.called == 2
    assert len(world.desk.answered()) == 3
    assert world.called == 2


def test_more_from_one_that_waits_stays_where_it_is(world: World) -> None:
    world.desk.takes("a", b"ask one")
    assert world.desk.takes("a", b"ask oneask two")
    assert world.desk.answered() == [("a", 7, b"one")]


def test_who_goes_is_not_answered(world: World) -> None:
    world.desk.takes("a", b"ask one")
    world.desk.leave("a")
    assert world.desk.answered() == []
    assert world.desk.idle() == []


def test_who_was_answered_stays_in_the_hall_as_one_that_has_just_come() -> None:
    hall = Hall()
    for who in "ab":
        hall.enter(who, "network", 10.0)
    hall.stays("a", 20.0)
    assert hall.late(15.0) == ["b"]
    assert hall.first_of_the_crowd() == "b"
