"""The database is brought up to date, all at once or not at all, while processes of before go on.

On PostgreSQL everything is one transaction. A column that is new keeps a default in the database, so that a
portal of the version before, which knows nothing of it, goes on opening cases (docs/adr/0105).
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from disrupt.hotline.common.running import schema
from disrupt.hotline.operating.installing import grants


@dataclass(frozen=True)
class Step:
    """One change of the tables, and what it is for."""

    name: str
    about: str


def look() -> list[Step]:
    """What an upgrade would do. Raises schema.DatabaseTooNew."""
    schema.must_not_be_newer()
    loader = MigrationExecutor(connection).loader
    steps = []
    for name in schema.pending():
        module = inspect.getmodule(type(loader.graph.nodes[name]))
        about = (inspect.getdoc(module) or "").partition("\n")[0] if module else ""
        steps.append(Step(".".join(name), about))
    return steps


def upgrade() -> list[Step]:
    """Do it; return what was done. Raises schema.DatabaseTooNew, django.db.DatabaseError."""
    steps = look()
    if connection.vendor != "postgresql":
        call_command("migrate", verbosity=0)
        return steps
    with transaction.atomic():
        before = _columns()
        _migrate()
        _keep_defaults(before)
        if _has_roles():
            grants.apply(_raw())
    return steps


def _raw() -> psycopg.Connection[Any]:
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    return raw


def _migrate() -> None:
    def after(action: str, *_: object) -> None:
        if action == "apply_success":
            # What rows refer to is looked at now: a table with that still to do cannot be altered.
            _raw().execute("SET CONSTRAINTS ALL IMMEDIATE")
            _raw().execute("SET CONSTRAINTS ALL DEFERRED")

    executor = MigrationExecutor(connection, after)
    executor.loader.check_consistent_history(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    emit_post_migrate_signal(0, False, DEFAULT_DB_ALIAS)


def _columns() -> set[tuple[str, str]]:
    found = _raw().execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    )
    return {(str(table), str(column)) for table, column in found.fetchall()}


def _keep_defaults(before: set[tuple[str, str]]) -> None:
    """Django takes a new column's default away once its rows have it; who knows no such column needs it."""
    tables = {table for table, _column in before}
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            place = (model._meta.db_table, str(field.column))
            if place[0] in tables and place not in before and not field.null:
                _set_default(place, field)


def _set_default(place: tuple[str, str], field: models.Field[Any, Any]) -> None:
    with connection.schema_editor() as editor:
        value = editor.effective_default(field)
    if value is None:
        return
    table, column = map(sql.Identifier, place)
    _raw().execute(
        sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}").format(table, column, sql.Literal(value))
    )


def _has_roles() -> bool:
    found = _raw().execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [grants.role("portal")])
    return found.fetchone() is not None
