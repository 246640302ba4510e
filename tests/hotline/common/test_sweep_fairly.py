"""However many rows fail, and however slow a duty is, the others have their turn."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from disrupt.hotline.common.running.sweep import BATCH, TURN, Duty, Sweep


def test_rows_that_fail_do_not_keep_the_others_from_running() -> None:
    now, done = [0.0], []
    bad, good = [f"bad {n}" for n in range(3 * BATCH)], [f"good {n}" for n in range(2 * BATCH)]
    waiting = [*bad, *good]

    def run(key: str) -> None:
        if key.startswith("bad"):
            raise ValueError
        done.append(key)
        waiting.remove(key)

    sweep = Sweep((Duty("test", lambda: iter(waiting), run),), monotonic=lambda: now[0])
    for _ in range(8):
        sweep.once()
    assert done == good
    assert sweep.failing == {"test": len(bad)}
    # Nor do they starve in their turn: after their rest they are tried again, even while others come.
    waiting.extend(f"good {n}" for n in range(1000, 1000 + BATCH))
    now[0] = 1000.0
    tried = len(done)
    sweep.once()
    assert len(done) - tried == BATCH - 10


def test_what_is_due_no_more_is_forgotten() -> None:
    waiting = ["bad"]

    def run(key: str) -> None:
        raise ValueError

    sweep = Sweep((Duty("test", lambda: list(waiting), run),), monotonic=lambda: 0.0)
    sweep.once()
    assert sweep.failing == {"test": 1}
    waiting.clear()
    sweep.once()
    assert sweep.failing == {}


def test_a_listing_without_end_is_read_only_as_far_as_needed() -> None:
    def endless() -> Iterator[int]:
        yield from itertools.count()

    sweep = Sweep((Duty("test", endless, lambda key: None),))
    assert sweep.once() == BATCH


def test_a_slow_duty_gives_way_after_its_turn() -> None:
    now, done = [0.0], []

    def slow(key: int) -> None:
        now[0] += TURN / 4
        done.append("slow")

    duties = (
        Duty("slow", lambda: range(50), slow),
        Duty("quick", lambda: [1], lambda key: done.append("quick")),
    )
    Sweep(duties, monotonic=lambda: now[0]).once()
    assert done == ["slow"] * 5 + ["quick"]
