"""What is in a database, to compare a copy with what it was made of: rows of each table, and all ledgers."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Inventory:
    """Rows by table, and one digest over the length and the last digest of every case's ledger."""

    rows: dict[str, int]
    ledgers: str

    def as_data(self) -> dict[str, Any]:
        return {"rows": self.rows, "ledgers": self.ledgers}

    def differs_from(self, other: Inventory) -> list[str]:
        """What is not the same, in words; nothing where all is."""
        names = sorted(self.rows.keys() | other.rows.keys())
        lines = [
            f"{name}: {self.rows.get(name, 0)} rows instead of {other.rows.get(name, 0)}"
            for name in names
            if self.rows.get(name, 0) != other.rows.get(name, 0)
        ]
        return lines + ([] if self.ledgers == other.ledgers else ["the ledgers' heads differ"])


def from_data(data: Any) -> Inventory:
    """The inventory that `as_data` wrote. Raises KeyError, TypeError, ValueError."""
    return Inventory({str(name): int(count) for name, count in data["rows"].items()}, str(data["ledgers"]))


def take_of_sqlite(path: Path) -> Inventory:
    """What is in a file of SQLite."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        names = [name for (name,) in found]
        return _take(
            names,
            lambda name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]),  # noqa: S608
            lambda: connection.execute("SELECT id, ledger_length, ledger_head FROM cases_case"),
        )


def take_of_postgresql(connection: psycopg.Connection[Any]) -> Inventory:
    """What this connection sees, in the transaction that it is in."""
    found = connection.execute(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    )
    names = [name for (name,) in found.fetchall()]

    def count(name: str) -> int:
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))).fetchone()
        return int(row[0]) if row else 0

    return _take(
        names, count, lambda: connection.execute("SELECT id, ledger_length, ledger_head FROM cases_case")
    )


def _take(
    names: list[str], count: Callable[[str], int], heads: Callable[[], Iterable[tuple[Any, int, str]]]
) -> Inventory:
    rows = {name: count(name) for name in sorted(names)}
    digest = hashlib.sha256()
    lines = [f"{str(pk).replace('-', '')} {length} {head}\n" for pk, length, head in heads()]
    for line in sorted(lines):
        digest.update(line.encode())
    return Inventory(rows, digest.hexdigest())
