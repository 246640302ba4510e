"""A line of the registry with several ways, words and a politeness keeps them when it is changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review.changing.test_changing import change

from disrupt.hotline.common import clock
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.recipients import registry
from disrupt.hotline.takedown.states import Channel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
KEY, PLACE = "big.example.net", take_apart("https://big.example.net/1")
FLAGGERS = {
    "kind": "email", "address": "flaggers@big.example.net", "flagger": True, "tested_on": "2026-11-01",
}  # fmt: skip
CHILDREN = {
    "kind": "email", "address": "children@big.example.net", "for_category": ["MIN-CSAM"],
    "tested_on": "2026-11-01", "bulk_max": 5,
}  # fmt: skip
FIRST = {
    "kind": "portal", "url": "https://big.example.net/form", "needs_login": True, "fields": ["post"],
    "name": "Its own name", "tested_on": "2026-11-01", "expires_on": "2027-06-01",
}  # fmt: skip
LINE = {
    "pattern": KEY, "name": "Big", "language": ["xx", "en", "fr"], "scope": "host", "dsa_tier": "platform",
    "channels": [FLAGGERS, FIRST, CHILDREN],
    "gone_signs": ["taken away"], "login_signs": ["/enter"], "notes": "asked in 2026",
    "answer_style": {"receipt": ["we got it"], "removed": ["it is down"]},
    "politeness": {"rps": 4, "concurrency": 2},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _line(settings: Any, tmp_path: Path) -> None:
    settings.RECIPIENTS_FILE = tmp_path / "recipients.json"
    police = {"name": "Police", "channel": "form", "language": "fr"}
    raw = {"version": "own", "notifier": {}, "police": police, "hosts": [LINE]}
    settings.RECIPIENTS_FILE.write_text(json.dumps(raw))


@pytest.fixture
def ada(make_user: MakeUser) -> Client:
    return signed_in(make_user("ada", "administrator"))


def said(**changes: str) -> dict[str, str]:
    """What the page shows of the line, sent back with some of it changed."""
    return {
        "pattern": KEY, "recipient": "Big", "channel": "form", "address": "", "language": "en",
        "form": "https://big.example.net/form", "tier": "platform",
        "tested": clock.now().date().isoformat(), **changes,
    }  # fmt: skip


def test_what_has_no_field_on_the_page_is_as_it_was(ada: Client) -> None:
    before = registry().hosts[0]
    assert before.recipient.name == "Its own name"
    assert change(ada, "host", KEY, **said(recipient="Big Two")) == 302
    (after,) = registry().hosts
    assert after.own
    assert (after.recipient.name, after.recipient.channel) == ("Big Two", Channel.FORM)
    assert after.recipient.form == FIRST["url"]
    assert (after.recipient.needs_login, after.recipient.fields) == (True, ("post",))
    assert [way.address for way in after.ways] == ["", "children@big.example.net"]
    assert after.ways[1].bulk_max == 5
    assert after.ways[1].for_category == {"MIN-CSAM"}
    assert after.recipient.flagger == "flaggers@big.example.net", "a way for flaggers stays one, and no other"
    assert after.recipient.habits == before.recipient.habits
    assert after.recipient.habits.manner is not None
    raw = after.raw
    assert raw["language"] == ["xx", "en", "fr"]
    assert raw["notes"] == "asked in 2026"
    assert raw["channels"][0] == FLAGGERS
    assert raw["channels"][1]["kind"] == "portal"
    assert raw["channels"][2] == CHILDREN


def test_the_way_that_is_shown_is_changed_and_no_other(ada: Client) -> None:
    mail = said(channel="email", address="legal@big.example.net", language="fr")
    assert change(ada, "host", KEY, **mail) == 302
    who = registry().host(PLACE)
    assert (who.channel, who.address, who.form) == (Channel.EMAIL, "legal@big.example.net", FIRST["url"])
    assert who.language == "en", "the first of its languages that there is a text for"
    assert registry().hosts[0].ways[1].address == "children@big.example.net"
    # Changed once more: from the row of the page, not from the file.
    assert (
        change(ada, "host", KEY, **said(channel="guard", address="https://big.example.net", form="")) == 302
    )
    who = registry().host(PLACE)
    assert (who.channel, who.address, who.form) == (Channel.GUARD, "https://big.example.net", "")
    assert registry().hosts[0].raw["channels"][2] == CHILDREN
    assert change(ada, "host", KEY, **said(channel="cloudflare")) == 302
    assert registry().host(PLACE, "NCII-DIF").channel == Channel.CLOUDFLARE
    assert registry().host(PLACE, "HAR-CYB").channel == Channel.FORM
    assert change(ada, "host", KEY, as_it_came="1") == 302
    assert registry().hosts[0].raw == LINE


def test_a_language_that_it_does_not_read_takes_the_place_of_those_it_reads(
    ada: Client, settings: Any
) -> None:
    only = {**LINE, "language": ["fr"]}
    raw = json.loads(settings.RECIPIENTS_FILE.read_text()) | {"hosts": [only]}
    settings.RECIPIENTS_FILE.write_text(json.dumps(raw))
    assert change(ada, "host", KEY, **said(language="en")) == 302
    assert registry().hosts[0].raw["language"] == "en"


def test_a_line_is_read_once_for_each_change(ada: Client) -> None:
    assert change(ada, "host", KEY, **said(recipient="Big Two")) == 302
    first = registry()
    assert registry() is first
    amendments.forget()
    assert registry() is first, "the rows were read anew, and say the same"
    assert change(ada, "host", KEY, **said(recipient="Big Three")) == 302
    assert registry() is not first
    assert registry().host(PLACE).name == "Big Three"
