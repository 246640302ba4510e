"""The StopNCII protocol: submissions and feedback are stored once, under their partner, or not at all."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import hex_of
from tests.hotline.exchange.stopncii.stopncii_client import feedback, hashes, post

from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import ExchangeEvent, Feedback, Partner, SubmittedHash
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key


def test_submitted_hashes_are_kept_once_under_their_partner(
    client: Client, secret: str, partner: Partner
) -> None:
    body = hashes(hex_of(1), hex_of(2).upper())
    assert post(client, secret, "SubmitHashes", body).json() == {"count": 2, "changed": 2}
    assert post(client, secret, "SubmitHashes", body).json() == {"count": 2, "changed": 0}
    row = SubmittedHash.objects.get(value=hex_of(2))
    assert (row.partner, row.signal, row.opinion, row.tags) == (partner, "ImagePDQ", "Blocked", ["a", "b"])
    video = hashes(hex_of(3, 32), signal="VideoMD5")
    assert post(client, secret, "SubmitHashes", video).json()["changed"] == 1
    events = ExchangeEvent.objects.filter(kind="hashes-submitted")
    assert [event.data for event in events] == [{"changed": 2}, {"changed": 1}]
    assert hex_of(1) not in repr(list(ExchangeEvent.objects.values()))


def test_the_latest_feedback_of_each_partner_counts(client: Client, secret: str, partner: Partner) -> None:
    other = create_partner("Another", OPERATOR)
    _, others = issue_key(other, (Scope.FEEDBACK_WRITE,), OPERATOR)
    post(client, secret, "SubmitFeedback", feedback(hex_of(1)))
    first = Feedback.objects.get()
    post(client, others, "SubmitFeedback", feedback(hex_of(1)))
    changed = post(client, secret, "SubmitFeedback", feedback(hex_of(1), opinion="NotBlocked"))
    assert changed.json() == {"count": 1, "changed": 1}
    mine = Feedback.objects.get(partner=partner)
    assert (mine.opinion, mine.first_at) == ("NotBlocked", first.first_at)
    assert Feedback.objects.get(partner=other).opinion == "Blocked"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("SubmitHashes", "not json"),
        ("SubmitHashes", b"\xff\xfe"),
        ("SubmitHashes", "[" * 100_000),
        ("SubmitHashes", []),
        ("SubmitHashes", {}),
        ("SubmitHashes", {"hashRecords": []}),
        ("SubmitHashes", {"hashRecords": [1]}),
        ("SubmitHashes", hashes("0" * 63)),
        ("SubmitHashes", hashes("0" * 63 + "\n")),
        ("SubmitHashes", hashes("g" * 64)),
        ("SubmitHashes", hashes(hex_of(1), signal="VideoMD5")),
        ("SubmitHashes", hashes(hex_of(1), signal="VideoTMK")),
        ("SubmitHashes", hashes(hex_of(1), opinion="Sometimes")),
        ("SubmitHashes", hashes(hex_of(1), "bad")),
        ("SubmitFeedback", {"hashFeedbacks": [{"hashValue": hex_of(1)}]}),
        ("SubmitFeedback", {"hashFeedbacks": [{"hashValue": None, "feedbackValue": "Blocked"}]}),
        ("SubmitFeedback", feedback(hex_of(1)) | {"hashFeedbacks": [
            {"hashValue": hex_of(1), "feedbackValue": "Blocked", "tags": ["x" * 65]}]}),
        ("SubmitFeedback", feedback(hex_of(1)) | {"hashFeedbacks": [
            {"hashValue": hex_of(1), "feedbackValue": "Blocked", "tags": ["\ud800"]}]}),
        ("SubmitFeedback", feedback(hex_of(1)) | {"hashFeedbacks": [
            {"hashValue": hex_of(1), "feedbackValue": "Blocked", "tags": ["\u202egpj"]}]}),
        ("SubmitFeedback", feedback(hex_of(1)) | {"hashFeedbacks": [
            {"hashValue": hex_of(1), "feedbackValue": "Blocked", "tags": [{}]}]}),
        ("SubmitFeedback", feedback(*[hex_of(1)] * 5001)),
    ],
)  # fmt: skip
def test_a_bad_post_stores_nothing(client: Client, secret: str, name: str, body: object) -> None:
    response = post(client, secret, name, body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_body"), response.content
    assert SubmittedHash.objects.count() == Feedback.objects.count() == 0


def test_a_huge_post_is_refused_unread(client: Client, secret: str) -> None:
    response = post(client, secret, "SubmitHashes", "x" * 3_000_000)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "body_too_large")


def test_a_full_post_is_stored(client: Client, secret: str) -> None:
    body = feedback(*[hex_of(n) for n in range(5000)])
    assert post(client, secret, "SubmitFeedback", body).json() == {"count": 5000, "changed": 5000}
    assert post(client, secret, "SubmitFeedback", body).json()["changed"] == 0
