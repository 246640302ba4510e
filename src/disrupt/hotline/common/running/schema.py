"""Whether the tables are those of this version: a process that does not fit its database does not start."""

from __future__ import annotations

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

Name = tuple[str, str]


class SchemaMismatch(RuntimeError):
    """The database and this program are of different versions."""


class DatabaseTooNew(SchemaMismatch):
    """The database was brought up to date by a newer version than this."""


class DatabaseTooOld(SchemaMismatch):
    """The database waits for an upgrade."""


def unknown() -> list[Name]:
    """What was done to the database that this version does not know, of the apps that are here."""
    connection = connections[DEFAULT_DB_ALIAS]
    known = MigrationLoader(None)
    labels = {config.label for config in apps.get_app_configs()}
    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(name for name in applied if name[0] in labels and name not in known.disk_migrations)


def pending() -> list[Name]:
    """What this version would do to the database, in its order."""
    loader = MigrationLoader(connections[DEFAULT_DB_ALIAS])
    plan = loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True)
    return [name for name in plan if name not in loader.applied_migrations]


def must_not_be_newer() -> None:
    """Raises DatabaseTooNew."""
    if found := unknown():
        named = ".".join(found[-1])
        raise DatabaseTooNew(f"The database is of a newer version ({named}): install that version.")


def must_fit() -> None:
    """Raises SchemaMismatch where this program must not serve on this database."""
    must_not_be_newer()
    if found := pending():
        named = ".".join(found[0])
        raise DatabaseTooOld(
            f"The database is older than this version ({named}): run `disrupt-hotline upgrade`."
        )
