"""Each process's role may do its work in PostgreSQL and nothing else: tried as each of them."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from tests.hotline.as_role import as_role as as_role
from tests.hotline.as_role import gone_back
from tests.hotline.as_role import roles as roles
from tests.hotline.conftest import MakeCase

from disrupt.hotline.common.running.pulse import Heart
from disrupt.hotline.operating import status
from disrupt.hotline.operating.installing import grants
from disrupt.hotline.operating.installing.rights import PROCESSES, May, rights

TABLES = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
# What a process that the public reaches must never read, and what nobody may do to the ledger.
NEVER = [
    *(
        (process, f"SELECT * FROM {table}")
        for process in ("portal", "answers", "exchange", "checker", "watch")
        for table in ("auth_user", "mfa_authenticator", "django_session", "review_look", "intake_upload")
        if (process, table) != ("portal", "intake_upload")
    ),
    ("portal", "SELECT digest FROM exchange_apikey"),
    ("portal", "SELECT address FROM takedown_notice"),
    ("portal", "SELECT url FROM takedown_target"),
    ("portal", "SELECT sealed FROM cases_sketch"),
    ("portal", "UPDATE bank_bankentry SET state = 'withdrawn'"),
    ("portal", "DELETE FROM cases_case"),
    ("exchange", "SELECT ciphertext FROM cases_sealednote"),
    ("exchange", "SELECT review_text FROM cases_message"),
    ("exchange", "UPDATE exchange_apikey SET scopes = '[]'"),
    ("exchange", "UPDATE cases_item SET url = ''"),
    ("answers", "SELECT prints FROM bank_bankentry"),
    ("answers", "SELECT ciphertext FROM cases_sealednote"),
    ("checker", "SELECT review_text FROM cases_message"),
    ("checker", "SELECT digest FROM exchange_apikey"),
    ("watch", "SELECT url FROM cases_item"),
    ("watch", "SELECT lookup FROM cases_case"),
    ("watch", "SELECT data FROM cases_ledgerevent"),
    ("watch", "UPDATE cases_case SET priority = 3"),
    ("console", "UPDATE auth_user_groups SET group_id = 1"),
    ("console", "UPDATE auth_user SET is_superuser = true"),
    ("worker", "SELECT password FROM auth_user"),
    *((process, "UPDATE cases_ledgerevent SET actor = ''") for process in PROCESSES),
    *((process, "DELETE FROM cases_ledgerevent") for process in PROCESSES),
    *((process, "UPDATE common_auditevent SET actor = ''") for process in PROCESSES),
    *((process, "DELETE FROM common_auditevent") for process in PROCESSES),
    *((process, "DELETE FROM common_switch") for process in PROCESSES if process != "console"),
    *((process, "UPDATE cases_ledgeranchor SET root = ''") for process in PROCESSES),
    *((process, "DELETE FROM cases_ledgermark") for process in PROCESSES),
    *((process, "TRUNCATE cases_case CASCADE") for process in PROCESSES),
    *((process, "CREATE TABLE mine (a integer)") for process in PROCESSES),
    *((process, "DROP TABLE cases_case") for process in PROCESSES),
]
ALWAYS = [
    ("portal", "SELECT * FROM cases_case"),
    ("portal", "SELECT item_id FROM cases_sketch"),
    ("exchange", "SELECT * FROM exchange_apikey"),
    ("watch", "SELECT id, priority FROM cases_case"),
    ("checker", "SELECT * FROM takedown_target FOR UPDATE"),
    ("worker", "SELECT * FROM cases_sealednote FOR UPDATE"),
    ("console", "SELECT * FROM auth_user"),
    ("console", "SELECT * FROM exchange_apikey FOR UPDATE"),
    ("console", "SELECT * FROM common_audithead FOR UPDATE"),
    ("portal", "SELECT * FROM common_switch"),
    ("portal", "DELETE FROM cases_secondopinion WHERE decision_id = 0"),
    ("answers", "SELECT * FROM takedown_notice FOR UPDATE"),
]

postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="there is no PostgreSQL here")


def _try(prefix: str, process: str, statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{grants.role(process, prefix)}"')
        cursor.execute(statement)
        cursor.execute("RESET ROLE")


@postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(("process", "statement"), NEVER)
def test_what_a_role_must_not_do_is_refused(roles: str, process: str, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        _try(roles, process, statement)


@postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(("process", "statement"), ALWAYS)
def test_what_a_role_needs_is_given(roles: str, process: str, statement: str) -> None:
    _try(roles, process, statement)


@postgresql
@pytest.mark.django_db
def test_a_right_that_is_in_the_table_no_more_is_taken_back(roles: str) -> None:
    name = grants.role("watch", roles)
    with connection.cursor() as cursor:
        cursor.execute(f'GRANT SELECT ON auth_user TO "{name}"')
        cursor.execute(f'GRANT SELECT (url) ON cases_item TO "{name}"')
    _try(roles, "watch", "SELECT url FROM cases_item")
    grants.apply(connection.connection, roles)
    for statement in ("SELECT * FROM auth_user", "SELECT url FROM cases_item"):
        with pytest.raises(DatabaseError, match="permission denied"):
            _try(roles, "watch", statement)


@pytest.mark.parametrize("process", PROCESSES)
def test_every_row_names_what_is_there(process: str) -> None:
    """A table or column that was renamed would silently be given to nobody."""
    for pattern, may in PROCESSES[process].items():
        named = [t for t in TABLES if re.fullmatch(pattern.replace("*", ".*"), t)]
        assert named, pattern
        for table in named:
            columns = {field.column for field in TABLES[table]._meta.concrete_fields}
            if not pattern.endswith("*"):
                assert {*may.change, *may.read} <= columns, pattern


def test_a_table_that_nobody_named_is_given_to_nobody() -> None:
    for process in PROCESSES:
        assert rights(process, ["something_new"]) == {}


def test_a_row_of_its_own_wins_over_a_pattern() -> None:
    assert rights("worker", ["cases_case", "cases_ledgerevent"]) == {
        "cases_case": May("rawd"),
        "cases_ledgerevent": May("ra"),
    }


def test_privileges_are_written_as_grant_reads_them() -> None:
    assert May("rawd").privileges() == ["SELECT", "INSERT", "UPDATE", "DELETE"]
    assert May("rw", change=("a", "b"), read=("c",)).privileges() == ['SELECT ("c")', 'UPDATE ("a", "b")']


@postgresql
@pytest.mark.django_db
def test_the_watch_sees_everything_that_it_shows(roles: str, make_case: MakeCase) -> None:
    make_case(urls=("https://forum.example/1",))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{grants.role("watch", roles)}"')
        seen = status.look()
        Heart("watch").beat()
        cursor.execute("RESET ROLE")
    assert seen.open_cases == 1


@postgresql
@pytest.mark.django_db(transaction=True)
def test_a_table_made_anew_by_a_test_is_granted_again(roles: str) -> None:
    with gone_back([("exchange", "0001_initial")]):
        pass
    _try(roles, "exchange", "SELECT * FROM exchange_apikey")
    with gone_back([("cases", "0005_unread"), ("takedown", "0001_initial")]):
        pass
    _try(roles, "portal", "SELECT * FROM cases_mandate")
