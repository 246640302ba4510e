"""An upgrade is whole or not at all, a portal of before goes on, and what does not fit does not start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql
from tests.hotline.processes.test_kept import KEPT, RELEASES
from tests.hotline.processes.test_upgrade import empty_database, run

from disrupt.hotline.common.running import schema
from disrupt.hotline.operating import upgrading
from disrupt.hotline.operating.commands import bring_up_to_date

__all__ = ["empty_database"]

# What the portal writes when somebody reports.
WRITTEN = (
    "cases_case",
    "cases_item",
    "cases_ledgerevent",
    "cases_sealednote",
    "cases_message",
    "intake_upload",
)


@pytest.mark.django_db
def test_a_database_that_is_up_to_date_needs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert upgrading.look() == []
    schema.must_fit()
    assert bring_up_to_date(dry_run=True, aloud=True) == 0
    assert "up to date" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_database_that_is_too_new_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    MigrationRecorder(connection).record_applied("cases", "9000_of_tomorrow")
    with pytest.raises(schema.DatabaseTooNew, match=r"cases\.9000_of_tomorrow"):
        schema.must_fit()
    assert bring_up_to_date() == 2
    assert "Nothing was changed. The database is of a newer version" in capsys.readouterr().err


@pytest.mark.django_db
def test_what_other_packages_did_is_no_newer_version() -> None:
    MigrationRecorder(connection).record_applied("of_somebody_else", "0001_initial")
    schema.must_fit()


@pytest.mark.django_db
def test_a_database_that_is_too_old_is_refused() -> None:
    MigrationRecorder(connection).record_unapplied("cases", "0002_any_hour")
    with pytest.raises(schema.DatabaseTooOld, match="disrupt-hotline upgrade"):
        schema.must_fit()
    assert [step.name for step in upgrading.look()] == ["cases.0002_any_hour"]


def _environment(folder: Path, database: str) -> dict[str, str]:
    return os.environ | {
        "DISRUPT_VAR": str(folder / "var"),
        "DISRUPT_CLOCK_FILE": "",
        "DISRUPT_DATABASE": database,
        "DISRUPT_INSECURE_LOOPBACK": "1",
        "DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.all_in_one",
    }


@pytest.mark.slow
def test_a_process_says_why_it_does_not_start(tmp_path: Path, empty_database: str) -> None:
    environment = _environment(tmp_path, empty_database)
    for words in (("worker", "--once"), ("portal", "--bind", "127.0.0.1:0")):
        done = subprocess.run(
            [sys.executable, "-m", "disrupt.hotline", *words],
            env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode != 0
        assert "run `disrupt-hotline upgrade`" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_a_portal_of_before_goes_on(release: str, tmp_path: Path, empty_database: str) -> None:
    environment = _environment(tmp_path, empty_database)
    told = json.loads((KEPT / f"{release}.json").read_text())
    if not empty_database:
        with tarfile.open(KEPT / f"{release}.tar.xz") as archive:
            archive.extractall(tmp_path, filter="data")
    else:
        (tmp_path / "var").mkdir()
        for app, name in told["migrations"].items():
            run(environment, "-m", "disrupt.hotline", "manage", "migrate", app, name, "--verbosity", "0")
    before = _columns(empty_database) if empty_database else {}
    dry = run(environment, "-m", "disrupt.hotline", "upgrade", "--dry-run")
    assert "would do: cases.0012_in_queue: What a case waits for stands in its own row" in dry
    assert run(environment, "-m", "disrupt.hotline", "upgrade", "--dry-run") == dry, "nothing was done"
    assert run(environment, "-m", "disrupt.hotline", "upgrade") == dry.replace("would do:", "done:")
    assert run(environment, "-m", "disrupt.hotline", "upgrade") == "The database is up to date.\n"
    if empty_database:
        _write_as_before(empty_database, before)


def _columns(database: str) -> dict[str, list[tuple[str, str]]]:
    with psycopg.connect(database) as server:
        rows = server.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'public' AND is_identity = 'NO' ORDER BY ordinal_position"
        ).fetchall()
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in rows:
        found.setdefault(table, []).append((column, kind))
    return found


_VALUES = {
    "uuid": "gen_random_uuid()",
    "boolean": "false",
    "timestamp with time zone": "now()",
    "jsonb": "'{}'",
    "bytea": "''",
    "date": "now()",
    "text": "'1'",
    "character varying": "'1'",
}


def _write_as_before(database: str, before: dict[str, list[tuple[str, Any]]]) -> None:
    """A row in each table that the portal writes, naming the columns that it knew and no other."""
    with psycopg.connect(database) as server:
        server.execute("SET session_replication_role = replica")  # rows that refer to none are no matter here
        for table in WRITTEN:
            columns = before[table]
            values = [
                _VALUES.get(kind, "'1'" if "char" in kind or kind == "text" else "1") for _c, kind in columns
            ]
            target, names = sql.Identifier(table), [sql.Identifier(column) for column, _kind in columns]
            server.execute(
                sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                    target, sql.SQL(", ").join(names), sql.SQL(", ").join(map(sql.SQL, values))
                )
            )
            reading = sql.SQL("SELECT {} FROM {}").format(sql.SQL(", ").join(names), target)
            assert server.execute(reading).fetchone()
        server.rollback()
