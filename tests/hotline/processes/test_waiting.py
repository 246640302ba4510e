"""Requests that ask for news wait in a room: who waits, and when each has a thread again."""

from __future__ import annotations

import queue
import time

import pytest

from disrupt.hotline.processes.hall import Hall
from disrupt.hotline.processes.waiting import Asks, Room, asks
from disrupt.hotline.processes.worker_class import PatientWorker

KEY = b"a key"
HEAD = b"GET /v1/feed?%s HTTP/1.1\r\nHost: example.org\r\n\r\n"


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        (b"after=5&wait=25", Asks(5, 25)),
        (b"wait=1&limit=7", Asks(0, 1)),
        (b"after=5", None),
        (b"after=5&wait=0", None),
        (b"after=5&wait=26", None),
        (b"after=-5&wait=9", None),
        (b"after=%D9%A1&wait=9", None),
        (b"after=5&wait=" + b"9" * 30, None),
        (b"after=5&wait=25&" + b"x" * 300, None),
    ],
)
def test_which_requests_ask_to_wait(query: bytes, seen: Asks | None) -> None:
    assert asks(HEAD.replace(b"%s", query)) == seen


def test_other_addresses_and_methods_do_not_wait() -> None:
    for line in (b"GET /v1/figures?wait=5", b"POST /v1/feed?wait=5", b"HEAD /v1/feed?wait=5", b"\xff\x00"):
        assert asks(line + b" HTTP/1.1\r\n\r\n") is None


def wants(after: int, seconds: int = 25, key: bytes = KEY) -> bytes:
    """A request for what comes after this number, of whoever has this key."""
    return HEAD.replace(b"%s", b"after=%d&wait=%d" % (after, seconds)) + key


class World:
    """A newest number that a test sets; what the room's thread tells comes out of a queue."""

    def __init__(self) -> None:
        self.number = 7
        self.told: queue.Queue[int] = queue.Queue()
        self.room = Room(lambda: self.number, self.told.put, lambda data: data.endswith(KEY))

    def let_in(self) -> list[str]:
        """Who is let in at the next that is told."""
        return [who for who, _ in self.room.arrived(self.told.get(timeout=60))]


def test_who_has_everything_waits_until_there_is_more() -> None:
    world = World()
    assert world.room.takes("one", wants(7), "net")
    assert not world.room.takes("none", b"GET / HTTP/1.1\r\n\r\n", "net")
    assert world.let_in() == []
    world.number = 8
    assert world.let_in() == ["one"]
    assert len(world.room) == 0
    assert not world.room.takes("two", wants(7), "net"), "what is known to be old is answered at once"
    assert world.room.takes("three", wants(8), "net")


def test_a_number_that_went_back_or_is_not_known_yet_is_no_wait() -> None:
    world = World()
    assert world.room.takes("behind", wants(3), "net"), "nothing is known yet"
    assert world.let_in() == ["behind"]
    assert world.room.takes("ahead", wants(9), "net")
    assert world.let_in() == ["ahead"], "let them hear that their cursor is ahead"


def test_time_that_is_over_and_crowds() -> None:
    world = World()
    now = time.monotonic()
    for who, seconds in (("short", 1), ("long", 25), ("longer", 25)):
        assert world.room.takes(who, wants(7, seconds), "net")
    assert world.room.late(now) == []
    assert [who for who, _ in world.room.late(now + 5)] == ["short"]
    assert world.room.first_of_the_crowd() == "long"
    assert [who for who, _ in world.room.late(float("inf"))] == ["longer"]
    assert world.room.first_of_the_crowd() is None


def test_a_database_that_does_not_answer_is_asked_again() -> None:
    told: queue.Queue[int] = queue.Queue()
    answers = [5]

    def newest() -> int:
        if len(answers) == 1:
            answers.append(6)
            raise RuntimeError("down")
        return answers[1]

    room = Room(newest, told.put, lambda data: True)
    assert room.takes("one", wants(5), "net")
    assert room.arrived(told.get(timeout=60)) == [("one", "net")]


def test_a_stranger_does_not_wait() -> None:
    """How long an answer takes would tell anybody when the list changes, and each would hold a connection."""
    world = World()
    assert not world.room.takes("stranger", wants(7, key=b"none"), "net")
    assert world.room.takes("partner", wants(7), "net")
    assert len(world.room) == 1


class Conn:
    closed = False

    def close(self) -> None:
        self.closed = True


def test_a_crowd_that_waits_for_news_shuts_no_newcomer_out() -> None:
    world, worker = World(), PatientWorker.__new__(PatientWorker)
    worker._hall, worker._leaving, worker._room, worker._desk = Hall(), Hall(), world.room, None
    worker._teller, worker.nr_conns = None, 4
    crowd, newcomer = [Conn() for _ in range(3)], Conn()
    for one in crowd:
        assert world.room.takes(one, wants(7), "crowd")
    worker._hall.enter(newcomer, "elsewhere", 60.0)
    worker._make_room()
    assert [one.closed for one in crowd] == [True, False, False]
    assert (newcomer.closed, worker.nr_conns, len(world.room)) == (False, 3, 2)
