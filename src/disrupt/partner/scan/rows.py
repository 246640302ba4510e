"""Rows of a table as what a scan goes through: those of a Parquet file, or of a query to a database.

A row brings its content with it, or a path or an address that leads to it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from disrupt.extras import more_needed
from disrupt.partner.scan.opening import Carried, NotInstalled, SourceGone, store_of

_AT_ONCE = 32
"""Rows in memory, with their content."""


def is_table(source: str) -> bool:
    """Whether a source is a Parquet file, each row of which is looked up."""
    return source.endswith(".parquet")


def parquet_rows(source: str, column: str) -> Iterator[str]:
    """The rows, by their number: `pictures.parquet#17`; or what a column of text says.

    Without `column` it is `content`, or `path` where there is none. Raises SourceGone, NotInstalled.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise NotInstalled(f"reading Parquet {more_needed('parquet')}")
    import pyarrow
    from pyarrow import parquet

    try:
        with _binary(source) as file:
            table = parquet.ParquetFile(file)
            names = table.schema_arrow.names
            wanted = column or ("content" if "content" in names else "path")
            if wanted not in names:
                raise SourceGone(f"{source}: has no column {wanted}: name one of {', '.join(names)}")
            number = 0
            for batch in table.iter_batches(_AT_ONCE, columns=[wanted]):
                for value in batch.column(0).to_pylist():
                    yield _row(f"{source}#{number}", value)
                    number += 1
    except pyarrow.ArrowException as error:
        raise SourceGone(f"{source}: is no Parquet file, or is damaged: {error}") from error


def query_rows(database: str, query: str) -> Iterator[str]:
    """What a query gives: a path or an address; or a name, and the content. Raises SourceGone, NotInstalled.

    `database` is `sqlite:FILE` or `postgresql://...`; it is read only, a few rows at a time.
    """
    kind, _, rest = database.partition(":")
    if kind == "sqlite":
        yield from _sqlite(rest.removeprefix("//"), query)
    elif kind in ("postgresql", "postgres"):
        yield from _postgresql(database, query)
    else:
        raise NotInstalled(f"{kind}: is no database that can be asked: sqlite:FILE, or postgresql://...")


def _sqlite(path: str, query: str) -> Iterator[str]:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            for row in connection.execute(query):
                yield _of_query(row)
    except sqlite3.Error as error:
        raise SourceGone(f"{path}: {error}") from error


def _postgresql(database: str, query: str) -> Iterator[str]:
    if importlib.util.find_spec("psycopg") is None:
        raise NotInstalled('asking PostgreSQL needs more than is installed: pip install "psycopg[binary]"')
    psycopg: Any = importlib.import_module("psycopg")
    try:
        with psycopg.connect(database) as connection:
            connection.read_only = True
            with connection.cursor(name="scan") as cursor:
                cursor.itersize = _AT_ONCE
                cursor.execute(query)
                for row in cursor:
                    yield _of_query(row)
    except psycopg.Error as error:  # whose words may name the password
        raise SourceGone(f"the database cannot be read: {type(error).__name__}") from error


def _of_query(row: tuple[Any, ...]) -> str:
    if len(row) == 1:
        return str(row[0])
    return _row(str(row[0]), row[1])


def _row(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, (bytes, bytearray, memoryview)):
        return Carried.of(name, bytes(value or b""))
    raise SourceGone(
        f"{name}: its content is {type(value).__name__}: name a column of bytes, paths or addresses"
    )


def _binary(source: str) -> Any:
    if "://" not in source:
        return Path(source).open("rb")
    fs, path = store_of(source)
    return fs.open(path, "rb")
