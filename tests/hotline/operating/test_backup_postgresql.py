"""A database of PostgreSQL is copied as it was at one moment, and comes back in another."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from psycopg import sql

from disrupt.hotline.operating.backup import databases, drill
from disrupt.hotline.operating.backup.databases import connect
from disrupt.hotline.operating.backup.errors import BackupError

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="there is no PostgreSQL here"),
    pytest.mark.django_db,
]


def _made(name: str) -> dict[str, Any]:
    return {**connection.settings_dict, "NAME": name}


@pytest.fixture
def two() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Two empty databases on the tests' server."""
    names = [f"backup_{secrets.token_hex(6)}" for _ in range(2)]
    with connect(_made("postgres"), autocommit=True) as server:
        for name in names:
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield _made(names[0]), _made(names[1])
        for name in names:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_copy_comes_back_the_same(two: tuple[dict[str, Any], dict[str, Any]], tmp_path: Path) -> None:
    source, target = two
    with connect(source) as made:
        made.execute("CREATE TABLE cases_case (id uuid, ledger_length integer, ledger_head text)")
        made.execute("INSERT INTO cases_case SELECT gen_random_uuid(), 1, 'h' FROM generate_series(1, 50)")
    copy = tmp_path / "database"
    held = databases.snapshot(source, copy)
    assert held.rows == {"cases_case": 50}
    assert databases.is_empty(target)
    assert databases.load(target, copy) == held
    assert not databases.is_empty(target)


def test_the_address_of_another_database(two: tuple[dict[str, Any], dict[str, Any]]) -> None:
    from disrupt.hotline.processes.database import database

    source, target = two
    described = database(databases.url_of(source, target["NAME"]), Path())
    assert databases.is_empty(described)


def test_a_drill_drops_what_a_killed_one_left(two: tuple[dict[str, Any], dict[str, Any]]) -> None:
    with drill._elsewhere(two[0]) as first:
        left = first.rpartition("/")[2].partition("?")[0]
        name = f"{left.rpartition('_')[0]}_killed"
        with pytest.raises(BackupError, match="under way"), drill._elsewhere(two[0]):
            raise AssertionError
    with connect(_made("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        with drill._elsewhere(two[0]):
            found = server.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name]).fetchone()
            assert found == (0,)
        mine = server.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [left]).fetchone()
        assert mine == (0,)
