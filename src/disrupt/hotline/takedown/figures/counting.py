"""The worker counts what each host does, a recipient at a time, every quarter of an hour.

What is still there gets older by itself, so that figures change without any event; who reads them is told
when they were counted.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

from disrupt.hotline.common import clock
from disrupt.hotline.common.running.sweep import Rest
from disrupt.hotline.takedown import distinct
from disrupt.hotline.takedown.figures import hosts
from disrupt.hotline.takedown.models import HostFigures

EVERY = dt.timedelta(minutes=15)


class Due:
    """Names to count: those whose time has come, and once in a while (None) whether there are new ones."""

    def __init__(self) -> None:
        self._rest = Rest(EVERY)

    def __call__(self) -> Iterator[str | None]:
        if self._rest.is_over():
            self._rest.begin()
            yield None
        due = HostFigures.objects.filter(due_at__lte=clock.now()).order_by("due_at")
        yield from due.values_list("name", flat=True).iterator()


def count(name: str | None) -> None:
    """Count one recipient anew, or find those that are not counted yet."""
    if name is None:
        _find_new()
        return
    notices = list(hosts.told(name=name))
    if not notices:
        HostFigures.objects.filter(name=name).delete()
        return
    found, now = dataclasses.asdict(hosts.of(name, notices)), clock.now()
    del found["name"]
    HostFigures.objects.filter(name=name).update(**found, counted_at=now, due_at=now + EVERY)


def _find_new() -> None:
    known = set(HostFigures.objects.values_list("name", flat=True))
    now = clock.now()
    new = [HostFigures(name=name, due_at=now) for name in distinct.names() - known]
    HostFigures.objects.bulk_create(new, ignore_conflicts=True)
