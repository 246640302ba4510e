"""The turnstile: never more than its places, in the order of arrival, and nobody is refused."""

from __future__ import annotations

import threading
import time

import pytest

from disrupt.hotline.common.running.limits import Turnstile


def test_no_more_than_its_places_at_once() -> None:
    turnstile, inside, most = Turnstile(2), [0], [0]
    lock = threading.Lock()

    def visit() -> None:
        with turnstile.place():
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            time.sleep(0.01)
            with lock:
                inside[0] -= 1

    threads = [threading.Thread(target=visit) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most[0] == 2
    assert turnstile.waiting == 0


def test_who_waits_goes_in_order() -> None:
    turnstile, order = Turnstile(1), list[int]()

    def visit(number: int) -> None:
        with turnstile.place():
            order.append(number)

    with turnstile.place():
        threads = []
        for number in range(5):
            threads.append(threading.Thread(target=visit, args=(number,)))
            threads[-1].start()
            while turnstile.waiting <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join(10)
    assert order == [0, 1, 2, 3, 4]


def test_a_place_is_given_back_after_an_error() -> None:
    turnstile = Turnstile(1)
    with pytest.raises(KeyError), turnstile.place():
        raise KeyError
    with turnstile.place():
        assert turnstile.waiting == 0


def test_a_turnstile_has_places() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Turnstile(0)
