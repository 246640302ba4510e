"""The worker's life: go round, rest, until it is told to stop."""

from __future__ import annotations

import signal
import threading

import django


def run(*, once: bool = False, pause: float = 1.0) -> int:
    """Go round the duties until SIGTERM or SIGINT; a step that has begun is finished first."""
    django.setup()
    from django.db import close_old_connections

    from disrupt.hotline.common.sweep import Sweep
    from disrupt.hotline.processes.worker.duties import DUTIES

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sweep = Sweep(DUTIES)
    while not stop.is_set():
        close_old_connections()
        done = sweep.once()
        if once and not done:
            break
        if not done:
            stop.wait(pause)
    return 0
