"""Threads that look at addresses: a site that is slow holds one of them, and all slow ones half of them."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter

from django.db import connection, connections

from disrupt.hotline.common.outbound.pace import BETWEEN
from disrupt.hotline.takedown.checks import habits, looking

log = logging.getLogger(__name__)

# Read so far past addresses whose site is being looked at already; and again after so many seconds.
_READ, _READ_EACH = 2000, 1.0
# A connection to the database serves many looks: to open one costs more than a look.
_KEPT = 60.0


class Crew:
    """`threads` looks at once; of one site one, and of addresses that could not be seen lately half.

    A site that was just called on rests for so many seconds.
    """

    def __init__(self, threads: int, rest: float = BETWEEN.total_seconds()) -> None:
        self._rest = rest
        self._threads, self._slow_places = threads, max(1, threads // 2)
        self._lock = threading.Lock()
        self._sites = Counter[str]()
        self._failing = 0
        # Whom it has just called on is not free yet: a look that is refused for it costs as much as one.
        self._free_at: dict[str, float] = {}
        self._due: list[tuple[int, str, bool]] = []
        self._read_at = float("-inf")
        self._ended = threading.Event()
        self._jobs: queue.Queue[tuple[int, str, bool] | None] = queue.Queue()
        self._lookers = [
            threading.Thread(target=self._work, name=f"look-{n}", daemon=True) for n in range(threads)
        ]
        for looker in self._lookers:
            looker.start()

    @property
    def busy(self) -> int:
        """How many looks are under way."""
        with self._lock:
            return self._sites.total()

    def wait(self, seconds: float) -> None:
        """Until a look has ended, or so long; not long where some wait for a site only."""
        self._ended.wait(min(seconds, 0.25) if self._due else seconds)
        self._ended.clear()

    def begin_what_is_due(self) -> int:
        """Begin as many looks as there are threads; return how many were begun."""
        if self.busy >= self._threads:
            return 0
        now = time.monotonic()
        if now - self._read_at >= _READ_EACH:
            found = looking.due().values_list("pk", "site", "failing_since")[:_READ]
            self._due = [(pk, site, failing is not None) for pk, site, failing in found]
            self._read_at = now
        begun, left = 0, []
        with self._lock:
            self._free_at = {site: at for site, at in self._free_at.items() if at > now}
            for pk, site, failing in self._due:
                if self._sites.total() >= self._threads or not self._may_begin(site, failing):
                    left.append((pk, site, failing))
                    continue
                self._sites[site] += 1
                self._failing += failing
                self._jobs.put((pk, site, failing))
                begun += 1
        self._due = left
        return begun

    def _may_begin(self, site: str, failing: bool) -> bool:
        if site in self._free_at or (failing and self._failing >= self._slow_places):
            return False
        manner = habits.manner_of(site) if site in self._sites else None
        return site not in self._sites or (manner is not None and self._sites[site] < manner.at_once)

    def _work(self) -> None:
        kept_until = 0.0
        while (job := self._jobs.get()) is not None:
            if time.monotonic() > kept_until:
                connections.close_all()
                kept_until = time.monotonic() + _KEPT
            if not self._look(*job):
                kept_until = 0.0
        connections.close_all()

    def _look(self, pk: int, site: str, failing: bool) -> bool:
        try:
            _need_no_disk()
            looking.look(pk)
        except Exception as error:
            # The kind only: a message could hold an address. Its claim runs out, and it is due again.
            log.error("a look failed: %s", type(error).__name__)
            log.debug("a look failed", exc_info=True)
            return False
        finally:
            manner = habits.manner_of(site)
            rest = manner.between.total_seconds() if manner else self._rest
            with self._lock:
                self._sites -= Counter((site,))
                self._failing -= failing
                if manner is None or manner.at_once == 1:
                    self._free_at[site] = time.monotonic() + rest
            self._ended.set()
        return True

    def leave(self) -> None:
        """Begin no more; looks under way end within their deadline."""
        for _looker in self._lookers:
            self._jobs.put(None)
        for looker in self._lookers:
            looker.join()


def _need_no_disk() -> None:
    """A look that a power cut takes back is made again: on SQLite its commits do not wait for the disk.

    Whatever is done because of it is committed by others, who do wait, and for what came before too.
    """
    if connection.vendor == "sqlite" and connection.connection is None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")
