"""What a `disrupt sync` that goes on for ever says of itself: a small file, written anew with every step."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from disrupt import __version__
from disrupt.partner.bank.health import told_time
from disrupt.partner.following.summary import Summary
from disrupt.partner.shared.atomic import write_whole
from disrupt.partner.shared.said import complain

SILENCE = 600.0
"""Seconds that one step, a request or the making of a bank, may take without a sign of life."""
_COUNTS = ("rounds", "failures", "added", "withdrawn", "skipped", "quarantined")


@dataclass
class Heartbeat:
    """`files`: where it is written; in Prometheus' text format where the name ends with .prom, or JSON."""

    files: Sequence[Path]
    source: str
    clock: Callable[[], float] = time.time
    state: str = "starting"
    code: str = ""
    message: str = ""
    since: float = 0.0
    reached: float | None = None
    cursor: int = 0
    entries: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))
    _written: float = 0.0
    _complained: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def succeeded(self, summary: Summary) -> None:
        """A round reached the end of the feed."""
        self._become("ok", "", "")
        self.reached, self.cursor, self.entries = self.clock(), summary.cursor, summary.entries
        self.counts["rounds"] += 1
        for name in _COUNTS[2:]:
            self.counts[name] += getattr(summary, name)

    def failed(self, code: str, message: str) -> bool:
        """A round did not; whether that is news."""
        self.counts["failures"] += 1
        return self._become("failing", code, message)

    def _become(self, state: str, code: str, message: str) -> bool:
        news = (state, code) != (self.state, self.code)
        if news:
            self.since = self.clock()
        self.state, self.code, self.message = state, code, message
        return news

    def step(self) -> None:
        """A sign of life, at most one a second."""
        if self.clock() - self._written >= 1:
            self.beat()

    def beat(self, pause: float = 0.0) -> None:
        """Write the files; the next time is at most `pause` and SILENCE seconds away."""
        with self._lock:
            now = self._written = self.clock()
            for path in self.files:
                text = self._prometheus(now) if path.suffix == ".prom" else json.dumps(self._told(now, pause))
                try:
                    # Prometheus' collector is another user, and reads counts only.
                    write_whole(path, text + "\n", 0o644 if path.suffix == ".prom" else 0o600)
                except OSError as error:
                    if not self._complained:
                        complain(error, who="sync", path=path)
                    self._complained = True

    def _told(self, now: float, pause: float) -> dict[str, Any]:
        return {
            "version": __version__,
            "source": self.source,
            "state": self.state,
            "code": self.code,
            "message": self.message,
            "since": told_time(self.since or now),
            "at": told_time(now),
            "next_by": told_time(now + pause + SILENCE),
            "reached": told_time(self.reached),
            "cursor": self.cursor,
            "entries": self.entries,
            **self.counts,
        }

    def _prometheus(self, now: float) -> str:
        source = self.source.replace("\\", "\\\\").replace('"', '\\"')
        gauges = {"up": float(self.state == "ok"), "at_seconds": now, "reached_seconds": self.reached or 0.0}
        gauges |= {"cursor": self.cursor, "entries": self.entries}
        lines = []
        for kind, values in (("gauge", gauges), ("counter", self.counts)):
            for name, value in values.items():
                full = f"disrupt_sync_{name}" + ("_total" if kind == "counter" else "")
                lines += [f"# TYPE {full} {kind}", f'{full}{{source="{source}"}} {value:.17g}']
        return "\n".join(lines)
