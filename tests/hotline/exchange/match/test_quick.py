"""Look-ups answered together: in the words of the view, and nothing but the plainest request."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank, hex_of
from tests.hotline.exchange.match.test_match import ask_with, flipped, pdq_of

from disrupt.hotline.common import clock
from disrupt.hotline.exchange.door import limits, recently
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.match.counting import COUNTS
from disrupt.hotline.exchange.match.quick import MOST_LOOK_UPS, QuickMatch
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.exchange.services import OPERATOR, issue_key, revoke_key, set_active

NOTHING = {"pdq": "0" * 64}


def request(key: str, body: object, *fields: str, host: str = "testserver") -> bytes:
    sent = json.dumps(body).encode() if not isinstance(body, bytes) else body
    lines = [f"Host: {host}", f"Authorization: Bearer {key}", f"Content-Length: {len(sent)}", *fields]
    return b"POST /v1/match HTTP/1.1\r\n" + "\r\n".join(lines).encode() + b"\r\n\r\n" + sent


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A moment lasts an hour, so that no test hurries."""
    monkeypatch.setattr(recently, "WITHIN", dt.timedelta(hours=1))
    monkeypatch.setattr(recently, "_UNUSED", dt.timedelta(hours=5))


@pytest.fixture
def quick() -> QuickMatch:
    return QuickMatch(lambda: True)


def ask_quickly(quick: QuickMatch, *requests: bytes) -> list[Any]:
    asked = [quick.reads(one) for one in requests]
    assert None not in asked
    found = []
    for text in quick.answers(asked):  # type: ignore[arg-type]  # none of them is None
        assert text is not None
        head, _, body = text.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        found.append(json.loads(body))
    return found


def test_the_answers_are_those_of_the_view(
    client: Client, partner: Partner, bank: FilledBank, quick: QuickMatch
) -> None:
    bank.add("adult", derived=hex_of("part"))
    bank.add("minor", minors="examined", category="MIN-CSAM")
    keys = [
        issue_key(partner, (Scope.MATCH_ASK, *more), OPERATOR)[1]
        for more in ((), (Scope.MINORS_READ,), (Scope.DERIVED_READ,))
    ]
    bodies: list[Any] = [
        {"pdq": flipped(pdq_of("adult"), 31), "view": "mirrored"}, {"pdq": pdq_of("minor")},
        {"pdq": hex_of("part")}, NOTHING, {"pdq": pdq_of("adult"), "quality": 3},
        {"look_ups": [{"pdq": pdq_of("minor"), "radius": 0}, NOTHING, {"pdq": flipped(pdq_of("adult"), 9)}]},
    ]  # fmt: skip
    slow = [ask_with(client, key, body) for key in keys for body in bodies]
    assert ask_quickly(quick, *(request(key, body) for key in keys for body in bodies)) == slow
    assert len({json.dumps(one) for one in slow}) > 6


def test_the_answer_has_the_headers_of_any_other(client: Client, secret: str, quick: QuickMatch) -> None:
    slow = client.post(
        "/v1/match", NOTHING, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
    )
    (text,) = quick.answers([quick.reads(request(secret, NOTHING))])  # type: ignore[list-item]  # it is read
    head = dict(
        line.split(": ", 1) for line in (text or b"").decode().partition("\r\n\r\n")[0].split("\r\n")[1:]
    )
    assert {name: head.get(name) for name in slow.headers} == dict(slow.headers)


@pytest.mark.parametrize(
    "unusual",
    [
        lambda key: request(key, {**NOTHING, "sha256": "0" * 64}),
        lambda key: request(key, {**NOTHING, "radius": 32}),
        lambda key: request(key, {"look_ups": [NOTHING] * (MOST_LOOK_UPS + 1)}),
        lambda key: request(key, {"pdq": "0"}),
        lambda key: request(key, b"{"),
        lambda key: request(key, b"[" * 3000),
        lambda key: request(key, b"\xff"),
        lambda key: request(key, NOTHING)[:-1],
        lambda key: request(key, NOTHING) + b"GET",
        lambda key: request(key, NOTHING, "Connection: close"),
        lambda key: request(key, NOTHING, "Transfer-Encoding: chunked"),
        lambda key: request(key, NOTHING, "Expect: 100-continue"),
        lambda key: request(key, NOTHING, "Content-Length: 3"),
        lambda key: request(key, NOTHING, f"Authorization: Bearer {key}"),
        lambda key: request(key, NOTHING, "Bad Name: x"),
        lambda key: request(key, NOTHING, " folded"),
        lambda key: request(key, NOTHING, "X: \x00"),
        lambda key: request(key, NOTHING, host="elsewhere.example"),
        lambda key: request(key[:-1] + ("0" if key[-1] != "0" else "1"), NOTHING),
        lambda key: request(key, NOTHING).replace(b"/v1/match", b"/v1/match?a=1"),
        lambda key: request(key, NOTHING).replace(b"HTTP/1.1", b"HTTP/1.0"),
        lambda key: request(key, NOTHING).replace(b"\r\n", b"\n"),
    ],
)
def test_what_is_unusual_is_left_to_the_view(
    client: Client, secret: str, quick: QuickMatch, unusual: Any
) -> None:
    ask_with(client, secret, NOTHING)
    assert quick.reads(request(secret, NOTHING)) is not None
    assert quick.reads(unusual(secret)) is None


def test_a_key_is_known_here_only_after_the_view_let_it_in(
    client: Client, partner: Partner, quick: QuickMatch
) -> None:
    key, secret = issue_key(partner, (Scope.MATCH_ASK,), OPERATOR)
    assert quick.reads(request(secret, NOTHING)) is None
    ask_with(client, secret, NOTHING)
    assert quick.reads(request(secret, NOTHING)) is not None
    assert QuickMatch(lambda: False).reads(request(secret, NOTHING)) is None
    clock.move(recently.WITHIN)
    assert quick.reads(request(secret, NOTHING)) is None
    recently.renew()
    assert quick.reads(request(secret, NOTHING)) is not None
    revoke_key(ApiKey.objects.get(pk=key.pk), OPERATOR)
    recently.renew()
    assert quick.reads(request(secret, NOTHING)) is None
    other = issue_key(partner, (Scope.FEED_READ,), OPERATOR)[1]
    recently.authenticate_recently(other)
    assert quick.reads(request(other, NOTHING)) is None


def test_a_suspended_partner_is_out_at_the_next_look(
    client: Client, partner: Partner, secret: str, quick: QuickMatch
) -> None:
    ask_with(client, secret, NOTHING)
    set_active(partner, False, OPERATOR)
    recently.renew()
    assert quick.reads(request(secret, NOTHING)) is None
    with pytest.raises(ApiError):
        recently.authenticate_recently(secret)


def test_a_key_that_nobody_uses_is_asked_about_no_more(
    client: Client, secret: str, django_assert_num_queries: Any
) -> None:
    ask_with(client, secret, NOTHING)
    clock.move(dt.timedelta(hours=6))
    recently.renew()
    with django_assert_num_queries(0):
        recently.renew()


def test_who_asks_too_often_is_told_so_by_the_view(
    client: Client, secret: str, quick: QuickMatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.LOOK_UPS, "burst", 2)
    monkeypatch.setattr(limits.LOOK_UPS, "per_second", 0.001)
    ask_with(client, secret, NOTHING)
    asked = [quick.reads(request(secret, NOTHING)) for _ in range(3)]
    found = quick.answers(asked)  # type: ignore[arg-type]  # none of them is None
    assert [one is not None for one in found] == [True, False, False]
    assert ask_with(client, secret, NOTHING, 429)["error"]["code"] == "too_many_requests"


def test_what_is_found_here_is_counted(
    client: Client, partner: Partner, secret: str, bank: FilledBank, quick: QuickMatch
) -> None:
    entry = str(bank.add("one").pk)
    ask_with(client, secret, {"pdq": pdq_of("one")})
    before = COUNTS._of[partner.pk, entry]
    ask_quickly(quick, request(secret, {"pdq": pdq_of("one")}), request(secret, {"pdq": pdq_of("one")}))
    assert COUNTS._of[partner.pk, entry] == before + 2
