"""A partner's word has a person look again; what matches too much is off the lists until one has."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from tests.hotline.exchange.match.test_match import ask_with, pdq_of
from tests.hotline.processing.working import ALICE, accept, jpeg, kinds, only, work

from disrupt.hotline.bank.models import BankEntry, EntryState, SetAside
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.states import HeldFor, ItemState
from disrupt.hotline.cases.withdrawing import withdraw_item
from disrupt.hotline.common import clock
from disrupt.hotline.decisions import holding
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.hearing import secondlook
from disrupt.hotline.exchange.models import EntryWord, Partner
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key
from disrupt.hotline.exchange.stopncii.wirehashes import step
from disrupt.hotline.operating import alarms, status
from disrupt.protocol.feed import Added, parse_page

Feed = Callable[..., Any]
MakeCase = Callable[..., Case]


def say(client: Client, key: str, status: int = 200, /, **word: object) -> Any:
    body = {"feedback": [{"opinion": "matched"} | word]}
    headers = {"Authorization": f"Bearer {key}"}
    response = client.post("/v1/feedback", body, content_type="application/json", headers=headers)
    assert response.status_code == status, response.content
    return response.json()


@pytest.fixture
def protected(make_case: MakeCase) -> Case:
    """A case whose one file was examined, fingerprinted and destroyed."""
    case = make_case(files=(jpeg(3),))
    accept(only(case))
    work()
    assert only(case).state == ItemState.PROTECTED
    return case


def entry() -> BankEntry:
    return BankEntry.objects.get(state=EntryState.ACTIVE)


def offered(feed: Feed) -> dict[str, str]:
    """SHA-256 to id of what the feed offers now."""
    changes = parse_page(feed()).changes
    return {change.sha256: change.id for change in changes if isinstance(change, Added)}


def woken_for() -> set[str]:
    """What an operator is told of, of what partners say."""
    return {alarm.kind for alarm in alarms.alarms(status.look())} & {"set-aside"}


def test_what_matches_too_much_leaves_the_lists_and_comes_back_with_a_motive(
    client: Client, secret: str, feed: Feed, protected: Case
) -> None:
    before = entry()
    say(client, secret, entry=str(before.pk), seen=499)
    assert only(protected).held_for == ""
    say(client, secret, entry=str(before.pk), seen=500)
    item = only(protected)
    assert (item.held_for, item.state) == (HeldFor.FLOOD, ItemState.PROTECTED)
    assert offered(feed) == {}
    assert (status.look().set_aside, woken_for()) == (1, {"set-aside"})
    with pytest.raises(holding.MotiveNeeded):
        holding.offer_after_all(item, ALICE, " ")
    holding.offer_after_all(item, ALICE, "the same picture is being spread")
    assert (status.look().set_aside, woken_for()) == (0, set())
    work()
    after = entry()
    assert offered(feed) == {before.sha256: str(after.pk)}
    assert (after.prints, after.md5, after.category) == (before.prints, before.md5, before.category)
    assert after.pk != before.pk
    assert not SetAside.objects.exists()
    event = protected.ledger.get(kind="item.let_through")
    assert event.data == {"why": "flood", "motive": "the same picture is being spread"}
    # Its word counts from now on: the same flood does not take it off again.
    say(client, secret, entry=str(after.pk), seen=100_000)
    assert offered(feed) == {before.sha256: str(after.pk)}


def test_an_analyst_keeps_it_off(client: Client, secret: str, feed: Feed, protected: Case) -> None:
    say(client, secret, entry=str(entry().pk), seen=1000)
    holding.do_not_offer(only(protected), ALICE)
    work()
    assert only(protected).state == ItemState.WITHDRAWN
    assert not SetAside.objects.exists()
    assert offered(feed) == {}


def test_whoever_withdraws_meanwhile_leaves_nothing_behind(
    client: Client, secret: str, feed: Feed, protected: Case
) -> None:
    say(client, secret, entry=str(entry().pk), seen=1000)
    assert SetAside.objects.count() == 1
    withdraw_item(only(protected))
    work()
    assert not SetAside.objects.exists()
    assert offered(feed) == {}


def test_a_dispute_has_a_person_look_and_the_entry_stays_meanwhile(
    client: Client, secret: str, feed: Feed, protected: Case
) -> None:
    number = str(entry().pk)
    answer = say(client, secret, entry=number, opinion="not_blocked", why="lawful")
    assert answer == {"kept": 1, "changed": 1, "unknown": 0}
    assert only(protected).held_for == HeldFor.DISPUTED
    assert "item.disputed" in kinds(protected)
    assert "item.held" not in kinds(protected), "which its reporter would be told of"
    assert number in offered(feed).values()
    holding.offer_after_all(only(protected), ALICE, "seen again: it is what it was")
    work()
    assert offered(feed) == {entry().sha256: number}, "the same entry, never gone"
    # The same word again opens nothing; another partner's does.
    assert say(client, secret, entry=number, opinion="not_blocked", why="lawful")["changed"] == 0
    assert only(protected).held_for == ""
    other = issue_key(create_partner("Platform Two", OPERATOR), (Scope.FEEDBACK_WRITE,), OPERATOR)[1]
    say(client, other, entry=number, opinion="false_match", why="other_picture")
    assert only(protected).held_for == HeldFor.DISPUTED
    holding.do_not_offer(only(protected), ALICE)
    work()
    assert offered(feed) == {}


def test_a_dispute_by_hash_has_a_person_look_too(client: Client, secret: str, protected: Case) -> None:
    while step():
        pass
    value = entry().prints["pdq"][0]["hex"]
    body = {"count": 1, "hashFeedbacks": [{"hashValue": value, "feedbackValue": "NotBlocked", "tags": []}]}
    headers = {"x-functions-key": secret}
    path = "/stopncii/v1/SubmitFeedback"
    response = client.post(path, json.dumps(body), content_type="application/json", headers=headers)
    assert response.status_code == 200
    assert only(protected).held_for == HeldFor.DISPUTED


def test_one_partner_cannot_empty_the_list(
    client: Client, secret: str, feed: Feed, make_case: MakeCase, settings: Any
) -> None:
    settings.SET_ASIDE_A_DAY = 2
    cases = []
    for seed in (11, 12, 13):
        cases.append(make_case(files=(jpeg(seed),)))
        accept(only(cases[-1]))
    work()
    for number in offered(feed).values():
        say(client, secret, entry=number, seen=10**6)
    assert sorted(only(case).held_for for case in cases) == ["disputed", "flood", "flood"]
    assert len(offered(feed)) == 1
    clock.move(dt.timedelta(hours=25))
    (last,) = offered(feed).values()
    say(client, secret, entry=last, seen=10**6 + 1)
    assert offered(feed) == {}


def test_a_partner_has_a_number_of_its_own(
    client: Client, secret: str, partner: Partner, feed: Feed, protected: Case
) -> None:
    call_command("partner", "flood", partner.name, "5000")
    say(client, secret, entry=str(entry().pk), seen=4999)
    assert len(offered(feed)) == 1
    say(client, secret, entry=str(entry().pk), seen=5000)
    assert offered(feed) == {}
    call_command("partner", "flood", partner.name, "0")
    assert secondlook.limit_of(Partner.objects.get(pk=partner.pk)) == 500


def test_look_ups_are_counted_by_the_exchange_itself(
    client: Client, secret: str, partner: Partner, feed: Feed, protected: Case
) -> None:
    call_command("partner", "flood", partner.name, "5")
    value = entry().prints["pdq"][0]["hex"]
    looks = {"look_ups": [{"pdq": value}] * 4}
    assert ask_with(client, secret, looks)["answers"][0]["action"] == "block"
    assert len(offered(feed)) == 1
    ask_with(client, secret, {"pdq": value})
    assert offered(feed) == {}
    assert ask_with(client, secret, {"pdq": value})["action"] == "none"


def test_what_a_key_may_not_see_it_cannot_speak_of(
    client: Client, partner: Partner, feed: Feed, bank: Any
) -> None:
    hidden = bank.add("declared", origin="declared")
    key = issue_key(partner, (Scope.FEEDBACK_WRITE,), OPERATOR)[1]
    answer = say(client, key, entry=str(hidden.pk), opinion="false_match", seen=10**6)
    assert answer == {"kept": 0, "changed": 0, "unknown": 1}
    assert not EntryWord.objects.exists()
    assert ask_with(client, issue_key(partner, tuple(Scope), OPERATOR)[1], {"pdq": pdq_of("declared")})[
        "matches"
    ]


@pytest.mark.parametrize(
    "body",
    [
        {}, [], {"feedback": []}, {"feedback": [3]}, {"feedback": [{"entry": "x", "opinion": "blocked"}]},
        {"feedback": [{"entry": "0" * 36, "opinion": "blocked"}]},
        {"feedback": [{"entry": "00000000-0000-0000-0000-000000000000", "opinion": "burned"}]},
        {"feedback": [{"entry": "00000000-0000-0000-0000-000000000000", "opinion": "blocked", "seen": -1}]},
        {"feedback": [{"entry": "00000000-0000-0000-0000-000000000000", "opinion": "blocked", "why": 3}]},
        {"feedback": [{"entry": "00000000-0000-0000-0000-000000000000", "opinion": "blocked", "name": "x"}]},
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused(client: Client, secret: str, body: object) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    response = client.post("/v1/feedback", body, content_type="application/json", headers=headers)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_body")
