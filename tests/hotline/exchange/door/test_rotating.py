"""A partner turns its own key over: what the new one may, what a thief of the old one gets, a lost answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from tests.hotline.exchange.door.test_access import code_of
from tests.hotline.exchange.door.test_keys import refused

from disrupt.hotline.common import clock
from disrupt.hotline.exchange import services
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import ApiKey, ExchangeEvent, Partner
from disrupt.hotline.exchange.queries import authenticate
from disrupt.hotline.exchange.services import OPERATOR, issue_key

MAY = (Scope.FEED_READ, Scope.KEY_ROTATE)


def rotate(client: Client, key: str, body: Any = "{}") -> Any:
    headers = {"Authorization": f"Bearer {key}"}
    return client.post("/v1/key/rotate", body, content_type="application/json", headers=headers)


@pytest.fixture
def issued(partner: Partner) -> tuple[ApiKey, str]:
    return issue_key(partner, MAY, OPERATOR, sees={"kinds": ["image"]})


def test_the_new_key_may_what_the_old_may_and_both_work_for_a_week(
    client: Client, issued: tuple[ApiKey, str]
) -> None:
    key, old = issued
    answer = rotate(client, old)
    assert answer["Cache-Control"] == "no-store"
    fresh = authenticate(answer.json()["key"])
    assert (fresh.scopes, fresh.sees, fresh.partner_id) == (key.scopes, key.sees, key.partner_id)
    assert authenticate(old).pk == key.pk
    clock.move(dt.timedelta(days=8))
    assert refused(old) == "expired_key"
    authenticate(answer.json()["key"])
    text = repr(list(ExchangeEvent.objects.values()))
    assert answer.json()["key"] not in text
    assert f"partner:{key.partner_id}" in text


def test_a_lost_answer_is_asked_for_again(client: Client, issued: tuple[ApiKey, str]) -> None:
    lost = rotate(client, issued[1]).json()["key"]
    had = rotate(client, issued[1]).json()["key"]
    assert refused(lost) == "revoked_key"
    client.get("/v1/feed", headers={"Authorization": f"Bearer {had}"})
    assert code_of(rotate(client, issued[1])) == (409, "turned_over"), "who has the other key has used it"


def test_a_stolen_key_ends_with_all_that_was_made_with_it(client: Client, issued: tuple[ApiKey, str]) -> None:
    key, stolen = issued
    second = rotate(client, stolen).json()["key"]
    third = rotate(client, second).json()["key"]
    services.revoke_key(key, OPERATOR)
    assert {refused(one) for one in (stolen, second, third)} == {"revoked_key"}


def test_what_an_operator_made_outlives_the_old_key(partner: Partner) -> None:
    key, _ = issue_key(partner, MAY, OPERATOR)
    _, fresh = services.rotate_key(key, OPERATOR)
    services.revoke_key(key, OPERATOR)
    authenticate(fresh)


def test_no_key_may_unless_it_is_named_and_nothing_is_asked_for(
    client: Client, issued: tuple[ApiKey, str], partner: Partner
) -> None:
    from disrupt.hotline.exchange.management.commands.partner import _SCOPES

    assert Scope.KEY_ROTATE not in _SCOPES
    plain = issue_key(partner, (Scope.FEED_READ,), OPERATOR)[1]
    assert code_of(rotate(client, plain)) == (403, "missing_scope")
    for body in ("", "[]", "null", '{"scopes": ["exchange:minors:read"]}'):
        assert code_of(rotate(client, issued[1], body)) == (400, "bad_body")
    assert ApiKey.objects.count() == 2
