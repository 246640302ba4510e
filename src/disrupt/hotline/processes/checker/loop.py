"""The checker's life: many looks at once, one at a time for each site, until it is told to stop."""

from __future__ import annotations

import signal
import threading

import django


def run(*, once: bool = False, pause: float = 1.0, threads: int = 16) -> int:
    """Look at what is due until SIGTERM or SIGINT; a look under way ends by itself."""
    django.setup()
    from disrupt.hotline.common.running.schema import must_fit

    must_fit()
    from disrupt.hotline.common.running.lane import Lane
    from disrupt.hotline.common.running.pulse import Heart
    from disrupt.hotline.common.running.sweep import Sweep
    from disrupt.hotline.common.switches import Still, resting
    from disrupt.hotline.takedown.checks.crew import Crew
    from disrupt.hotline.takedown.tasks import CHECKER_DUTIES, WATCH_DUTIES

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    crew, heart, still = Crew(threads), Heart("checker"), Still()
    duties, watch = resting(CHECKER_DUTIES), resting(WATCH_DUTIES)
    if once:
        Sweep((*duties, *watch)).once()
    else:
        Lane("checker/finding", duties, stop, pause).start()
        Lane("checker/watch", watch, stop, pause).start()
    while not stop.is_set():
        begun = not still() and crew.begin_what_is_due()
        heart.beat({"busy": crew.busy})
        if once and not begun and not crew.busy:
            break
        stop.wait(pause if not begun else 0.05)
    crew.leave()
    return 0
