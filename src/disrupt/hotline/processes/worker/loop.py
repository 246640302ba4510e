"""The worker's life: go round, rest, until it is told to stop."""

from __future__ import annotations

import signal
import threading

import django

from disrupt.hotline.common.running.loading import loading

# Seconds that a lane is given to end its step when the worker is told to stop.
_LAST_STEP = 5.0
# A mail that is being given away is finished, or nobody knows whether it was.
_LAST_MAIL = 15.0


def run(*, once: bool = False, pause: float = 1.0) -> int:
    """Go round the duties until SIGTERM or SIGINT; a step that has begun is finished first.

    What decodes, and what waits for a mail server, has lanes of its own; at the end they are given a few
    seconds, and go on after the next start. With `once` everything is done one after the other.
    """
    with loading():
        django.setup()
        from django.db import close_old_connections

        from disrupt.hotline.common.running.lane import Lane
        from disrupt.hotline.common.running.pulse import Heart
        from disrupt.hotline.common.running.schema import must_fit
        from disrupt.hotline.common.running.sweep import MAIL, MAIN, Sweep
        from disrupt.hotline.processes.worker.duties import DUTIES

    must_fit()

    from django.conf import settings

    from disrupt.hotline.common import keys
    from disrupt.hotline.common.running import pulse
    from disrupt.hotline.common.together import asking

    if keys.review_lock(settings.KEYS_FOLDER).exists():
        asking.wait_for(keys.review_private_key, pulse.waits_for_the_review_key)

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    by_lane = {name: tuple(d for d in DUTIES if d.lane == name) for name in {duty.lane for duty in DUTIES}}
    sweep = Sweep(DUTIES if once else by_lane.pop(MAIN))
    lanes = (
        {}
        if once
        else {name: Lane(f"worker/{name}", duties, stop, pause) for name, duties in by_lane.items()}
    )
    heart = Heart("worker")
    for lane in lanes.values():
        lane.start()
    while not stop.is_set():
        close_old_connections()
        done = sweep.once()
        heart.beat({"failing": sweep.complaint()})
        if once and not done:
            break
        if not done:
            stop.wait(pause)
    for name, lane in lanes.items():
        lane.join(_LAST_MAIL if name == MAIL else _LAST_STEP)
    return 0
