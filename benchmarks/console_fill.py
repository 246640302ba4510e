"""A trial's database made large in minutes: the cases of `manage seed` are copied within the database.

`python -m benchmarks.console_fill --times 100` in the environment of a hotline that `manage seed` has filled.
Each copy has keys of its own; its ledgers do not verify, since no digest is made anew. It goes on where it
stopped, and stops after `--minutes`.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

TABLES = ("cases_case", "cases_item", "cases_sealednote", "cases_qualification", "cases_ledgerevent")
_KEYS = {"case_id", "item_id"}
_BASE = "SELECT id FROM cases_case WHERE submission NOT LIKE 'trial:%%.%%'"


def copy_sql(table: str, columns: list[str], *, postgresql: bool) -> str:
    """One statement that copies the rows of the first cases; its only parameter is the number of the copy."""

    def moved(column: str) -> str:
        if postgresql:
            return f"(substr(t.{column}::text, 1, 28) || lpad(to_hex(n.k), 8, '0'))::uuid"
        return f"substr(t.{column}, 1, 24) || printf('%%08x', n.k)"

    number = "lpad(to_hex(n.k), 8, '0')" if postgresql else "printf('%%08x', n.k)"
    said = []
    for column in columns:
        if column in _KEYS or (column == "id" and table in {"cases_case", "cases_item"}):
            said.append(moved(column))
        elif column == "lookup":
            said.append(f"substr(t.lookup, 1, 56) || {number}")
        elif column == "submission":
            said.append("t.submission || '.' || n.k")
        elif column == "vault_id":
            said.append(f"CASE WHEN t.vault_id = '' THEN '' ELSE substr(t.vault_id, 1, 24) || {number} END")
        else:
            said.append(f't."{column}"')
    of_case = "t.id" if table == "cases_case" else "t.case_id"
    where = f"{of_case} IN ({_BASE})"
    if table == "cases_qualification":
        where = f"t.item_id IN (SELECT id FROM cases_item WHERE case_id IN ({_BASE}))"
    names = ", ".join(f'"{column}"' for column in columns)
    cast = "::int" if postgresql else ""
    return (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(said)} "  # names of this file's own
        f"FROM {table} t CROSS JOIN (SELECT %s{cast} AS k) n WHERE {where}"
    )


def columns_of(cursor: Any, table: str) -> list[str]:
    """All columns but a number that the database gives."""
    from django.db import connection

    names = [one.name for one in connection.introspection.get_table_description(cursor, table)]
    return [name for name in names if name != "id" or table in {"cases_case", "cases_item"}]


def main() -> None:
    """Copy until there are so many, or the time is over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, required=True)
    parser.add_argument("--minutes", type=float, default=3.0)
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "disrupt.hotline.processes.all_in_one")
    import django

    django.setup()
    from django.db import connection, transaction

    from disrupt.hotline.cases.models import Case

    end = time.monotonic() + 60 * asked.minutes
    first = Case.objects.exclude(submission__contains=".").order_by("pk").first()
    assert first, "`manage seed` comes first"
    with connection.cursor() as cursor:
        statements = [
            copy_sql(table, columns_of(cursor, table), postgresql=connection.vendor == "postgresql")
            for table in TABLES
        ]
        done = Case.objects.filter(submission__startswith=f"{first.submission}.").count()
        while done < asked.times and time.monotonic() < end:
            done += 1
            with transaction.atomic():
                for statement in statements:
                    cursor.execute(statement, [done])
        if done == asked.times:
            cursor.execute("ANALYZE")
    print(f"{done} of {asked.times} copies")


if __name__ == "__main__":
    main()
