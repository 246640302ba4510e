"""The database as one file, as it was at one moment, and that file as a database again."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import conninfo

from disrupt.hotline.common.store.files import create_only
from disrupt.hotline.operating.backup.errors import BackupError
from disrupt.hotline.operating.backup.inventory import Inventory, take_of_postgresql, take_of_sqlite

Settings = Mapping[str, Any]
POSTGRESQL, SQLITE = "postgresql", "sqlite"


def kind_of(database: Settings) -> str:
    """Which of the two it is."""
    return POSTGRESQL if str(database["ENGINE"]).endswith("postgresql") else SQLITE


def snapshot(database: Settings, to: Path) -> Inventory:
    """Copy the database into the file `to` while it is used; return what is in the copy.

    Raises BackupError.
    """
    if kind_of(database) == SQLITE:
        return _copy_sqlite(Path(database["NAME"]), to)
    with connect(database) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        _run("pg_dump", database, "--format=custom", f"--snapshot={row[0]}", f"--file={to}")
        return take_of_postgresql(connection)


def load(database: Settings, source: Path) -> Inventory:
    """Make the empty database hold what the file holds; return what is in it. Raises BackupError."""
    if kind_of(database) == SQLITE:
        target = Path(database["NAME"])
        with create_only(target) as file, source.open("rb") as copy:
            shutil.copyfileobj(copy, file)
            file.flush()
            os.fsync(file.fileno())
        return take_of_sqlite(target)
    _run("pg_restore", database, "--no-owner", "--exit-on-error", "--single-transaction",
         "--dbname", str(database["NAME"]), str(source), named=False)  # fmt: skip
    with connect(database) as connection:
        return take_of_postgresql(connection)


def is_empty(database: Settings) -> bool:
    """Whether nothing is there that a restore would write over. Raises BackupError."""
    if kind_of(database) == SQLITE:
        return not Path(database["NAME"]).exists()
    with connect(database) as connection:
        query = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
        row = connection.execute(query).fetchone()
        return row is not None and row[0] == 0


@contextlib.contextmanager
def connect(
    database: Settings, name: str = "", *, autocommit: bool = False
) -> Iterator[psycopg.Connection[Any]]:
    """A connection of one's own to PostgreSQL. Raises BackupError where there is none."""
    keys = ("HOST", "PORT", "USER", "PASSWORD")
    words = {key.lower(): str(database[key]) for key in keys if database.get(key)}
    described = conninfo.make_conninfo("", dbname=name or str(database["NAME"]), **words)
    try:
        connection = psycopg.connect(described, autocommit=autocommit)
    except psycopg.Error as error:
        raise BackupError(f"The database does not answer ({type(error).__name__}).") from None
    with connection:
        yield connection


def url_of(database: Settings, name: str) -> str:
    """The address, as DISRUPT_DATABASE takes it, of the database `name` on the same server."""
    password = f":{quote(str(database['PASSWORD']), safe='')}" if database.get("PASSWORD") else ""
    who = f"{quote(str(database.get('USER') or ''), safe='')}{password}"
    host, port = str(database.get("HOST") or ""), str(database.get("PORT") or "")
    if host.startswith("/"):
        return f"postgresql://{who}@/{name}?host={quote(host, safe='')}" + (f"&port={port}" if port else "")
    return f"postgresql://{who}@{host}" + (f":{port}" if port else "") + f"/{name}"


def _copy_sqlite(path: Path, to: Path) -> Inventory:
    if not path.exists():
        raise BackupError(f"There is no database at {path}: is DISRUPT_VAR right?")
    with create_only(to):
        pass  # private before anything is in it
    with contextlib.closing(sqlite3.connect(path)) as live, contextlib.closing(sqlite3.connect(to)) as copy:
        live.backup(copy)
    return take_of_sqlite(to)


def _run(program: str, database: Settings, *arguments: str, named: bool = True) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is missing: apt install postgresql-client")
    where = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    environment = {name: str(database[key]) for name, key in where.items() if database.get(key)}
    command = [found, *arguments, *([str(database["NAME"])] if named else [])]
    done = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{program} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
