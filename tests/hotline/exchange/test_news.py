"""Those who wait for news are answered together: in the view's words, each as its key may see."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.hotline.exchange.conftest import FilledBank, hex_of

from disrupt.hotline.bank.models import BankReader
from disrupt.hotline.exchange.door import recently
from disrupt.hotline.exchange.door.limits import ALLOWANCE
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.exchange.news import Answer, News
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key, revoke_key

NEWS = News()


def request(key: str, query: str = "after=0&wait=25", *fields: str, host: str = "testserver") -> bytes:
    lines = [f"Host: {host}", f"Authorization: Bearer {key}", *fields]
    return f"GET /v1/feed?{query} HTTP/1.1\r\n".encode() + "\r\n".join(lines).encode() + b"\r\n\r\n"


def view(client: Client, key: str, query: str = "after=0&wait=25", **fields: str) -> Any:
    return client.get(f"/v1/feed?{query}", headers={"Authorization": f"Bearer {key}", **fields})


def tell(*requests: bytes) -> list[Answer | None]:
    asked = [NEWS.reads(one) for one in requests]
    assert None not in asked
    found, afterwards = NEWS.answers([one for one in asked if one])
    afterwards()
    return found


def parts(text: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = text.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    fields = dict(one.split(": ", 1) for one in lines)
    assert int(fields["Content-Length"]) == len(body)
    return int(line.split()[1]), fields, body


@pytest.fixture
def keys(partner: Partner) -> list[str]:
    """One that sees adults' only, one that sees minors' too, one that sees parts too."""
    scopes: tuple[tuple[Scope, ...], ...] = ((), (Scope.MINORS_READ,), (Scope.DERIVED_READ,))
    return [issue_key(partner, (Scope.FEED_READ, *more), OPERATOR)[1] for more in scopes]


def test_the_answers_are_those_of_the_view_header_by_header(
    client: Client, bank: FilledBank, keys: list[str]
) -> None:
    bank.add("adult", derived=hex_of("part"))
    bank.add("minor", minors="examined", category="MIN-CSAM")
    changes = set()
    for query in ("wait=25", "after=1&wait=9&limit=1", "wait=25&after=2"):
        slow = [view(client, key, query) for key in keys]
        for one, told in zip(slow, tell(*(request(key, query) for key in keys)), strict=True):
            assert told is not None
            status, fields, body = parts(told[0])
            assert (status, body) == (200, one.content)
            assert {name: fields.get(name) for name in one.headers} == dict(one.headers)
            assert (fields["Connection"], told[1]) == ("keep-alive", True)
            changes.add(json.dumps(one.json()["changes"]))
    assert len(changes) == 6, "one sight sees what another does not"


def test_what_was_seen_is_not_sent_again_and_pages_are_compressed(
    client: Client, bank: FilledBank, secret: str
) -> None:
    bank.add("one")
    tag = view(client, secret)["ETag"]
    slow = view(client, secret, **{"If-None-Match": tag})
    (told,) = tell(request(secret, "after=0&wait=25", f"If-None-Match: {tag}", "Connection: close"))
    assert told is not None
    status, fields, body = parts(told[0])
    assert (status, body, slow.status_code, told[1]) == (304, b"", 304, False)
    assert {name: fields.get(name) for name in slow.headers} == dict(slow.headers)
    (packed,) = tell(request(secret, "wait=25", "Accept-Encoding: gzip, br"))
    assert packed is not None
    assert parts(packed[0])[1]["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "unusual",
    [
        lambda key: request(key, "after=0&wait=26"),
        lambda key: request(key, "after=0&limit=0&wait=1"),
        lambda key: request(key, "after=-1&wait=1"),
        lambda key: request(key, "after=0&after=1&wait=1"),
        lambda key: request(key, "after=0&wait=1&more=1"),
        lambda key: request(key, "after=0&wait=1", "Content-Length: 0"),
        lambda key: request(key, "after=0&wait=1", "Transfer-Encoding: chunked"),
        lambda key: request(key, "after=0&wait=1", "Connection: upgrade"),
        lambda key: request(key, "after=0&wait=1", "If-None-Match: *"),
        lambda key: request(key, "after=0&wait=1", f"Authorization: Bearer {key}"),
        lambda key: request(key, "after=0&wait=1", host="elsewhere.example"),
        lambda key: request(key) + b"GET",
        lambda key: request(key)[:-1],
        lambda key: request(key).replace(b"GET /v1/feed", b"GET /v1/list"),
        lambda key: request(key).replace(b"GET", b"HEAD"),
    ],
)
def test_what_is_unusual_is_left_to_the_view(secret: str, unusual: Callable[[str], bytes]) -> None:
    assert NEWS.reads(request(secret)) is not None
    assert NEWS.reads(unusual(secret)) is None


def test_a_key_is_asked_about_again_and_a_refusal_is_left_to_the_view(
    client: Client, partner: Partner, bank: FilledBank, keys: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.add("one")
    other = issue_key(partner, (Scope.MATCH_ASK,), OPERATOR)[1]
    assert tell(request(keys[0]), request("dsr_nobody")) == [None, None], "nobody has let them in yet"
    for key in keys:
        assert view(client, key).status_code == 200
    recently.vouch(other, ApiKey.objects.get(prefix=other.split("_")[1]))
    revoke_key(ApiKey.objects.get(prefix=keys[1].split("_")[1]), OPERATOR)
    asked = [request(key) for key in (*keys, other)] + [request(keys[0], "after=2&wait=1")]
    assert [one is not None for one in tell(*asked)] == [True, False, True, False, False]
    monkeypatch.setattr(ALLOWANCE, "burst", 0)
    assert tell(request(keys[0])) == [None]


def test_a_thousand_are_one_page_and_one_question_about_their_keys(
    client: Client, bank: FilledBank, partner: Partner
) -> None:
    """What more of them cost is no question more to the database."""
    bank.add("one")
    others = [create_partner(f"Platform {n}", OPERATOR) for n in range(4)]
    keys = [issue_key(one, (Scope.FEED_READ,), OPERATOR)[1] for one in (partner, *others)]
    for key in keys:
        assert view(client, key, "after=0&wait=1").status_code == 200
    bank.add("two")

    def questions(asked: list[str]) -> int:
        with CaptureQueriesContext(connection) as seen:
            told = tell(*(request(key, "after=1&wait=25") for key in asked))
        assert len({one and one[0] for one in told}) == 1
        return len(seen)

    questions(keys[:1])  # makes the page
    assert questions(keys[2:] * 10) == questions(keys[1:2])
    assert set(BankReader.objects.values_list("seq", flat=True)) == {1}
    assert BankReader.objects.count() == 5
