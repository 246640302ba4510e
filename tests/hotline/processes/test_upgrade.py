"""`python -m disrupt.hotline init` brings the database of an older release up to date, with what is in it."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("older_database.py")


@pytest.fixture
def empty_database() -> Iterator[str]:
    """The value of DISRUPT_DATABASE: SQLite, or a database of its own on the tests' PostgreSQL."""
    server = os.environ.get("DISRUPT_TEST_DATABASE", "")
    if not server:
        yield ""
        return
    import psycopg

    name = f"older_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def environment(tmp_path: Path, empty_database: str) -> dict[str, str]:
    return os.environ | {
        "DISRUPT_VAR": str(tmp_path / "var"),
        "DISRUPT_CLOCK_FILE": "",
        "DISRUPT_DATABASE": empty_database,
        "DISRUPT_INSECURE_LOOPBACK": "1",
        "DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.all_in_one",
    }


def run(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_older_database_is_brought_up_to_date(environment: dict[str, str]) -> None:
    code = json.loads(run(environment, str(SCRIPT), "make"))["code"]
    for _twice in range(2):
        run(environment, "-m", "disrupt.hotline", "init")
    unapplied = run(environment, "-m", "disrupt.hotline", "manage", "showmigrations", "--plan")
    assert "[X]  bank.0001_initial" in unapplied
    assert "[ ]" not in unapplied
    on_sqlite = Path(environment["DISRUPT_VAR"], "disrupt.sqlite3").exists()
    assert on_sqlite == (not environment["DISRUPT_DATABASE"])
    found: dict[str, Any] = json.loads(run(environment, str(SCRIPT), "look", code))
    assert found == {
        "contact": "somebody@example.org",
        "any_hour": False,
        "letter": [0, 0],
        "verified": 3,
        "decided": "OUT",
        "items": ["protected", "withdrawn", "closed"],
        "feed": [[1, "Added"], [2, "Withdrawn"], [3, "Withdrawn"]],
        "keys": [[["exchange:stopncii:read", "exchange:minors:read"], 3]],
        "told": [["key-examined-only", "exchange:declared:read"], ["key-minors", None]],
        "prints": [["", 0], ["1", 2]],
    }
