"""The same work in several threads, begun at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable


def at_once(times: int, work: Callable[[], object]) -> None:
    """Call `work` in as many threads, and wait for all of them."""
    barrier = threading.Barrier(times)

    def begin() -> None:
        barrier.wait()
        work()

    threads = [threading.Thread(target=begin) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
