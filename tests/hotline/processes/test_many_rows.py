"""What processes ask again and again finds few among a million by an index, or rests long after it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from disrupt.hotline.exchange.taking.tasks import DUTIES as TAKING
from disrupt.hotline.processes.worker.duties import DUTIES
from disrupt.hotline.takedown.checks import looking
from disrupt.hotline.takedown.tasks import CHECKER_DUTIES, WATCH_DUTIES

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        connection.vendor != "sqlite",
        reason="PostgreSQL plans by statistics: benchmarks/console_load.py measures there",
    ),
]

# With years of reports these have hundreds of thousands of rows.
LARGE = {
    *(f"cases_{name}" for name in ("case", "item", "sealednote", "qualification", "ledgerevent")),
    *(f"cases_{name}" for name in ("likeness", "message", "sketch")),
    *(f"takedown_{name}" for name in ("check", "concern", "contact", "notice", "target")),
    *(f"bank_{name}" for name in ("bankchange", "bankentry", "entrysource", "lognode")),
    *(f"exchange_{name}" for name in ("entryword", "exchangeevent", "takenentry", "wirehash")),
}
ASKED: dict[str, Callable[[], Iterable[Any]]] = {
    **{duty.name: duty.due for duty in (*DUTIES, *CHECKER_DUTIES, *WATCH_DUTIES, *TAKING)},
    "looks": looking.due_keys,
}
# Addresses whose last case let them go: compared with all that are held.
COMPARES_ALL = {"takedown.forget"}


@pytest.mark.parametrize("name", sorted(ASKED))
def test_no_duty_reads_a_whole_large_table(name: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        list(ASKED[name]())
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'")
        few = {name for (name,) in cursor.fetchall()}
        for query in captured:
            sql = query["sql"]
            if sql.lstrip().startswith("SELECT"):
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                found += [(line[-1], sql) for line in cursor.fetchall()]
    whole = [(plan, sql) for plan, sql in found if table_read(plan, sql, few) in LARGE]
    assert bool(whole) == (name in COMPARES_ALL), whole


def table_read(plan: str, sql: str, few: set[str]) -> str:
    """The table that a line of a plan reads from end to end, if any; a partial index is a few of its rows."""
    scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", plan)
    if scan is None or scan[2] in few:
        return ""
    named = re.search(rf'"(\w+)" {scan[1]}\b', sql)
    return named[1] if named else scan[1]
