"""Promise: no partner reads another's words, writes in another's name, or learns that another spoke."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.hotline.as_role import as_role as as_role
from tests.hotline.as_role import roles as roles
from tests.hotline.exchange.conftest import FETCH, FilledBank, hex_of
from tests.hotline.exchange.conftest import _fresh_allowance as _fresh_allowance
from tests.hotline.exchange.conftest import _served_as_the_exchange as _served_as_the_exchange
from tests.hotline.exchange.conftest import bank as bank
from tests.hotline.exchange.stopncii.stopncii_client import feedback, hashes, post

from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import Feedback, Partner, SubmittedHash
from disrupt.hotline.exchange.services import OPERATOR, BadPartnerName, create_partner, issue_key

pytestmark = pytest.mark.django_db
POSTS = "/stopncii/v1/SubmitFeedback", "/stopncii/v1/SubmitHashes"
PLACES = ("/v1/feed", "/v1/categories", "/v1/status", "/v1/status/ready", FETCH, *POSTS, "/v1/feedback", "/")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
_HEAD = re.compile(rb'"head":\{.*?\]\}')
CANARY = "canary-of-the-first"
Two = list[tuple[Partner, str]]


@pytest.fixture
def two(db: None) -> Two:
    """Two partners, each with a key that may do everything."""
    made = [create_partner(name, OPERATOR) for name in ("First", "Second")]
    return [(partner, issue_key(partner, tuple(Scope), OPERATOR)[1]) for partner in made]


def said(value: str, opinion: str, tag: str) -> object:
    return {"hashFeedbacks": [{"hashValue": value, "feedbackValue": opinion, "tags": [tag]}]}


def answers(client: Client, key: str) -> list[tuple[str, str, int, bytes]]:
    """What a key gets at every place, by every method, in both of the headers that carry one."""
    client.raise_request_exception = False
    got = []
    for place in PLACES:
        for method in METHODS:
            for headers in ({"x-functions-key": key}, {"Authorization": f"Bearer {key}"}):
                answer = client.generic(method, place, headers=headers)
                assert answer.status_code < 500, (method, place, answer.content)
                # The log's head says when it was signed, which is now.
                got.append((method, place, answer.status_code, _HEAD.sub(b"", answer.content)))
    return got


@pytest.mark.parametrize("opinion", ["Blocked", "NotBlocked"])
def test_what_one_said_changes_nothing_that_the_other_is_told(
    client: Client, two: Two, bank: FilledBank, opinion: str
) -> None:
    (first, its_key), (_second, other_key) = two
    bank.add("a")
    pdq = hex_of(("pdq", "a"))
    before = answers(client, other_key)
    assert post(client, its_key, "SubmitFeedback", said(pdq, opinion, CANARY)).json()["changed"] == 1
    assert post(client, its_key, "SubmitHashes", hashes(hex_of("proposed"))).json()["changed"] == 1
    after = answers(client, other_key)
    for one, other in zip(before, after, strict=True):
        assert one == other
    assert not any(CANARY.encode() in body or hex_of("proposed").encode() in body for *_, body in after)
    # Nor does the count of what was new say whether somebody spoke before.
    assert post(client, other_key, "SubmitFeedback", feedback(pdq)).json() == {"count": 1, "changed": 1}
    assert post(client, other_key, "SubmitHashes", hashes(hex_of("proposed"))).json()["changed"] == 1
    assert Feedback.objects.get(partner=first).tags == [CANARY]
    assert SubmittedHash.objects.count() == 2


def test_nobody_speaks_in_anothers_name(client: Client, two: Two, bank: FilledBank) -> None:
    (first, its_key), (second, other_key) = two
    bank.add("a")
    prefix, _, secret = other_key.rpartition("_")
    forged = (
        {"x-functions-key": f"{its_key.rpartition('_')[0]}_{secret}"},
        {"x-functions-key": f"{prefix}_{its_key.rpartition('_')[2]}"},
        {"x-functions-key": other_key, "Ocp-Apim-Subscription-Key": str(first.pk)},
        {"x-functions-key": other_key, "Ocp-Apim-Subscription-Key": its_key},
        {"x-functions-key": other_key + "\x00"},
    )
    body = feedback(hex_of(("pdq", "a")))
    for headers in forged:
        answer = client.post(POSTS[0], body, content_type="application/json", headers=headers)
        assert answer.status_code == 401, headers
    more = {
        **feedback(hex_of(("pdq", "a"))),
        "partner": str(first.pk),
        "partner_id": str(first.pk),
        "source": "First",
    }
    post(client, other_key, "SubmitFeedback", more)
    assert [row.partner for row in Feedback.objects.all()] == [second]


@pytest.mark.parametrize(
    "name", ["\u202egnp.exe", "a\x1b[31mred", "two\x00", "\u2066hidden", "x" * 81, "\u200b", " "]
)
def test_a_name_that_a_screen_would_not_show_as_it_is_is_no_partners(name: str, db: None) -> None:
    with pytest.raises(BadPartnerName):
        create_partner(name, OPERATOR)
