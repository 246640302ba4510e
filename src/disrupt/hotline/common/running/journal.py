"""SQLite's journal (the write-ahead log): erased rows must not wait there in old pages.

`secure_delete` overwrites what is deleted, in the pages as they are written from then on. The pages as they
were before lie in the log until it happens to be written over, which on a quiet site may take weeks. So it is
emptied as soon as an erasure is committed, and once a minute by the worker where a reader stood in the way.
Source: https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_wal_checkpoint
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator

from django.db import connection, transaction

from disrupt.hotline.common.running.sweep import Duty, Rest

# Milliseconds. While it waits for readers, nobody writes: better to try again in the next round.
_PATIENCE = 100


class JournalBusy(RuntimeError):
    """Somebody is reading an old state of the database; the sweep tries again a little later."""


def empty() -> None:
    """Write the log back into the database and cut it to nothing. Raises JournalBusy; not on PostgreSQL."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            (busy, _pages, _written) = cursor.fetchone()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
    if busy:
        raise JournalBusy("The journal is in use.")


def empty_after_commit() -> None:
    """For whoever erases: empty the journal once it is committed, or leave it to the worker's next minute."""
    transaction.on_commit(_try, robust=True)


def _try() -> None:
    with contextlib.suppress(JournalBusy):
        empty()


class EachMinute:
    """Due once a minute, and again until it is done."""

    def __init__(self) -> None:
        self._rest = Rest(dt.timedelta(minutes=1))

    def __call__(self) -> Iterator[str]:
        if self._rest.is_over():
            yield "journal"

    def run(self, _key: str) -> None:
        empty()
        self._rest.begin()


EACH_MINUTE = EachMinute()
DUTIES: tuple[Duty, ...] = (Duty("common.journal", EACH_MINUTE, EACH_MINUTE.run),)
