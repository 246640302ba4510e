"""One Idempotency-Key, one deed: repeated, changed, raced, refused, kept so that nobody reads it; leaving."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client, RequestFactory
from tests.hotline.exchange.conftest import FilledBank
from tests.hotline.exchange.door.test_access import BODIES, ENDPOINTS, ask, code_of

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.exchange.door import once
from disrupt.hotline.exchange.door.api import Endpoint, json_response, serve
from disrupt.hotline.exchange.door.leaving import AT_LEAST, Leaving
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import ApiKey, EntryWord, KeptAnswer, Partner
from disrupt.hotline.exchange.queries import authenticate
from disrupt.hotline.exchange.services import issue_key

POSTS = sorted(set(BODIES) - {"/v1/match"})


@pytest.mark.parametrize("path", POSTS)
def test_every_post_is_done_once_under_one_key(client: Client, secret: str, path: str) -> None:
    named = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
    first = ask(client, path, secret, **named)
    again = ask(client, path, secret, **named)
    assert first.status_code == again.status_code == 200
    assert (first.content, first["Content-Type"]) == (again.content, again["Content-Type"])
    assert KeptAnswer.objects.count() == 1


def test_what_was_said_since_is_not_said_again(client: Client, secret: str, bank: FilledBank) -> None:
    """Without a key the second `blocked` would undo what was said in between."""
    entry = str(bank.add("one").pk)

    def say(opinion: str, **headers: str) -> Any:
        body = {"feedback": [{"entry": entry, "opinion": opinion}]}
        more = {"Authorization": f"Bearer {secret}", **headers}
        return client.post("/v1/feedback", body, "application/json", headers=more)

    once_only = {"Idempotency-Key": '"a"'}
    assert say("blocked", **once_only).json()["changed"] == 1
    say("false_match")
    assert say("blocked", **once_only).json()["changed"] == 1, "the first answer, told again"
    assert EntryWord.objects.get().opinion == "false_match"
    assert code_of(say("matched", **once_only)) == (422, "key_reused")
    assert EntryWord.objects.get().opinion == "false_match"


def test_a_lost_new_key_is_told_again_and_lies_open_nowhere(client: Client, secret: str) -> None:
    named = {"Idempotency-Key": '"rotate"'}
    fresh = ask(client, "/v1/key/rotate", secret, **named).json()["key"]
    assert ask(client, "/v1/key/rotate", secret, **named).json()["key"] == fresh
    assert ApiKey.objects.count() == 2
    authenticate(fresh)
    kept = bytes(KeptAnswer.objects.get().answer)
    assert fresh.encode() not in kept
    assert b"key" not in kept


def test_another_key_has_answers_of_its_own(client: Client, secret: str, partner: Partner) -> None:
    other = issue_key(partner, tuple(Scope), OPERATOR)[1]
    named = {"Idempotency-Key": '"same"'}
    for key in (secret, other):
        assert ask(client, "/v1/feedback", key, **named).status_code == 200
    assert KeptAnswer.objects.count() == 2


def test_a_refusal_is_not_kept(client: Client, secret: str) -> None:
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": '"x"'}
    bad = client.post("/v1/feedback", "[]", content_type="application/json", headers=headers)
    assert code_of(bad) == (400, "bad_body")
    assert not KeptAnswer.objects.exists()
    assert ask(client, "/v1/feedback", secret, **{"Idempotency-Key": '"x"'}).status_code == 200


@pytest.mark.parametrize("name", ["", '""', '"a', '"é"', '"a"b"', "a b", '"' + "x" * 256 + '"', '"\\""'])
def test_what_is_no_such_key_is_refused(client: Client, secret: str, name: str) -> None:
    refused = ask(client, "/v1/feedback", secret, **{"Idempotency-Key": name})
    assert code_of(refused) == (400, "bad_parameter")


def test_a_name_without_quotation_marks_is_the_same(client: Client, secret: str) -> None:
    for name in ('"8e03978e-40d5"', "8e03978e-40d5"):
        assert ask(client, "/v1/feedback", secret, **{"Idempotency-Key": name}).status_code == 200
    assert KeptAnswer.objects.count() == 1


def test_answers_are_kept_for_a_day_and_so_many(
    client: Client, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, "/v1/feedback", secret, **{"Idempotency-Key": '"old"'})
    clock.move(dt.timedelta(hours=23))
    assert list(once.old()) == []
    clock.move(dt.timedelta(hours=2))
    assert list(once.old()) == ["answers"]
    once.forget()
    assert not KeptAnswer.objects.exists()
    monkeypatch.setattr(once, "MOST", 2)
    for n in range(4):
        ask(client, "/v1/feedback", secret, **{"Idempotency-Key": f'"{n}"'})
    once._make_room(KeptAnswer.objects.last().key)  # type: ignore[union-attr]
    assert KeptAnswer.objects.count() == 2


def test_an_address_that_is_to_go_says_so_in_every_answer() -> None:
    since = dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    leaving = Leaving(since, since + AT_LEAST, "https://hotline.example/api")

    @serve(Endpoint(("GET",), leaving=leaving))
    def old(call: Any) -> Any:
        return json_response({})

    for method in ("get", "post"):
        response = old(getattr(RequestFactory(), method)("/v0/old"))
        assert response["Deprecation"] == "@1798761600"
        assert response["Sunset"] == "Fri, 02 Jul 2027 00:00:00 GMT"
        assert response["Link"] == '<https://hotline.example/api>; rel="deprecation"; type="text/html"'
    with pytest.raises(ValueError, match="half a year"):
        Leaving(since, since + dt.timedelta(days=30), "https://hotline.example/api")


def test_nothing_is_to_go_today_and_the_page_says_so(client: Client, db: None) -> None:
    assert [path for path, one in ENDPOINTS.items() if one.leaving] == []
    assert "Deprecation" not in client.get("/v1/status")
    told = json.dumps(client.get("/v1/openapi.json").json())
    assert told.count('"Idempotency-Key"') == len(POSTS) + 1  # and NCMEC's submission
