"""A partner reads its own figures, with a key that may, and nobody else's."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank

from disrupt.hotline.bank.models import EntryKind, EntryOrigin
from disrupt.hotline.bank.services import Prints, offer
from disrupt.hotline.common import clock
from disrupt.hotline.exchange import services
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import Sight
from disrupt.hotline.exchange.hearing import contributions
from disrupt.hotline.exchange.hearing.words import give_feedback
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.review.feedback import figures_of_partners
from disrupt.hotline.tally import folding
from disrupt.protocol.feedback import Opinion as Word_
from disrupt.protocol.feedback import Word
from disrupt.protocol.stopncii import Opinion, Posted, Signal

pytestmark = pytest.mark.django_db


def say(partner: Partner, number: int, opinion: Opinion) -> None:
    contributions.submit_feedback(partner, [Posted(Signal.VIDEO_MD5, f"{number:032x}", opinion, ())])


@pytest.fixture
def ask(settings: Any) -> Any:
    """`ask(partner)`: what the address answers to a key of this partner."""
    settings.ROOT_URLCONF = "disrupt.hotline.processes.exchange.urls"
    settings.MIDDLEWARE = []

    def get(partner: Partner, scope: Scope = Scope.FIGURES_READ) -> Any:
        _key, secret = services.issue_key(partner, (scope,), services.OPERATOR)
        return Client().get("/v1/figures", headers={"Authorization": f"Bearer {secret}"})

    return get


def test_a_partner_reads_its_own_figures(ask: Any) -> None:
    ours = services.create_partner("Ours", services.OPERATOR)
    other = services.create_partner("Other", services.OPERATOR)
    say(ours, 1, Opinion.PENDING_REVIEW)
    say(ours, 1, Opinion.BLOCKED)
    say(other, 2, Opinion.BLOCKED)
    then = clock.now()
    clock.move(dt.timedelta(days=40))
    folding.fold()
    say(ours, 3, Opinion.NOT_BLOCKED)
    found = ask(ours).json()
    assert found["months"] == [
        {"month": f"{then:%Y-%m}", "matched": 1, "blocked": 1, "disputed": 0, "retroactive": 0},
        {"month": f"{clock.now():%Y-%m}", "matched": 0, "blocked": 0, "disputed": 1, "retroactive": 0},
    ]
    assert found["offered"] == 0
    assert found["changes"] == {"fetched": 0, "last": 0, "read_on": None}


def test_offered_is_what_the_key_may_see_of_the_list(ask: Any, bank: FilledBank) -> None:
    ours = services.create_partner("Ours", services.OPERATOR)
    for name in ("one", "two", "three"):
        bank.add(name)
    bank.add("declared", origin=EntryOrigin.DECLARED)
    bank.withdraw("two")
    assert ask(ours).json()["offered"] == 2
    both = (Scope.FIGURES_READ, Scope.DECLARED_READ)
    _key, secret = services.issue_key(ours, both, services.OPERATOR)
    answer = Client().get("/v1/figures", headers={"Authorization": f"Bearer {secret}"})
    assert answer.json()["offered"] == 3
    row = figures_of_partners().rows[0]
    assert row[:4] == ("Ours", "3", "0", "5")


def test_a_key_without_the_scope_reads_none(ask: Any) -> None:
    answer = ask(services.create_partner("Ours", services.OPERATOR), Scope.FEED_READ)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "missing_scope"


def test_what_was_found_among_older_uploads_is_counted_once_more(ask: Any) -> None:
    ours = services.create_partner("Ours", services.OPERATOR)
    entry = offer(
        Prints(EntryKind.IMAGE, "ab" * 32, "cd" * 16), "ADU-DNCI", EntryOrigin.EXAMINED, uuid.uuid4()
    )
    give_feedback(ours, Sight(), [Word(str(entry.pk), Word_.BLOCKED, seen=2, retroactive=True)])
    assert ask(ours).json()["months"] == [
        {"month": f"{clock.now():%Y-%m}", "matched": 0, "blocked": 1, "disputed": 0, "retroactive": 1},
    ]
