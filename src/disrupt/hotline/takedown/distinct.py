"""The values of a column of notices, a look into its index each: thousands of names among millions."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

from disrupt.hotline.takedown.states import TO_HOSTS


def names() -> set[str]:
    """Everybody who was told as a host, by the names in the notices."""
    return {
        name
        for step in TO_HOSTS
        for name in _values("name", f"sent_at IS NOT NULL AND step = '{step.value}'")
    }


def hosts_with(text: str, most: int) -> list[str]:
    """The first hosts with this in their names, in order."""
    wanted, found = text.casefold(), []
    for host in _values("host", "1 = 1"):
        if wanted in host:
            found.append(host)
            if len(found) == most:
                break
    return found


def _values(column: str, condition: str) -> Iterator[str]:
    # Names and conditions of this module's own. The next value is the least that is greater; one bound
    # only, since SQLite takes one of two, and that may be the wrong one.
    statement = (
        f"WITH RECURSIVE found AS (SELECT min({column}) AS value FROM takedown_notice WHERE {condition} "  # noqa: S608
        f"UNION ALL SELECT (SELECT min({column}) FROM takedown_notice WHERE {condition} "
        f"AND {column} > found.value) FROM found WHERE found.value IS NOT NULL) "
        "SELECT value FROM found WHERE value > ''"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        while rows := cursor.fetchmany(500):
            yield from (value for (value,) in rows)
