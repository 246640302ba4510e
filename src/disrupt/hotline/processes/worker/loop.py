"""The worker's life: go round, rest, until it is told to stop."""

from __future__ import annotations

import signal
import threading

import django

_LAST_STEP = 5.0
# A mail that is being given away when the worker is told to stop is finished, or nobody knows whether it was.
_LAST_MAIL = 15.0


def run(*, once: bool = False, pause: float = 1.0) -> int:
    """Go round the duties until SIGTERM or SIGINT; a step that has begun is finished first.

    What decodes, and what waits for a mail server, has lanes of its own; at the end they are given a few
    seconds, and go on after the next start. With `once` everything is done one after the other.
    """
    django.setup()
    from django.db import close_old_connections

    from disrupt.hotline.common.lane import Lane
    from disrupt.hotline.common.sweep import Sweep
    from disrupt.hotline.processes.worker.duties import ASIDE, DUTIES, MAIL

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lanes = [] if once else [Lane((duty,), stop, pause) for duty in ASIDE]
    mail = None if once else Lane(MAIL, stop, pause)
    sweep = Sweep(DUTIES if once else tuple(duty for duty in DUTIES if duty not in {*ASIDE, *MAIL}))
    for lane in (*lanes, mail):
        if lane is not None:
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
    if mail is not None:
        mail.join(_LAST_MAIL)
    return 0
