"""Entries that nobody has seen go to keys with the scope for them, and to no other, by any protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FETCH, FilledBank
from tests.hotline.exchange.stopncii.stopncii_client import Reader, pdq_of

from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.exchange.services import OPERATOR, issue_key, rotate_key
from disrupt.protocol.feed import Added, Withdrawn, parse_page

PLAIN = (Scope.FEED_READ, Scope.STOPNCII_READ)


@pytest.fixture
def keys(partner: Partner) -> dict[str, str]:
    return {
        "all": issue_key(partner, (*PLAIN, Scope.DECLARED_READ), OPERATOR)[1],
        "examined": issue_key(partner, PLAIN, OPERATOR)[1],
    }


def feed(client: Client, key: str, **query: object) -> Any:
    response = client.get("/v1/feed", query, headers={"Authorization": f"Bearer {key}"})
    assert response.status_code == 200
    return response


def reader(client: Client, key: str) -> Reader:
    def ask(start: int, **query: object) -> Any:
        return client.get(FETCH, {"startTimestamp": start, **query}, headers={"x-functions-key": key}).json()

    return Reader(ask)


def test_the_feed_shows_them_to_whom_it_may_and_stays_gapless(
    client: Client, keys: dict[str, str], bank: FilledBank
) -> None:
    bank.add("seen")
    unseen = bank.add("unseen", origin="declared")
    bank.add("last")
    whole, part = (parse_page(feed(client, keys[name]).json()).changes for name in ("all", "examined"))
    assert [type(change) for change in whole] == [Added, Added, Added]
    assert [type(change) for change in part] == [Added, Withdrawn, Added]
    assert [change.seq for change in part] == [1, 2, 3]
    text = feed(client, keys["examined"]).content.decode()
    for value in (unseen.sha256, unseen.md5, unseen.prints["pdq"][0]["hex"]):
        assert value not in text
    assert feed(client, keys["all"])["ETag"] != feed(client, keys["examined"])["ETag"]


def test_a_stopncii_client_gets_examined_entries_only_unless_its_key_says_otherwise(
    client: Client, keys: dict[str, str], bank: FilledBank
) -> None:
    bank.add("seen")
    bank.add("unseen", origin="declared")
    readers = {name: reader(client, key) for name, key in keys.items()}
    for one in readers.values():
        one.read()
    assert readers["examined"].had.keys() == {pdq_of("seen")}
    assert readers["all"].had.keys() == {pdq_of("seen"), pdq_of("unseen")}
    bank.withdraw("unseen")
    for one in readers.values():
        one.read()  # the Reader itself fails when it is told of a withdrawn hash that it never had
    assert readers["all"].active == {pdq_of("seen")}


def test_a_hash_of_a_seen_and_of_an_unseen_entry(
    client: Client, keys: dict[str, str], bank: FilledBank
) -> None:
    bank.add("unseen", origin="declared", pdq=pdq_of("same"))
    bank.add("seen", pdq=pdq_of("same"))
    one = reader(client, keys["examined"])
    one.read()
    record = one.pages[-1]["hashRecords"][0]
    assert len(record["caseNumbers"]) == 1, "and nothing tells of the other entry"
    bank.withdraw("seen")
    one.read()
    assert one.active == set()


def test_a_key_of_before_the_upgrade_still_hears_of_withdrawals_of_what_it_was_shown(
    client: Client, keys: dict[str, str], bank: FilledBank
) -> None:
    bank.add("old", origin="declared")
    one = reader(client, keys["all"])
    one.read()
    key = ApiKey.objects.get(prefix=keys["all"].split("_")[1])
    key.scopes, key.saw_all_until = [scope.value for scope in PLAIN], last_seq()  # as the migration does
    key.save()
    bank.add("new", origin="declared")
    fresh, secret = rotate_key(key, OPERATOR)
    assert fresh.saw_all_until == key.saw_all_until
    other = reader(client, secret)
    other.had, other.start = one.had, one.start
    other.read()
    assert pdq_of("new") not in other.had
    bank.withdraw("old")
    bank.withdraw("new")
    other.read()
    assert other.active == set()
    assert pdq_of("new") not in other.had


def test_no_key_has_the_scope_unless_it_is_named(partner: Partner) -> None:
    from disrupt.hotline.exchange.management.commands.partner import _SCOPES

    assert Scope.DECLARED_READ not in _SCOPES


Keys = Callable[..., Any]
