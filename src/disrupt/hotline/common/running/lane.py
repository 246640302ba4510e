"""A lane beside the sweep: a thread of its own for duties that nothing else may wait for."""

from __future__ import annotations

import threading

from django.db import close_old_connections, connections

from disrupt.hotline.common.running.pulse import Heart
from disrupt.hotline.common.running.sweep import Duty, Sweep


class Lane:
    """Goes round its duties until `stop` is set. It is killed with its process, as any step may be."""

    def __init__(self, name: str, duties: tuple[Duty, ...], stop: threading.Event, pause: float) -> None:
        self._sweep, self._stop, self._pause = Sweep(duties), stop, pause
        self._heart = Heart(name)
        # A daemon: a decoding that takes half an hour does not hold up the end of the process.
        self._thread = threading.Thread(target=self._run, name=duties[0].name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, seconds: float) -> bool:
        """Wait for the step under way; whether it ended in that time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                close_old_connections()
                done = self._sweep.once()
                self._heart.beat({"failing": self._sweep.complaint()})
                if not done:
                    self._stop.wait(self._pause)
        finally:
            connections.close_all()
