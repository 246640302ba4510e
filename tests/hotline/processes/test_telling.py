"""Those who waited are answered together: whom that is for, in which pieces, and what is left to a thread."""

from __future__ import annotations

import queue
from collections.abc import Callable, Sequence

import pytest

from disrupt.hotline.processes.telling import AT_ONCE, MOST_ANSWER, Answer, Teller, Told


class Echo:
    """Answers `ask X` with X; `decline` comes back unanswered, `fail` fails."""

    def __init__(self) -> None:
        self.together: list[int] = []
        self.done: queue.Queue[str] = queue.Queue()

    def reads(self, data: bytes) -> bytes | None:
        return data.removeprefix(b"ask ") if data.startswith(b"ask ") else None

    def answers(self, asked: Sequence[bytes]) -> tuple[list[Answer | None], Callable[[], None]]:
        if b"fail" in asked:
            raise RuntimeError("down")
        self.together.append(len(asked))

        def afterwards() -> None:
            self.done.put("done")
            if b"late failure" in asked:
                raise RuntimeError("full")

        return [None if one == b"decline" else (one, True) for one in asked], afterwards


class World:
    def __init__(self) -> None:
        self.echo = Echo()
        self.said: queue.Queue[list[Told]] = queue.Queue()
        self.teller = Teller(self.echo, self.said.put)

    def tell(self, *requests: bytes) -> list[bool]:
        for number, data in enumerate(requests):
            self.teller.notes(number, data)
        taken = [self.teller.takes(number, "net") for number in range(len(requests))]
        self.teller.go()
        return taken

    def answers(self) -> list[tuple[object, int, bytes | None]]:
        return [
            (one.who, one.length, one.answer[0] if one.answer else None) for one in self.said.get(timeout=60)
        ]


@pytest.fixture
def world() -> World:
    return World()


def test_all_are_answered_by_one_question_in_their_order(world: World) -> None:
    assert world.tell(b"ask a", b"ask bb", b"GET /") == [True, True, False]
    assert world.answers() == [(0, 5, b"a"), (1, 6, b"bb")]
    assert world.echo.together == [2]
    assert world.echo.done.get(timeout=60) == "done"


def test_who_goes_is_not_answered(world: World) -> None:
    world.teller.notes("a", b"ask a")
    world.teller.leaves("a")
    world.teller.leaves("nobody")
    assert not world.teller.takes("a", "net")
    world.teller.go()
    assert world.tell(b"ask b") == [True]
    assert world.answers() == [(0, 5, b"b")]


def test_what_cannot_be_answered_here_is_left_to_a_thread(world: World) -> None:
    world.tell(b"ask decline", b"ask " + b"x" * (MOST_ANSWER + 1), b"ask c")
    assert [text for _, _, text in world.answers()] == [None, None, b"c"]


def test_a_failure_leaves_all_of_them_to_threads_and_ends_nothing(world: World) -> None:
    world.tell(b"ask fail", b"ask a")
    assert [text for _, _, text in world.answers()] == [None, None]
    world.tell(b"ask late failure")
    assert world.answers() == [(0, 16, b"late failure")]
    world.tell(b"ask b")
    assert world.answers() == [(0, 5, b"b")]


def test_many_are_written_in_turns(world: World) -> None:
    world.tell(*[b"ask a"] * (AT_ONCE + 3))
    assert [len(world.answers()), len(world.answers())] == [AT_ONCE, 3]
