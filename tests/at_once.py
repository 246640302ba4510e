"""Work in several threads, begun at the same moment."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable


def each_at_once(*calls: Callable[[], object]) -> list[object]:
    """What each of them gave, or the error that it raised."""
    barrier = threading.Barrier(len(calls))

    def begin(call: Callable[[], object]) -> object:
        barrier.wait(60)
        try:
            return call()
        except Exception as error:
            return error

    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def at_once(times: int, work: Callable[[], object]) -> None:
    """Call `work` in as many threads, and wait for all of them; the first error of one is raised."""
    for outcome in each_at_once(*[work] * times):
        if isinstance(outcome, Exception):
            raise outcome
