"""How far a scan has come, said on standard error now and then."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

from disrupt.partner.scan.sources import Sources, files
from disrupt.partner.shared.said import complain


class Progress:
    """What was done, how fast, and how long it will take: the files are counted meanwhile."""

    def __init__(self, sources: Sources, every: int | None, earlier: int) -> None:
        self._every = every or (10 if sys.stderr.isatty() else 0)
        self._earlier, self.done, self.found = earlier, 0, 0
        self._began = self._told = time.monotonic()
        self._total: int | None = None
        if self._every and sources.countable:
            threading.Thread(target=self._count, args=(sources,), daemon=True).start()

    def _count(self, sources: Sources) -> None:
        self._total = sum(1 for _ in files(sources))

    def advance(self, row: dict[str, Any]) -> None:
        self.done += 1
        self.found += bool(row.get("matches"))
        if self._every and time.monotonic() - self._told >= self._every:
            self.tell()

    def tell(self) -> None:
        if not self._every:
            return
        self._told = time.monotonic()
        rate = self.done / max(1e-9, self._told - self._began)
        line = f"{self._earlier + self.done:,} done, {self.found:,} found, {rate:.1f} a second"
        if self._total is not None and rate:
            left = max(0, self._total - self._earlier - self.done) / rate
            line += f", {left / 3600:.1f} hours left"
        complain(line, code="progress")
