"""The worker's life: go round, rest, until it is told to stop."""

from __future__ import annotations

import signal
import threading

import django

_LAST_STEP = 5.0


def run(*, once: bool = False, pause: float = 1.0) -> int:
    """Go round the duties until SIGTERM or SIGINT; a step that has begun is finished first.

    What decodes has lanes of its own; at the end it is given a few seconds, and goes on after the next start.
    With `once` everything is done one after the other.
    """
    django.setup()
    from django.db import close_old_connections

    from disrupt.hotline.common.lane import Lane
    from disrupt.hotline.common.sweep import Sweep
    from disrupt.hotline.processes.worker.duties import ASIDE, DUTIES

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lanes = [] if once else [Lane(duty, stop, pause) for duty in ASIDE]
    sweep = Sweep(DUTIES if once else tuple(duty for duty in DUTIES if duty not in ASIDE))
    for lane in lanes:
        lane.start()
    while not stop.is_set():
        close_old_connections()
        done = sweep.once()
        if once and not done:
            break
        if not done:
            stop.wait(pause)
    for lane in lanes:
        lane.join(_LAST_STEP)
    return 0
