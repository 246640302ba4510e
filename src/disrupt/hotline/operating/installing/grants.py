"""A PostgreSQL role for each process, and what it may do there: SQL made of the table in rights.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import psycopg

from disrupt.hotline.operating.installing.rights import PROCESSES, rights

OWNER = "disrupt"
"""Whose the tables are: who brings them up to date, makes backups and keeps accounts."""


def role(process: str, prefix: str = OWNER) -> str:
    """The role of a process, which is its system account's name too: PostgreSQL lets it in by that (peer)."""
    return f"{prefix}-{process}"


def make_roles(prefix: str = OWNER) -> Iterator[str]:
    """SQL that makes the roles that do not exist; for who may make roles."""
    for name in (role(process, prefix) for process in PROCESSES):
        yield (f'DO $$ BEGIN CREATE ROLE "{name}" LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$')


def grants(database: str, tables: Iterable[str], prefix: str = OWNER) -> Iterator[str]:
    """SQL that gives each role what rights.py says on these tables, and takes everything else from it."""
    named = sorted(tables)
    yield f'REVOKE ALL ON DATABASE "{database}" FROM PUBLIC'
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    for process in PROCESSES:
        name = role(process, prefix)
        yield f'GRANT CONNECT ON DATABASE "{database}" TO "{name}"'
        yield f'GRANT USAGE ON SCHEMA public TO "{name}"'
        yield f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{name}"'
        yield f'REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM "{name}"'
        for table, may in rights(process, named).items():
            yield f'GRANT {", ".join(may.privileges())} ON "{table}" TO "{name}"'


def tables_of(connection: psycopg.Connection[Any]) -> list[str]:
    """The tables that are there."""
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return [str(name) for (name,) in found]


def apply(connection: psycopg.Connection[Any], prefix: str = OWNER) -> int:
    """Give every role its rights in one transaction; how many statements it took.

    Columns are revoked with their table: a right that is in the table no more is gone.
    """
    row = connection.execute("SELECT current_database()").fetchone()
    assert row is not None
    said = list(grants(str(row[0]), tables_of(connection), prefix))
    with connection.transaction():
        for statement in said:
            connection.execute(statement.encode())
    return len(said)
