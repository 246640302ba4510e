"""Which tests are run on both kinds of database: those that ask one, or start processes that may.

The others have passed on SQLite a moment before, and PostgreSQL would answer them nothing. That no other asks
one is not believed: pytest-django refuses the database to a test that has not asked for it, `no_process` the
processes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

ROOMS = ("tests/hotline/", "tests/promises/")
ASKS = frozenset({"db", "transactional_db", "django_db_reset_sequences", "live_server", "admin_user"})
_SPEAKS = re.compile(r"postgres|psycopg|\.vendor\b|getfixturevalue|subprocess|multiprocessing|os\.fork", re.I)


class StartedUnmarked(AssertionError):
    """A test that is not run on PostgreSQL started a process, which may ask a database."""


@cache
def speaks_of_either(file: Path) -> bool:
    """Whether a file of tests knows of a kind of database, or starts processes."""
    return _SPEAKS.search(file.read_text("utf-8")) is not None


def asks_a_database(item: pytest.Item) -> bool:
    """Whether another kind of database may answer it otherwise."""
    return item.nodeid.startswith(ROOMS) and (
        item.get_closest_marker("django_db") is not None
        or not ASKS.isdisjoint(getattr(item, "fixturenames", ()))
        or speaks_of_either(item.path)
    )


@contextmanager
def no_process(item: pytest.Item) -> Iterator[None]:
    """Of a test that runs on SQLite only, no process is started while the block lasts but decoders, which are
    given no database. Raises StartedUnmarked in who would."""
    begin = Popen.__init__

    def refusing(self: Popen[Any], args: Any, *rest: Any, **more: Any) -> None:
        if not isinstance(args, (list, tuple)) or "-I" not in args:
            raise StartedUnmarked(f"{args} is started: mark the test with pytest.mark.database")
        begin(self, args, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        if item.nodeid.startswith(ROOMS) and item.get_closest_marker("database") is None:
            patch.setattr(Popen, "__init__", refusing)
        yield
