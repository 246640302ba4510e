"""Which addresses are called, what an administrator does with webhooks, and what a reader takes."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.conf import settings
from nacl.signing import SigningKey
from tests.hotline.exchange.account.conftest import Browser
from tests.hotline.exchange.conftest import FilledBank
from tests.hotline.exchange.hooks.conftest import told_by
from tests.hotline.exchange.hooks.receiver import Receiver

from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.common.outbound.errors import TooSlow
from disrupt.hotline.exchange.hooks import sending, services
from disrupt.hotline.exchange.hooks.models import Hook, HookMessage
from disrupt.hotline.exchange.hooks.services import make
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.services import create_partner, set_active
from disrupt.protocol.hooks.signed import BadHook, read, written_key
from disrupt.protocol.public_addresses import read as read_address


@pytest.mark.parametrize(
    "url",
    ["http://platform.example/", "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "https://localhost/",
     "https://platform.example:8443/", "https://me:secret@platform.example/", "ftp://platform.example/", "x",
     "https://platform.example/" + "x" * 500, "https://platform.example/#a"],
)  # fmt: skip
def test_what_is_no_public_address_is_refused_on_the_page(browser: Browser, url: str) -> None:
    said = browser.press("/account/en/webhooks/", url=url, events=["list.news"], status=422)
    assert "leads to the public network" in said
    assert not Hook.objects.exists()


def test_a_name_that_leads_inside_is_not_called(partner: Partner, settings: Any) -> None:
    settings.REACHABLE = []
    hook = make(partner, "https://inside.example/", ["list.news"])
    services.send_test(partner, hook.pk)
    inside = dataclasses.replace(sending.door(), resolve=lambda *_: [read_address("10.0.0.7")])
    (message,) = sending.due()
    sending.deliver(message, inside)
    hook.refresh_from_db()
    assert (hook.problem, hook.failures) == ("forbidden", 1)


def test_a_receiver_that_says_nothing_is_given_up_after_ten_seconds(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sending.door().limits.seconds == 10
    services.send_test(hook.partner, hook.pk)

    def slow(*_: Any, **__: Any) -> Any:
        raise TooSlow("It took too long in all.")

    monkeypatch.setattr(Door, "call", slow)
    (message,) = sending.due()
    sending.deliver(message)
    hook.refresh_from_db()
    assert hook.problem == "slow"


def test_nothing_is_sent_to_who_is_suspended(
    hook: Hook, receiver: Receiver, bank: FilledBank, work: Any
) -> None:
    set_active(hook.partner, False, OPERATOR)
    bank.add("one")
    work()
    assert receiver.came == []


def test_it_is_made_tried_and_removed_on_the_page(
    browser: Browser, receiver: Receiver, work: Any, partner: Partner
) -> None:
    assert "The key will stand here" in browser.html
    assert "Choose at least one" in browser.press("/account/en/webhooks/", url=receiver.url, status=422)
    page = browser.press("/account/en/webhooks/", url=receiver.url, events=["list.news"])
    assert "The webhook is made" in page
    hook = Hook.objects.get()
    browser.press(f"/account/en/webhooks/{hook.pk}/test/")
    browser.press(f"/account/en/webhooks/{hook.pk}/test/")
    work()
    assert [one.type for one in told_by(receiver)] == ["hook.test"]
    assert written_key(bytes(keys.hook_keys()[0].verify_key)) in browser.go().replace("&#x2B;", "+")
    for what in ("test", "go-on", "remove"):
        browser.press(f"/account/en/webhooks/{create_partner(what, OPERATOR).pk}/{what}/", status=404)
        browser.go()
    assert "The webhook is removed" in browser.press(f"/account/en/webhooks/{hook.pk}/remove/")
    assert not HookMessage.objects.exists()
    for _ in range(services.MOST):
        make(partner, receiver.url, ["list.news"])
    assert "remove one first" in browser.press(
        "/account/en/webhooks/", url=receiver.url, events=["list.news"], status=422
    )


def test_a_reader_takes_nothing_that_is_forged_old_or_changed(hook: Hook, receiver: Receiver) -> None:
    services.send_test(hook.partner, hook.pk)
    (message,) = sending.due()
    sending.deliver(message)
    ((headers, body),) = receiver.came
    public, now = [written_key(bytes(keys.hook_keys()[0].verify_key))], clock.now().timestamp()
    stranger = written_key(bytes(SigningKey.generate().verify_key))
    assert (
        read({k.title(): v for k, v in headers.items()}, body, [stranger, *public], now).type == "hook.test"
    )
    bad = [
        (headers, body + b" ", public, now),
        (headers, body, [stranger], now),
        (headers, body, [], now),
        (headers, body, ["whpk_?"], now),
        (headers, body, public, now + 301),
        (headers | {"webhook-id": "other"}, body, public, now),
        (headers | {"webhook-timestamp": "x"}, body, public, now),
        (headers | {"webhook-signature": "v1,abc v1a"}, body, public, now),
        ({}, body, public, now),
    ]
    for given in bad:
        with pytest.raises(BadHook):
            read(*given)


def test_while_a_key_is_replaced_both_sign(hook: Hook, receiver: Receiver) -> None:
    new = SigningKey.generate()
    path = settings.KEYS_FOLDER / "worker" / "hooks-new.key"
    keys.hook_keys()
    path.write_bytes(bytes(new))
    try:
        services.send_test(hook.partner, hook.pk)
        (message,) = sending.due()
        sending.deliver(message)
        headers, body = receiver.came[0]
        for key in keys.hook_keys():
            read(headers, body, [written_key(bytes(key.verify_key))], clock.now().timestamp())
        sending.tell_keys()
        assert list(sending.untold_keys()) == []
    finally:
        path.unlink()
    assert list(sending.untold_keys()) == ["keys"]
