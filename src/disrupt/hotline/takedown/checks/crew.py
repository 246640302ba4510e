"""Threads that look at addresses: a site that is slow holds one of them, and all slow ones half of them."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections, connections

from disrupt.hotline.common.outbound.pace import BETWEEN
from disrupt.hotline.takedown.checks import looking

log = logging.getLogger(__name__)

# Read so far past addresses whose site is being looked at already.
_READ = 2000


class Crew:
    """`threads` looks at once; of one site one, and of addresses that could not be seen lately half.

    A site that was just called on rests for so many seconds.
    """

    def __init__(self, threads: int, rest: float = BETWEEN.total_seconds()) -> None:
        self._rest = rest
        self._threads, self._slow_places = threads, max(1, threads // 2)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="look")
        self._lock = threading.Lock()
        self._sites: dict[str, bool] = {}
        # Whom it has just called on is not free yet: a look that is refused for it costs as much as one.
        self._free_at: dict[str, float] = {}

    @property
    def busy(self) -> int:
        """How many looks are under way."""
        with self._lock:
            return len(self._sites)

    def begin_what_is_due(self) -> int:
        """Begin as many looks as there are threads; return how many were begun."""
        begun = 0
        if self.busy >= self._threads:
            return 0
        now = time.monotonic()
        with self._lock:
            self._free_at = {site: at for site, at in self._free_at.items() if at > now}
        for pk, site, failing in looking.due().values_list("pk", "site", "failing_since")[:_READ]:
            with self._lock:
                slow = sum(self._sites.values())
                if len(self._sites) >= self._threads:
                    break
                if site in self._sites or site in self._free_at or (failing and slow >= self._slow_places):
                    continue
                self._sites[site] = failing is not None
            self._pool.submit(self._look, pk, site)
            begun += 1
        return begun

    def _look(self, pk: int, site: str) -> None:
        close_old_connections()
        try:
            looking.look(pk)
        except Exception as error:
            # The kind only: a message could hold an address. Its claim runs out, and it is due again.
            log.error("a look failed: %s", type(error).__name__)
            log.debug("a look failed", exc_info=True)
        finally:
            connections.close_all()
            with self._lock:
                self._sites.pop(site, None)
                self._free_at[site] = time.monotonic() + self._rest

    def leave(self) -> None:
        """Begin no more; looks under way end within their deadline."""
        self._pool.shutdown(wait=True, cancel_futures=True)
