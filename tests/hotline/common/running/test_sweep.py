"""The worker's loop: one failing step neither stops the others nor is tried in a tight circle."""

from __future__ import annotations

import logging

import pytest

from disrupt.hotline.common.running.sweep import Duty, Sweep


def test_a_step_that_fails_is_tried_later_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    now, done, failing = [0.0], [], {"bad"}

    def run(key: str) -> None:
        if key in failing:
            raise ValueError("secret content of a case")
        done.append(key)

    sweep = Sweep((Duty("test", lambda: ["bad", "good"], run),), monotonic=lambda: now[0])
    with caplog.at_level(logging.INFO):
        assert sweep.once() == 1
        assert sweep.once() == 1
    assert done == ["good", "good"]
    assert caplog.text.count("try 1") == 1, "the second round came too soon to try again"
    assert "secret content" not in caplog.text
    now[0] = 3.0
    failing.clear()
    assert sweep.once() == 2


def test_a_duty_that_cannot_list_does_not_stop_the_next() -> None:
    done = []

    def broken() -> list[int]:
        raise OSError

    sweep = Sweep((Duty("broken", broken, print), Duty("fine", lambda: [1], done.append)))
    assert sweep.once() == 1
    assert done == [1]


def test_a_duty_that_takes_long_to_say_that_nothing_is_due_rests() -> None:
    now, asked, waiting, done = [0.0], [], [], []

    def dear() -> list[int]:
        asked.append(now[0])
        now[0] += 1.2
        return list(waiting)

    sweep = Sweep((Duty("dear", dear, done.append),), monotonic=lambda: now[0])
    while now[0] < 100:
        sweep.once()
        now[0] += 1
    assert len(asked) == 8, "a tenth of the time at most goes into asking"
    waiting.append(1)
    now[0] += 60
    for _ in range(3):
        sweep.once()
    assert done == [1, 1, 1], "what has something to do is asked again at once"
