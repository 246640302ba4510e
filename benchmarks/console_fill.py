"""A trial's database made as large as a hotline's after years: the cases of `seed` are copied within it.

`python -m benchmarks.console_fill --times 20`, once, in the environment of a hotline that `seed` has filled.
Each copy has keys of its own; its ledgers do not verify, since no digest is made anew. Beside the cases is
what they would have led to: addresses with their notices, entries of the bank, second opinions, messages.
Indexes are left out while it fills and made afterwards, as who restores a large database does.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

from benchmarks.large.beside import beside

TABLES = ("cases_case", "cases_item", "cases_sealednote", "cases_qualification", "cases_ledgerevent")
_KEYS = {"case_id", "item_id"}
_BASE = "SELECT id FROM cases_case WHERE submission NOT LIKE 'trial:%%.%%'"


def copy_sql(table: str, columns: list[str], *, postgresql: bool) -> str:
    """One statement that copies the rows of the first cases; its only parameter is the number of copies."""

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
    numbers = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < %s) "
    return (
        f"INSERT INTO {table} ({names}) {numbers} SELECT {', '.join(said)} "  # names of this file's own
        f"FROM {table} t CROSS JOIN n WHERE {where}"
    )


def columns_of(cursor: Any, table: str) -> list[str]:
    """All columns but a number that the database gives."""
    from django.db import connection

    names = [one.name for one in connection.introspection.get_table_description(cursor, table)]
    return [name for name in names if name != "id" or table in {"cases_case", "cases_item"}]


def without_indexes(cursor: Any, postgresql: bool) -> list[str]:
    """Take out every index that no constraint needs; returns what makes them again."""
    if postgresql:
        cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN "
            "(SELECT conname FROM pg_constraint)"
        )
    else:
        for said in (
            "foreign_keys = OFF",
            "synchronous = OFF",
            "journal_mode = OFF",
            "secure_delete = OFF",
            "cache_size = -1500000",
        ):
            cursor.execute(f"PRAGMA {said}")
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    found: list[tuple[str, str]] = cursor.fetchall()
    for name, _again in found:
        cursor.execute(f'DROP INDEX "{name}"')
    return [again for _name, again in found]


def main() -> None:
    """Copy, add what stands beside, and make the indexes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--times", type=int, required=True, help="how many copies, beside the first")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "disrupt.hotline.processes.all_in_one")
    import django

    django.setup()
    from django.db import connection

    from disrupt.hotline.cases.models import Case

    assert Case.objects.exists(), "`seed` comes first"
    assert not Case.objects.filter(submission__contains=".").exists(), "it is filled already"
    postgresql = connection.vendor == "postgresql"
    began = time.monotonic()

    def say(what: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s {what}", flush=True)

    with connection.cursor() as cursor:
        again = without_indexes(cursor, postgresql)
        for table in TABLES:
            cursor.execute(copy_sql(table, columns_of(cursor, table), postgresql=postgresql), [asked.times])
            say(table)
        for table, statement, values in beside(postgresql=postgresql):
            cursor.execute(statement, values)
            say(table)
        for statement in again:
            cursor.execute(statement)
        say("indexes")
        if not postgresql:
            cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("VACUUM ANALYZE" if postgresql else "ANALYZE")
    say("done")


if __name__ == "__main__":
    main()
