"""On PostgreSQL, requests of a suite are answered under the rights that the process has in a hotline."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test.client import ClientHandler

from disrupt.hotline.operating.installing import grants

AsRole = Callable[[str], None]
_MADE: list[str] = []  # how the names begin of the roles that there are


def _raw() -> psycopg.Connection[Any]:
    """psycopg's connection below Django's."""
    connection.ensure_connection()
    raw: psycopg.Connection[Any] = connection.connection
    return raw


@pytest.fixture(scope="session")
def roles(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The beginning of the roles' names, which are this run's own; empty where there are no roles."""
    if connection.vendor != "postgresql":
        yield ""
        return
    prefix = f"test-{secrets.token_hex(4)}"
    with django_db_blocker.unblock():
        for statement in grants.make_roles(prefix):
            _raw().execute(statement.encode())
        grants.apply(_raw(), prefix)
    _MADE.append(prefix)
    yield prefix
    _MADE.remove(prefix)
    with django_db_blocker.unblock():
        for process in grants.PROCESSES:
            name = f'"{grants.role(process, prefix)}"'
            _raw().execute(f"DROP OWNED BY {name}".encode())
            _raw().execute(f"DROP ROLE {name}".encode())


def _asks_the_database(request: pytest.FixtureRequest) -> bool:
    marked = request.node.get_closest_marker("django_db") is not None
    return marked or not {"db", "transactional_db"}.isdisjoint(request.fixturenames)


@pytest.fixture
def as_role(request: pytest.FixtureRequest, roles: str, monkeypatch: pytest.MonkeyPatch) -> AsRole:
    """`as_role("portal")`: what Django's test client asks from now on is answered with its rights."""

    def use(process: str) -> None:
        if not roles or not _asks_the_database(request):
            return
        answer = ClientHandler.__call__

        def with_rights(self: ClientHandler, environ: dict[str, Any]) -> Any:
            if _raw().closed:
                return answer(self, environ)
            served = settings.ROOT_URLCONF.split(".")[-2]  # a test may have another process answer
            one = served if served in grants.PROCESSES else process
            _raw().execute(f'SET ROLE "{grants.role(one, roles)}"'.encode())
            try:
                return answer(self, environ)
            finally:
                forget_role()

        monkeypatch.setattr(ClientHandler, "__call__", with_rights)

    return use


def forget_role() -> None:
    """After an answer; and after a test that failed in the midst of one: the next has its own rights again.

    In a transaction that an error has ended nothing can be asked; it goes back before the test is over.
    """
    raw: Any = connection.connection
    if connection.vendor != "postgresql" or raw is None or raw.closed:
        return
    if raw.info.transaction_status != psycopg.pq.TransactionStatus.INERROR:
        raw.execute("RESET ROLE")


@contextmanager
def acting(process: str, prefix: str) -> Iterator[None]:
    """What is done in here is done with the rights of a process, where there are roles."""
    if prefix:
        _raw().execute(f'SET ROLE "{grants.role(process, prefix)}"'.encode())
    try:
        yield
    finally:
        forget_role()


@contextmanager
def gone_back(to: list[tuple[str, str]]) -> Iterator[Any]:
    """The database as its models were at `to`; brought up to date again when left.

    A table that is made anew has lost what was granted on it: the roles are given theirs again, for the
    tests that come after.
    """
    executor = MigrationExecutor(connection)
    newest = executor.loader.graph.leaf_nodes()
    executor.migrate(to)
    try:
        yield executor.loader.project_state(to).apps
    finally:
        MigrationExecutor(connection).migrate(newest)
        for prefix in _MADE:
            grants.apply(_raw(), prefix)
