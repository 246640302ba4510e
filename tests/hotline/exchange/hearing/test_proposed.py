"""What a partner proposes and an analyst has offered: who gets it, and how it leaves the lists again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.hotline.exchange.conftest import hex_of
from tests.hotline.exchange.hearing.test_secondlook import say
from tests.hotline.exchange.stopncii.stopncii_client import hashes, post

from disrupt.hotline.bank.models import BankEntry, EntryOrigin, EntryState
from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.hearing import proposed
from disrupt.hotline.exchange.models import Partner, ProposalState, SubmittedHash
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key
from disrupt.protocol.feed import Added, Withdrawn, parse_page

Feed = Callable[..., Any]


def offered(value: str) -> SubmittedHash:
    """As an analyst offers it."""
    row = SubmittedHash.objects.get(value=value)
    assert proposed.put_on(row, scheme_at(clock.now())["NCII-DIF"])
    row.state = ProposalState.OFFERED
    row.save()
    return row


def active() -> list[BankEntry]:
    return list(BankEntry.objects.filter(state=EntryState.ACTIVE))


@pytest.fixture
def proposal(client: Client, secret: str) -> SubmittedHash:
    post(client, secret, "SubmitHashes", hashes(hex_of(1)))
    return offered(hex_of(1))


def test_only_who_asked_for_such_entries_gets_it_and_nobody_is_told_to_block(
    client: Client, partner: Partner, feed: Feed, proposal: SubmittedHash
) -> None:
    (change,) = parse_page(feed()).changes
    assert isinstance(change, Added)
    assert (change.origin, change.sha256, change.pdq[0].hex) == ("shared", None, hex_of(1))
    _, other = issue_key(partner, (Scope.FEED_READ, Scope.DECLARED_READ, Scope.MATCH_ASK), OPERATOR)
    page = client.get("/v1/feed", headers={"Authorization": f"Bearer {other}"})
    assert [type(one) for one in parse_page(page.json()).changes] == [Withdrawn]
    assert hex_of(1) not in page.content.decode()
    _, asks = issue_key(partner, (Scope.MATCH_ASK, Scope.SHARED_READ), OPERATOR)
    for key, action in ((asks, "review"), (other, "none")):
        body = {"pdq": hex_of(1)}
        said = client.post("/v1/match", body, "application/json", headers={"Authorization": f"Bearer {key}"})
        assert said.json()["action"] == action


def test_what_a_partner_takes_back_leaves_the_lists(
    client: Client, secret: str, proposal: SubmittedHash
) -> None:
    post(client, secret, "SubmitHashes", hashes(hex_of(1), opinion="Withdrawn"))
    assert active() == []
    proposal.refresh_from_db()
    assert (proposal.state, proposal.opinion) == (ProposalState.WAITING, "Withdrawn")
    post(client, secret, "SubmitHashes", hashes(hex_of(1)))
    assert active() == [], "what is proposed anew waits anew"


def test_it_stays_while_another_partner_proposes_it_too(
    client: Client, secret: str, proposal: SubmittedHash
) -> None:
    other = create_partner("Another", OPERATOR)
    _, others = issue_key(other, (Scope.HASHES_SUBMIT,), OPERATOR)
    post(client, others, "SubmitHashes", hashes(hex_of(1)))
    row = SubmittedHash.objects.get(partner=other)
    assert proposed.put_on(row, scheme_at(clock.now())["NCII-DIF"])
    row.state = ProposalState.OFFERED
    row.save()
    (entry,) = active()
    post(client, secret, "SubmitHashes", hashes(hex_of(1), opinion="Deleted"))
    assert active() == [entry]
    post(client, others, "SubmitHashes", hashes(hex_of(1), opinion="Deleted"))
    assert active() == []


def test_a_dispute_and_a_flood_bring_it_before_a_person(
    client: Client, secret: str, proposal: SubmittedHash
) -> None:
    (entry,) = active()
    say(client, secret, entry=str(entry.pk), opinion="not_blocked", why="lawful")
    proposal.refresh_from_db()
    assert proposal.disputed_at is not None
    assert active() == [entry], "it stays while a person looks"
    say(client, secret, entry=str(entry.pk), seen=settings.FLOOD_AFTER)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.flooded) == (ProposalState.WAITING, True)
    assert active() == []
    offered(hex_of(1))
    (entry,) = active()
    say(client, secret, entry=str(entry.pk), seen=settings.FLOOD_AFTER)
    assert active() == [entry], "a person has put it back after such a flood"


def test_a_film_is_told_by_its_md5(client: Client, secret: str, feed: Feed) -> None:
    value = hex_of("film", 32)
    post(client, secret, "SubmitHashes", hashes(value, signal="VideoMD5"))
    offered(value)
    (change,) = parse_page(feed()).changes
    assert isinstance(change, Added)
    assert (change.kind, change.md5, change.pdq) == ("video", value, ())
    assert active()[0].origin == EntryOrigin.SHARED
