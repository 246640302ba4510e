"""The hotline's rows and files as anybody reads them who has the disk: SQL and folders, none of its code."""

from __future__ import annotations

import datetime as dt
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

Row = Sequence[Any]
_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
_ON_ITS_WAY = "state IN ('scheduled', 'sending', 'transmitting')"
# What the worker still owes at a moment.
_DUE = (
    "SELECT count(*) FROM cases_item WHERE due_at <= ?",
    f"SELECT count(*) FROM takedown_notice WHERE {_ON_ITS_WAY} AND due_at <= ?",  # noqa: S608  # our own words
    "SELECT count(*) FROM cases_case WHERE purge_at <= ?",
)
_KEYS_OF_A_FORM = 4
_SEALED = (
    "SELECT vault_id FROM cases_item WHERE vault_id <> ''",
    "SELECT vault_id FROM cases_sealednote",
    "SELECT copy_id FROM cases_sealednote WHERE copy_id <> ''",
)


class Books:
    """Reads of one hotline."""

    def __init__(self, var: Path, keystore: Path, database: str) -> None:
        self._var, self._keystore, self._database = var, keystore, database

    def _ask(self, question: str, *values: dt.datetime) -> list[Row]:
        if self._database:
            with psycopg.connect(self._database) as connection:
                return list(connection.execute(question.replace("?", "%s"), values).fetchall())
        path = self._var / "disrupt.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)) as connection:
            texts = [value.strftime(_MOMENT) for value in values]
            return list(connection.execute(question, texts).fetchall())

    def due(self, at: dt.datetime) -> int:
        """How many steps of the worker are due at that moment."""
        return sum(int(self._ask(question, at)[0][0]) for question in _DUE)

    def cases(self) -> tuple[int, int]:
        """How many cases there are, and how many of them were deleted."""
        said = self._ask("SELECT lookup FROM cases_case")
        return len(said), sum(str(row[0]).startswith("erased:") for row in said)

    def held(self, broken_off: int) -> Iterator[str]:
        """Whatever is kept too long.

        A portal that was killed so many times leaves keys of broken uploads, swept away a day later by the
        age of their files.
        """
        for (count,) in self._ask(
            "SELECT count(*) FROM cases_item WHERE vault_id <> '' "
            "AND state IN ('protected', 'closed', 'withdrawn', 'destroyed')"
        ):
            if count:
                yield f"{count} content(s) of finished items are still there"
        for (count,) in self._ask(
            "SELECT count(*) FROM cases_sealednote n JOIN cases_case c ON c.id = n.case_id "
            "WHERE c.lookup LIKE 'erased:%'".replace("%", "%%" if self._database else "%")
        ):
            if count:
                yield f"{count} text(s) of deleted cases are still there"
        named = {str(row[0]) for question in _SEALED for row in self._ask(question)}
        there = {path.name for path in self._keystore.rglob("*") if path.is_file()}
        if len(there - named) > _KEYS_OF_A_FORM * broken_off:
            yield f"{len(there - named)} key(s) of nothing are still there"
        if named - there:
            yield f"{len(named - there)} sealed thing(s) cannot be opened any more"

    def unheard(self) -> Iterator[str]:
        """Words of partners that nobody has looked at again."""
        for (count,) in self._ask("SELECT count(*) FROM cases_item WHERE held_for = 'disputed'"):
            if count:
                yield f"{count} item(s) that a partner doubted wait for an analyst"

    def opinions(self) -> list[Row]:
        """Of each second opinion that was given: first, second, and the category that stands."""
        return self._ask(
            "SELECT o.first, o.category, (SELECT q.category FROM cases_qualification q "
            "WHERE q.item_id = d.item_id AND q.undone_at IS NULL ORDER BY q.at DESC, q.id DESC LIMIT 1) "
            "FROM cases_secondopinion o JOIN cases_qualification d ON d.id = o.decision_id "
            "WHERE o.at IS NOT NULL"
        )

    def taken_back(self, since: dt.datetime) -> set[str]:
        """What people took back or deleted since then, in the words of the list of erasures."""
        said = self._ask(
            "SELECT kind, item_id, case_id FROM cases_ledgerevent "
            "WHERE kind IN ('item.withdrawn', 'case.erased') AND at > ?",
            since,
        )
        return {
            f"{kind}:{uuid.UUID(str(case if kind == 'case.erased' else item))}" for kind, item, case in said
        }

    def empty(self) -> None:
        """Lose everything that is in the database, where it is PostgreSQL; else it is a file."""
        if not self._database:
            return
        with psycopg.connect(self._database) as connection:
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")

    def size(self) -> int:
        """Bytes of the database."""
        if self._database:
            return int(self._ask("SELECT pg_database_size(current_database())")[0][0])
        return sum(path.stat().st_size for path in self._var.glob("disrupt.sqlite3*"))

    def twice(self) -> Iterator[str]:
        """Ledgers whose numbers have a hole, or notices of which one step was written twice."""
        for case, highest, count in self._ask(
            "SELECT case_id, max(number), count(*) FROM cases_ledgerevent GROUP BY case_id"
        ):
            if highest != count:
                yield f"the ledger of {str(case)[:8]} has {count} lines and ends with number {highest}"


def _of(ordered: Sequence[float]) -> dict[str, float]:
    last = len(ordered) - 1
    return {
        "median": ordered[len(ordered) // 2],
        "of_95": ordered[last * 95 // 100],
        "longest": ordered[last],
    }


def waits(hours: Mapping[str, list[float]]) -> dict[str, dict[str, float]]:
    """Of each class of reports: how many, and how many hours half, 95 of 100 and all waited at most."""
    return {name: {"n": len(found), **_of(sorted(found))} for name, found in hours.items() if found}
