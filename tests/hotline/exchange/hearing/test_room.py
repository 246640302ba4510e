"""No partner fills the hotline's disk: so many rows of each, so many lines an hour, and a clear answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import hex_of
from tests.hotline.exchange.stopncii.stopncii_client import feedback, hashes, post

from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.hearing import room
from disrupt.hotline.exchange.models import ExchangeEvent, Feedback, SubmittedHash
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "model"), [("SubmitHashes", SubmittedHash), ("SubmitFeedback", Feedback)])
def test_what_does_not_fit_in_is_refused_whole_and_what_is_there_can_be_taken_back(
    client: Client, secret: str, settings: Any, name: str, model: Any
) -> None:
    settings.PARTNERS_WORDS_MOST = 3
    body = hashes if name == "SubmitHashes" else feedback
    assert post(client, secret, name, body(hex_of(1), hex_of(2))).json()["changed"] == 2
    refused = post(client, secret, name, body(hex_of(3), hex_of(4)))
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "no_room")
    assert "3" in refused.json()["detail"]
    assert model.objects.count() == 2
    other = issue_key(
        create_partner("Another", OPERATOR), (Scope.HASHES_SUBMIT, Scope.FEEDBACK_WRITE), OPERATOR
    )[1]
    assert post(client, other, name, body(hex_of(3), hex_of(4))).status_code == 200
    assert post(client, secret, name, body(hex_of(3))).status_code == 200
    changed = post(client, secret, name, body(hex_of(1), hex_of(2), hex_of(3), opinion="Withdrawn"))
    assert changed.json()["changed"] == 3, "full, and it can still be taken back"


def test_a_partner_that_says_now_this_now_that_leaves_so_many_lines(
    client: Client, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "TRACES_AN_HOUR", 2)
    for opinion in ("Blocked", "NotBlocked") * 2:
        assert post(client, secret, "SubmitFeedback", feedback(hex_of(1), opinion=opinion)).json()["changed"]
    assert ExchangeEvent.objects.filter(kind="feedback-submitted").count() == 2
