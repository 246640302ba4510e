"""The checker's life: many looks at once, one at a time for each site, until it is told to stop."""

from __future__ import annotations

import logging
import signal
import threading

import django

from disrupt.hotline.common.running.loading import loading

log = logging.getLogger(__name__)


def run(*, once: bool = False, pause: float = 1.0, threads: int = 64) -> int:
    """Look at what is due until SIGTERM or SIGINT; a look under way ends by itself."""
    with loading():
        django.setup()
        from django.db import Error, close_old_connections

        from disrupt.hotline.common.running.in_a_row import InARow
        from disrupt.hotline.common.running.lane import Lane
        from disrupt.hotline.common.running.pulse import Heart
        from disrupt.hotline.common.running.schema import must_fit
        from disrupt.hotline.common.running.sweep import Sweep
        from disrupt.hotline.common.switches import Still, resting
        from disrupt.hotline.takedown.checks.crew import Crew
        from disrupt.hotline.takedown.tasks import CHECKER_DUTIES, WATCH_DUTIES

    must_fit()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    crew, heart, still, lost = Crew(threads), Heart("checker"), Still(), InARow()
    duties, watch = resting(CHECKER_DUTIES), resting(WATCH_DUTIES)
    if once:
        Sweep((*duties, *watch)).once()
    else:
        Lane("checker/finding", duties, stop, pause).start()
        Lane("checker/watch", watch, stop, pause).start()
    while not stop.is_set():
        close_old_connections()
        begun = 0
        try:
            begun = 0 if still() else crew.begin_what_is_due()
            lost.ended()
        except Error as error:  # the database is away, and comes back
            if once:
                raise
            if lost.failed():
                log.error("what is due cannot be listed: %s", type(error).__name__)
        heart.beat({"busy": crew.busy})
        if once and not begun and not crew.busy:
            break
        crew.wait(pause)
    crew.leave()
    return 0
