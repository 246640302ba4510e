"""A PostgreSQL of one's own that is stopped as if its machine had died, and started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

_AS_POSTGRES = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class PostgreSQL:
    """Reached by a socket in its own folder: no other program can take its place while it is stopped."""

    def __init__(self, programs: Path, home: Path, *, of: PostgreSQL | None = None) -> None:
        self._programs, self._home = programs, home
        self.url = f"postgresql://disrupt@/postgres?host={home}"
        if of is None:
            self._run("initdb", "--username", "disrupt", "--auth", "trust", "--no-sync")
        else:
            source = ("--host", str(of._home), "--username", "disrupt", "--checkpoint", "fast", "--no-sync")
            self._run("pg_basebackup", "--write-recovery-conf", *source)
        self.start()

    def start(self) -> None:
        """Return when it answers; after `stop` it recovers from its log first."""
        options = f"-c listen_addresses= -k {self._home} -c fsync=off"
        log = str(self._home / "log")
        self._run("pg_ctl", "--log", log, "--wait", "--timeout", "60", "--options", options, "start")

    def stop(self) -> None:
        """End it at once, with whatever it was doing (SIGQUIT)."""
        self._run("pg_ctl", "--mode", "immediate", "--wait", "stop")

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(question, values).fetchall()

    def _run(self, program: str, *arguments: str) -> None:
        # It refuses to run as root.
        before = _AS_POSTGRES if os.geteuid() == 0 else []
        command = [*before, str(self._programs / program), "--pgdata", str(self._home / "data"), *arguments]
        subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL, cwd="/")


@contextmanager
def postgresql(of: PostgreSQL | None = None) -> Iterator[PostgreSQL | None]:
    """A server, gone afterwards, or a standby `of` another; None where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        yield None
        return
    home = Path(tempfile.mkdtemp(prefix="disrupt-postgres."))
    if os.geteuid() == 0:
        shutil.chown(home, "postgres")
    server = None
    try:
        server = PostgreSQL(programs, home, of=of)
        yield server
    finally:
        if server is not None:
            server.stop()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def database() -> Iterator[PostgreSQL]:
    """One for a file of tests, which are skipped where PostgreSQL is not installed."""
    with postgresql() as server:
        if server is None:
            pytest.skip("PostgreSQL is not installed")
        yield server
