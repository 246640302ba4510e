"""Whole requests only, and threads shared among networks."""

from __future__ import annotations

import pytest

from disrupt.hotline.processes.arriving import MOST_PEEKED, MOST_SHORT_BODY, Arriving, look
from disrupt.hotline.processes.places import PATIENCE, Places
from disrupt.hotline.processes.worker_class import shared_out

HEAD = b"POST /fr/form/ HTTP/1.1\r\nHost: example.org\r\n"


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"", Arriving(1)),
        (HEAD, Arriving(1)),
        (HEAD + b"\r\n", Arriving(0)),
        (HEAD + b"Content-Length: 5\r\n\r\nab", Arriving(3)),
        (HEAD + b"content-length:5\r\n\r\nabcde", Arriving(0)),
        (HEAD + b"Content-Length: 5\r\n\r\nabcdefg", Arriving(0)),
        (HEAD + b"Content-Length: %d\r\n\r\n" % MOST_SHORT_BODY, Arriving(MOST_SHORT_BODY)),
        (HEAD + b"Content-Length: %d\r\n\r\n" % (MOST_SHORT_BODY + 1), Arriving(0, long=True)),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", Arriving(0, long=True)),
        (HEAD + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n", Arriving(0, long=True)),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", Arriving(0, long=True)),
        (HEAD + b"Content-Length: x\r\n\r\n", Arriving(0)),
        (HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", Arriving(0, long=True)),
        (HEAD + b"Content-Length: 00000000000000000000005\r\n\r\nab", Arriving(0, long=True)),
        (HEAD + b"X: " + b"a" * MOST_PEEKED, Arriving(0, long=True)),
        (b"\x00\xff" * 30, Arriving(1)),
        # In a body, a header is none.
        (HEAD + b"\r\nContent-Length: 5\r\n\r\n", Arriving(0)),
    ],
)
def test_how_much_of_a_request_is_missing(data: bytes, seen: Arriving) -> None:
    assert look(data) == seen


def test_the_last_address_is_the_one_that_our_proxy_added() -> None:
    said = b"X-Forwarded-For: 203.0.113.9\r\nx-forwarded-for: 203.0.113.8, 192.0.2.1\r\n\r\n"
    assert look(HEAD + said).forwarded == "192.0.2.1"
    assert look(HEAD + b"X-Forwarded-For: 192.0.2.\xff\r\n\r\n").forwarded == "192.0.2.ÿ"


class Watch:
    at = 0.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_a_crowd_waits_for_itself(watch: Watch) -> None:
    places = Places(4, 2, watch)
    assert [places.ask(f"crowd {number}", "crowd") for number in range(50)] == [True, True] + [False] * 48
    assert places.ask("person", "elsewhere"), "at once: half is kept for others"
    assert places.waiting == 48
    assert places.leave("crowd 0") == ["crowd 2"], "in the order in which they came"
    assert places.leave("nobody") == []


def test_whoever_comes_to_a_full_house_is_next(watch: Watch) -> None:
    places = Places(2, 2, watch)
    assert [places.ask(f"crowd {number}", "crowd") for number in range(50)].count(True) == 2
    assert not places.ask("person", "elsewhere")
    assert places.leave("crowd 0") == ["crowd 2"]
    assert places.leave("crowd 1") == ["person"], "the lanes take turns"
    assert places.leave("person") == ["crowd 3"]


def test_one_is_asked_back_for_a_newcomer_only_when_that_is_fair(watch: Watch) -> None:
    places = Places(3, 3, watch)
    for number in range(4):
        places.ask(f"crowd {number}", "crowd")
    watch.at += PATIENCE + 1
    assert places.to_ask_back() is None, "a crowd is not asked back for itself"
    places.ask("person", "elsewhere")
    assert places.to_ask_back() is None, "not before a while"
    watch.at += PATIENCE + 1
    assert places.to_ask_back() == "crowd 0"
    assert places.leave("crowd 0") == ["crowd 3"]
    assert places.leave("crowd 1") == ["person"]
    places.ask("second", "elsewhere")
    watch.at += PATIENCE + 1
    assert places.to_ask_back() is None, "two and one are as fair as can be"


def test_when_everything_is_full_the_last_of_the_longest_lane_goes(watch: Watch) -> None:
    places = Places(1, 1, watch)
    for number in range(4):
        places.ask(f"crowd {number}", "crowd")
    places.ask("person", "elsewhere")
    assert [places.give_up() for _ in range(3)] == ["crowd 3", "crowd 2", "crowd 1"]
    assert places.give_up() == "person"
    assert places.give_up() is None
    assert places.leave("crowd 0") == []


def test_a_network_must_have_a_place() -> None:
    with pytest.raises(ValueError, match="needs a place"):
        Places(1, 0)


@pytest.mark.parametrize(("threads", "long", "short"), [(96, 72, 24), (16, 8, 8), (8, 4, 4), (1, 1, 1)])
def test_threads_are_shared_out(threads: int, long: int, short: int) -> None:
    counts = [[one.ask(number, number) for number in range(100)].count(True) for one in shared_out(threads)]
    assert counts == [long, short]
    each = [[one.ask(number, "crowd") for number in range(100)].count(True) for one in shared_out(threads)]
    assert each == [min(total, max(4, total // 2)) for total in (long, short)]
