"""Kills the hotline's processes at random, while people press."""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field

from disrupt.hotline.demo.site import Site
from disrupt.hotline.demo.year.meter import Meter

_KILLED = ("worker", "portal", "checker", "exchange", "console")


@dataclass
class Killer:
    """In so many steps (`share`) one process dies within a second, and is started again."""

    site: Site
    meter: Meter
    draw: random.Random
    share: float
    killed: Counter[str] = field(default_factory=Counter)

    def start(self) -> threading.Thread | None:
        """The one who kills in this step, if anybody."""
        if self.draw.random() >= self.share:
            return None
        thread = threading.Thread(target=self._kill, args=(self.draw.choice(_KILLED), self.draw.random()))
        thread.start()
        return thread

    def _kill(self, name: str, after: float) -> None:
        threading.Event().wait(after)
        self.meter.read(self.site.groups)
        self.site.kill(name)
        self.killed[name] += 1
