"""Threads of one process write one after the other where the database knows one writer only (SQLite).

Its own way to wait is to sleep and try again, longer each time: sixty threads would sleep most of theirs.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from django.db import connection, transaction

_turn = threading.RLock()


@contextlib.contextmanager
def written(*, durable: bool = False) -> Iterator[None]:
    """A transaction, in its turn."""
    with (
        _turn if connection.vendor == "sqlite" else contextlib.nullcontext(),
        transaction.atomic(durable=durable),
    ):
        yield
