"""Webhooks: what is told, signed how, tried again when, paused and given up, and to whom never."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.hotline.exchange.account.conftest import Browser
from tests.hotline.exchange.conftest import FilledBank
from tests.hotline.exchange.hooks.conftest import told_by
from tests.hotline.exchange.hooks.receiver import Receiver, receiving

from disrupt.hotline.cases import steps
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import OPERATOR, analyst
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.hooks import sending, services
from disrupt.hotline.exchange.hooks.models import Hook, HookEvent, HookMessage
from disrupt.hotline.exchange.hooks.services import make
from disrupt.hotline.exchange.models import ExchangeEvent, Partner
from disrupt.hotline.exchange.services import create_partner, issue_key, revoke_key


def test_each_event_is_in_the_documentation() -> None:
    page = (Path(__file__).resolve().parents[4] / "docs" / "api.md").read_text("utf-8")
    rows = page.partition("## Webhooks")[2].partition("\n## ")[0]
    assert all(f"| `{event.value}` |" in rows for event in HookEvent)


def test_news_and_withdrawals_are_told_once_and_signed(
    hook: Hook, receiver: Receiver, bank: FilledBank, work: Any
) -> None:
    bank.add("one")
    bank.add("two")
    work()
    work()
    (news,) = told_by(receiver)
    assert (news.type, news.data) == ("list.news", {"after": 0, "last": 2})
    entry = bank.add("one")
    bank.withdraw("one")
    work()
    gone = told_by(receiver)[-1]
    assert (gone.type, gone.data) == (
        "list.withdrawn", {"last": 3, "entries": [str(entry.pk)], "more": False},
    )  # fmt: skip
    assert len(receiver.came) == 2
    assert receiver.came[0][0]["content-type"] == "application/json"


def test_only_what_was_chosen_is_told(
    partner: Partner, receiver: Receiver, bank: FilledBank, work: Any
) -> None:
    make(partner, receiver.url, ["list.withdrawn", "hook.test", "other"])
    bank.add("one")
    work()
    assert receiver.came == []
    bank.withdraw("one")
    work()
    assert [one.type for one in told_by(receiver)] == ["list.withdrawn"]


def test_a_key_that_ends_soon_is_told_once(
    hook: Hook, partner: Partner, receiver: Receiver, work: Any
) -> None:
    soon, _ = issue_key(partner, (Scope.FEED_READ,), OPERATOR, clock.now() + dt.timedelta(days=20))
    ended, _ = issue_key(partner, (Scope.FEED_READ,), OPERATOR, clock.now() + dt.timedelta(days=3))
    revoke_key(ended, OPERATOR)
    other = create_partner("Another", OPERATOR)
    issue_key(other, (Scope.FEED_READ,), OPERATOR, clock.now() + dt.timedelta(days=3))
    work()
    assert receiver.came == []
    clock.move(dt.timedelta(days=7))
    work()
    clock.move(dt.timedelta(hours=1))
    work()
    assert len(receiver.came) == 1
    said = json.loads(receiver.came[0][1])
    assert (said["type"], said["data"]["key"]) == ("key.expiring", soon.prefix)


def banked(make_case: Any, bank: FilledBank, name: str) -> Item:
    item: Item = make_case(files=(b"a picture",)).items.get()
    Item.objects.filter(pk=item.pk).update(state=ItemState.PROTECTED, due_at=None)
    bank.items[name] = item.pk
    return item


def say(client: Client, secret: str, **word: Any) -> None:
    said = client.post(
        "/v1/feedback",
        {"feedback": [word]},
        "application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert said.status_code == 200, said.content


def test_who_disputed_is_told_what_a_person_has_found(
    hook: Hook, receiver: Receiver, bank: FilledBank, work: Any, make_case: Any, client: Client, secret: str
) -> None:
    item = banked(make_case, bank, "one")
    stays, goes = bank.add("one"), bank.add("two")
    for entry in (stays, goes):
        say(client, secret, entry=str(entry.pk), opinion="not_blocked", why="lawful")
    work()
    assert {one.type for one in told_by(receiver)} == {"list.news"}
    bank.withdraw("two")
    steps.let_through(Item.objects.get(pk=item.pk), analyst(1), "looked at")
    work()
    work()
    answers = [one.data for one in told_by(receiver) if one.type == "dispute.answered"]
    wanted = [{"entry": str(stays.pk), "answer": "stays"}, {"entry": str(goes.pk), "answer": "withdrawn"}]
    assert sorted(answers, key=str) == sorted(wanted, key=str)


def test_what_was_set_aside_by_its_word_is_told_a_partner_and_no_other(
    hook: Hook, receiver: Receiver, bank: FilledBank, work: Any, make_case: Any, client: Client, secret: str
) -> None:
    with receiving() as other:
        settings.REACHABLE.append(other.address)
        make(create_partner("Another", OPERATOR), other.url, ["entry.set_aside"])
        banked(make_case, bank, "one")
        entry = bank.add("one")
        say(client, secret, entry=str(entry.pk), opinion="matched", seen=10_000)
        work()
        aside = [one.data for one in told_by(receiver) if one.type == "entry.set_aside"]
        assert aside == [{"entry": str(entry.pk)}]
        assert other.came == []


def test_it_is_tried_again_under_the_same_id_ever_later_and_pauses_by_itself(
    hook: Hook, receiver: Receiver, bank: FilledBank, work: Any, browser: Browser
) -> None:
    receiver.answers += [(500, {}), (429, {"Retry-After": "4000"}), *[(503, {})] * 6]
    bank.add("one")
    work()
    work()
    assert len(receiver.came) == 1, "not before it is due"
    clock.move(dt.timedelta(seconds=7))
    work()
    assert len(receiver.came) == 2
    clock.move(dt.timedelta(seconds=3900))
    work()
    assert len(receiver.came) == 2, "as long as the other side said"
    for _ in range(6):
        clock.move(dt.timedelta(hours=5))
        work()
    hook.refresh_from_db()
    assert (hook.failures, hook.problem, hook.paused_at is not None) == (8, "status:503", True)
    assert len(set(receiver.ids)) == 1
    assert len(receiver.ids) == 8
    assert ExchangeEvent.objects.filter(kind="webhook-paused").exists()
    clock.move(dt.timedelta(hours=10))
    work()
    assert len(receiver.ids) == 8, "a paused one is left alone"
    browser.sign_in(issue_key(hook.partner, (Scope.ACCOUNT_MANAGE,), OPERATOR)[1])
    assert "Paused since" in browser.html
    assert "HTTP 503" in browser.html
    assert "It is tried again now" in browser.press(f"/account/en/webhooks/{hook.pk}/go-on/")
    work()
    assert (len(receiver.ids), len(set(receiver.ids))) == (9, 1)
    assert "Paused since" not in browser.go()


def test_410_pauses_at_once_and_what_is_too_old_is_given_up_and_said(
    hook: Hook, receiver: Receiver, bank: FilledBank, work: Any, browser: Browser
) -> None:
    receiver.answers.append((410, {}))
    bank.add("one")
    work()
    hook.refresh_from_db()
    assert hook.paused_at is not None
    clock.move(dt.timedelta(days=4))
    work()
    assert HookMessage.objects.count() == 0
    browser.sign_in(issue_key(hook.partner, (Scope.ACCOUNT_MANAGE,), OPERATOR)[1])
    assert "Given up after three days" in browser.html
    browser.press(f"/account/en/webhooks/{hook.pk}/go-on/")
    bank.add("two")
    work()
    assert json.loads(receiver.came[-1][1])["data"] == {"after": 1, "last": 2}


def test_who_is_killed_before_it_is_written_down_sends_the_same_once_more(
    hook: Hook, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.send_test(hook.partner, hook.pk)
    (message,) = sending.due()
    with monkeypatch.context() as killed:
        killed.setattr(sending, "_settle", lambda *_: None)
        sending.deliver(message)
    assert list(sending.due()) == [], "nobody else sends it while it may be under way"
    sending.deliver(message)
    assert len(receiver.came) == 1
    clock.move(dt.timedelta(seconds=61))
    (again,) = sending.due()
    sending.deliver(again)
    assert list(sending.due()) == []
    assert len(set(receiver.ids)) == 1
    assert len(receiver.ids) == 2
