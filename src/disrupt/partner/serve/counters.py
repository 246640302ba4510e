"""What a server counts, in one small file that all its worker processes share; as Prometheus reads it."""

from __future__ import annotations

import fcntl
import mmap
import os
import tempfile
import threading
from pathlib import Path

import numpy as np

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds."""

_ROUTES = ("/v1/match", "/h/hash", "/m/lookup", "/m/raw_lookup", "/m/compare", "other")
_STATUSES = ("2xx", "4xx", "5xx")
_ACTIONS = ("block", "review", "none")
_WORKERS = 512

_NAMES = (
    *(
        f'disrupt_requests_total{{path="{route}",status="{status}"}}'
        for route in _ROUTES
        for status in _STATUSES
    ),
    *(f'disrupt_answers_total{{action="{action}"}}' for action in _ACTIONS),
    *(f'disrupt_shadow_answers_total{{action="{action}"}}' for action in _ACTIONS),
    "disrupt_uploaded_bytes_total",
    *(f'disrupt_request_seconds_bucket{{le="{bucket}"}}' for bucket in (*BUCKETS, "+Inf")),
    "disrupt_request_seconds_sum",
    "disrupt_request_seconds_count",
)
_PLACE = {name: place for place, name in enumerate(_NAMES)}
_SIZE = 8 + _WORKERS * len(_NAMES) * 8


def new_file() -> str:
    """An empty file of counters; its path. Raises OSError where no temporary file can be made."""
    handle, path = tempfile.mkstemp(prefix="disrupt-serve-")
    os.ftruncate(handle, _SIZE)
    os.close(handle)
    return path


class Counters:
    """Each process adds to a row of its own; whoever is asked sums them all."""

    def __init__(self, path: str = "") -> None:
        self._lock = threading.Lock()
        if path:
            handle = os.open(path, os.O_RDWR)
            with os.fdopen(handle, "r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                mapped = mmap.mmap(file.fileno(), _SIZE)
                claimed = np.frombuffer(mapped, np.int64, 1)
                row = int(claimed[0]) % _WORKERS  # the count of a worker that died stays in its row
                claimed[0] += 1
                # Closing does not: the map holds the file too, and the next worker would wait for ever.
                fcntl.flock(file, fcntl.LOCK_UN)
        else:
            mapped, row = mmap.mmap(-1, _SIZE), 0
        self._rows = np.frombuffer(mapped, np.float64, offset=8).reshape(_WORKERS, len(_NAMES))
        self._mine = self._rows[row]

    def add(self, name: str, amount: float = 1.0) -> None:
        with self._lock:
            self._mine[_PLACE[name]] += amount

    def request(self, path: str, status: int, seconds: float) -> None:
        """One request was answered."""
        route = path if path in _ROUTES else "other"
        self.add(f'disrupt_requests_total{{path="{route}",status="{status // 100}xx"}}')
        for bucket in BUCKETS:
            if seconds <= bucket:
                self.add(f'disrupt_request_seconds_bucket{{le="{bucket}"}}')
        self.add('disrupt_request_seconds_bucket{le="+Inf"}')
        self.add("disrupt_request_seconds_sum", seconds)
        self.add("disrupt_request_seconds_count")

    def answer(self, action: str, *, shadow: bool) -> None:
        """One upload was looked up."""
        self.add(f'disrupt_{"shadow_" if shadow else ""}answers_total{{action="{action}"}}')

    def text(self, more: dict[str, float]) -> str:
        """Everything in Prometheus' text format, with gauges of the moment."""
        sums = self._rows.sum(0)
        values = {**dict(zip(_NAMES, sums.tolist(), strict=True)), **more}
        lines: list[str] = []
        told: set[str] = set()
        for name, value in values.items():
            family = name.split("{")[0].removesuffix("_bucket").removesuffix("_sum").removesuffix("_count")
            if family not in told:
                told.add(family)
                kind = "histogram" if family.endswith("_seconds") and "_bucket" in name else ""
                kind = kind or ("counter" if family.endswith("_total") else "gauge")
                lines.append(f"# TYPE {family} {kind}")
            lines.append(f"{name} {value:.17g}")
        return "\n".join(lines) + "\n"


def remove(path: str) -> None:
    """Take the file away when the server ends."""
    Path(path).unlink(missing_ok=True)
