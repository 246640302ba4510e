"""The account's pages: who comes in, what an administrator can do with keys and what never, what is shown."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from tests.hotline.exchange.account.conftest import Browser
from tests.hotline.exchange.door.test_keys import refused

from disrupt.hotline.common import clock, switches
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.exchange import services
from disrupt.hotline.exchange.account import services as account
from disrupt.hotline.exchange.account.models import AccountVisit
from disrupt.hotline.exchange.account.words import SCOPES
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import ApiKey, ExchangeEvent, Partner
from disrupt.hotline.exchange.queries import authenticate
from disrupt.hotline.exchange.services import create_partner, issue_key
from disrupt.protocol import sample_picture

Issued = tuple[ApiKey, str]
READS = (Scope.FEED_READ, Scope.FEEDBACK_WRITE)


@pytest.fixture
def program(partner: Partner) -> Issued:
    """A key of a program, for thirty days, that sees pictures only."""
    ends = clock.now() + dt.timedelta(days=30)
    return issue_key(partner, READS, OPERATOR, ends, {"kinds": ["image"]})


def path_of(key: ApiKey, what: str) -> str:
    return f"/account/en/keys/{key.pk}/{what}/"


def test_every_scope_has_its_words() -> None:
    assert set(SCOPES) == set(Scope)


def test_only_an_administrators_key_opens_and_why_not_is_said(program: Issued, admin: Issued) -> None:
    browser = Browser()
    assert "ask the hotline for an administrator’s key" in browser.sign_in(program[1], status=422)
    assert "not a key of this exchange" in browser.sign_in("dsr_000000000000_" + "0" * 64, status=422)
    assert "demandez à la ligne" in browser.sign_in(program[1], "fr", status=422)
    assert not AccountVisit.objects.exists()
    assert "Platform One" in browser.sign_in(admin[1])
    cookie = browser.client.cookies[settings.PARTNER_COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert cookie.value not in repr(list(AccountVisit.objects.values()))
    assert admin[1] not in browser.html


def test_a_visit_ends_by_signing_out_after_an_hour_and_with_its_key(admin: Issued, browser: Browser) -> None:
    token = browser.client.cookies[settings.PARTNER_COOKIE].value
    assert "You are signed out" in browser.press("/account/en/sign-out/")
    browser.client.cookies[settings.PARTNER_COOKIE] = token
    assert not browser.signed_in, "a cookie that was kept opens nothing"
    browser.sign_in(admin[1])
    clock.move(dt.timedelta(minutes=61))
    assert not browser.signed_in
    browser.sign_in(admin[1])
    assert browser.signed_in
    services.set_active(admin[0].partner, False, OPERATOR)
    assert not browser.signed_in
    services.set_active(admin[0].partner, True, OPERATOR)
    services.revoke_key(admin[0], OPERATOR)
    assert not browser.signed_in


def test_what_is_not_pressed_on_the_page_does_nothing(browser: Browser, program: Issued) -> None:
    for what in ("rotate", "more", "end"):
        answer = browser.client.post(path_of(program[0], what), {"sure": "1", "scopes": list(READS)})
        assert (answer.status_code, answer["Content-Type"]) == (403, "text/plain; charset=utf-8")
    authenticate(program[1])
    assert ApiKey.objects.count() == 2


def test_a_key_is_replaced_and_both_work_for_a_week(browser: Browser, program: Issued) -> None:
    key, old = program
    browser.press(path_of(key, "rotate"))
    fresh = authenticate(browser.secret)
    assert (fresh.scopes, fresh.sees) == (key.scopes, key.sees)
    assert fresh.expires_at - clock.now() < dt.timedelta(days=30), "for as long as the hotline gave the other"
    authenticate(old)
    clock.move(dt.timedelta(days=8))
    assert refused(old) == "expired_key"
    authenticate(browser.secret)


def test_a_secret_is_shown_once_and_kept_nowhere(browser: Browser, program: Issued) -> None:
    browser.press(path_of(program[0], "more"), scopes=[Scope.FEED_READ.value])
    secret = browser.secret
    assert authenticate(secret).scopes == [Scope.FEED_READ]
    assert secret not in browser.go()
    kept = repr([*ApiKey.objects.values(), *ExchangeEvent.objects.values()])
    assert secret not in kept
    assert f"partner:{program[0].partner_id}" in kept


@pytest.mark.parametrize("scopes", [[], [Scope.MINORS_READ.value], ["exchange:other"]])
def test_no_key_may_more_than_the_one_that_it_is_like(
    browser: Browser, program: Issued, scopes: list[str]
) -> None:
    browser.press(path_of(program[0], "more"), scopes=scopes, status=422)
    assert ApiKey.objects.count() == 2


def test_a_key_ends_only_when_it_is_meant_and_with_the_administrators_key_all_that_it_made(
    browser: Browser, program: Issued, admin: Issued
) -> None:
    browser.press(path_of(program[0], "rotate"))
    made = browser.secret
    assert "1 key that was made with it ends too" in browser.html
    browser.press(path_of(program[0], "end"), status=422)
    authenticate(program[1])
    assert "The key works no more" in browser.press(path_of(program[0], "end"), sure="1")
    assert refused(program[1]) == "revoked_key"
    authenticate(made)
    assert "The key works no more" in browser.press(path_of(admin[0], "end"), sure="1")
    assert "Sign in" in browser.html
    assert refused(made) == "revoked_key"


def test_nothing_of_another_partner_is_shown_or_changed(browser: Browser) -> None:
    other = create_partner("Platform Two", OPERATOR)
    key, secret = issue_key(other, READS, OPERATOR)
    page = browser.go()
    assert key.prefix not in page
    assert "Platform Two" not in page
    for what in ("rotate", "more", "end"):
        browser.go()
        browser.press(path_of(key, what), scopes=list(READS), sure="1", status=404)
    authenticate(secret)
    assert other.keys.count() == 1


def test_no_more_than_so_many_keys_are_in_force(
    browser: Browser, program: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "MOST_KEYS", 2)
    assert "end one first" in browser.press(path_of(program[0], "rotate"), status=422)
    authenticate(program[1])


def test_the_chain_is_followed_from_the_list_to_the_word(
    browser: Browser, client: Client, partner: Partner
) -> None:
    assert "not on the list now" in browser.go()
    call_command("test_entry", "on")
    assert "You have not fetched it yet" in browser.go()
    _, secret = issue_key(partner, READS, OPERATOR)
    headers = {"Authorization": f"Bearer {secret}"}
    (change,) = client.get("/v1/feed", headers=headers).json()["changes"]
    client.get("/v1/feed?after=1", headers=headers)
    page = browser.go()
    assert "You have fetched it" in page
    assert change["id"] in page
    assert "You have not said yet" in page
    body = {"feedback": [{"entry": change["id"], "opinion": "blocked"}]}
    client.post("/v1/feedback", body, content_type="application/json", headers=headers)
    page = browser.go()
    assert "what you found" in page
    assert "1 of 1" in page
    assert '<td class="n">1</td>' in page
    picture = client.get("/account/test-picture.png")
    assert hashlib.sha256(picture.content).hexdigest() == sample_picture.SHA256
    assert "attachment" in picture["Content-Disposition"]


def test_the_browser_chooses_the_language_and_a_page_is_not_packed(browser: Browser, client: Client) -> None:
    for asked, path in (
        ("fr-CA,fr", "/account/fr/"),
        ("de,en;q=0.5", "/account/en/"),
        ("pl", "/account/en/"),
    ):
        assert client.get("/account/", headers={"Accept-Language": asked})["Location"] == path
    assert "Se déconnecter" in browser.go("/account/fr/")
    for packed in ("gzip", "zstd"):
        page: Any = browser.client.get("/account/en/", headers={"Accept-Encoding": packed})
        assert "Content-Encoding" not in page
    assert page["Cache-Control"] == "no-store"
    assert "<script" not in browser.html
    assert "style=" not in browser.html


def test_while_nothing_is_written_nothing_is_changed(browser: Browser, program: Issued) -> None:
    switches.put(switches.Stop.WRITING, True, OPERATOR, "moving house")
    assert "try again later" in browser.press(path_of(program[0], "rotate"), status=503)
    assert ApiKey.objects.count() == 2
