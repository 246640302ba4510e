"""The life of taking in: go round, rest, until it is told to stop."""

from __future__ import annotations

import signal
import threading

import django

from disrupt.hotline.common.running.loading import loading


def run(*, once: bool = False, pause: float = 1.0) -> int:
    """Take in what was fetched until SIGTERM or SIGINT; a page under way is finished first."""
    with loading():
        django.setup()
        from django.db import close_old_connections

        from disrupt.hotline.common.running.pulse import Heart
        from disrupt.hotline.common.running.schema import must_fit
        from disrupt.hotline.common.running.sweep import Sweep
        from disrupt.hotline.common.switches import resting
        from disrupt.hotline.exchange.taking.tasks import DUTIES

    must_fit()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sweep, heart = Sweep(resting(DUTIES)), Heart("taking")
    while not stop.is_set():
        close_old_connections()
        done = sweep.once()
        heart.beat({"failing": sweep.complaint()})
        if once and not done:
            return 1 if sweep.failing else 0
        if not done:
            stop.wait(pause)
    return 0
