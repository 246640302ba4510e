"""A line of the registry: its ways in order, languages, how its service answers, speaks, is called on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.hotline.common.webhost import WebHost, page, redirect
from tests.hotline.people import MakeUser
from tests.hotline.people import make_user as make_user
from tests.hotline.takedown import test_presence
from tests.hotline.takedown.conftest import HOST_ADDRESS, go_round, later, told_host
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_presence import look_when_due

from disrupt.hotline.cases.models import Item
from disrupt.hotline.common import clock
from disrupt.hotline.common.outbound import errors, pace
from disrupt.hotline.takedown.answers.reading import bounced, take
from disrupt.hotline.takedown.checks import habits
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import AnswerKind, Notice, Seen, Target
from disrupt.hotline.takedown.recipients import BadRegistry, parse, registry
from disrupt.hotline.takedown.states import Channel, NoticeState, Step

Opened = Callable[..., list[Notice]]
CHILDREN, SECOND, FORM = "children@images.example.net", "second@images.example.net", "https://i.example/form"
LINE = {
    "pattern": "*.images.example.net", "name": "I", "language": ["xx", "en"], "scope": "host",
    "dsa_tier": "platform",
    "channels": [
        {
            "kind": "email", "address": CHILDREN, "for_category": ["MIN-CSAM", "MIN-SOL"],
            "tested_on": "2026-11-01", "bulk_max": 5,
        },
        {"kind": "email", "address": HOST_ADDRESS, "tested_on": "2026-10-01", "bulk_max": 7},
        {"kind": "email", "address": SECOND, "tested_on": "2026-11-01"},
        {
            "kind": "portal", "url": FORM, "flagger": True, "needs_login": True, "fields": ["address", "law"],
            "tested_on": "2026-11-01", "expires_on": "2027-06-01",
        },
    ],
}  # fmt: skip
PLACE = take_apart("https://www.images.example.net/1")


def test_each_category_goes_its_way(recipients: Any, opened: Opened) -> None:
    recipients(hosts=[LINE])
    assert [one.address for one in opened()][1] == HOST_ADDRESS
    assert [one.address for one in opened(category="MIN-CSAM")][1] == CHILDREN
    known = registry()
    found = {address: known.way_to(PLACE, address) for address in (CHILDREN, HOST_ADDRESS, "x@y.example")}
    assert {address: way and way.bulk_max for address, way in found.items()} == {
        CHILDREN: 5, HOST_ADDRESS: 7, "x@y.example": None,
    }  # fmt: skip
    assert known.host(PLACE).language == "en", "the first of its languages that there is a text for"
    assert (known.hosts[0].tested, known.hosts[0].expires) == (dt.date(2026, 10, 1), dt.date(2027, 3, 30))


def test_when_mail_comes_back_the_next_way_is_told(
    recipients: Any, opened: Opened, postmaster: Postmaster
) -> None:
    recipients(hosts=[LINE])
    bounced(told_host(opened), "5.1.1")
    go_round()
    assert len(postmaster.to(SECOND)) == 1
    assert postmaster.to(CHILDREN) == []


def test_a_way_for_trusted_flaggers_that_is_a_form_is_a_persons(
    recipients: Any, opened: Opened, postmaster: Postmaster, make_user: MakeUser, client: Client
) -> None:
    recipients(hosts=[LINE])
    told_host(opened)
    notice = Notice.objects.get(step=Step.FLAGGER)
    assert (notice.state, notice.channel, notice.address) == (NoticeState.TASK, Channel.FORM, "")
    client.force_login(make_user("alice"))
    shown = client.get(reverse("takedown:notice", args=[notice.pk])).content.decode()
    assert FORM in shown


def test_what_a_form_asks_stands_beside_it(
    recipients: Any, opened: Opened, make_user: MakeUser, client: Client
) -> None:
    way = {
        "kind": "form", "url": FORM, "needs_login": True, "fields": ["address", "law"],
        "tested_on": "2026-11-01",
    }  # fmt: skip
    recipients(hosts=[{**LINE, "channels": [way]}])
    _police, host = opened()
    assert host.state == NoticeState.TASK
    client.force_login(make_user("alice"))
    shown = client.get(reverse("takedown:notice", args=[host.pk])).content.decode()
    assert "address, law" in shown
    assert FORM in shown


@pytest.mark.parametrize(
    "changes",
    [
        {"channels": [{"kind": "pigeon", "tested_on": "2026-11-01"}]},
        {"channels": [{"kind": "email", "address": "x", "tested_on": "2026-11-01"}]},
        {"channels": [{"kind": "email", "address": HOST_ADDRESS}]},
        {"channels": [{"kind": "form", "url": FORM, "flagger": True, "tested_on": "2026-11-01"}]},
        {"language": ["xx"]},
        {"gone_signs": "removed"},
        {"answer_style": {"removed": [""]}},
        {"politeness": {"rps": 0}},
        {"politeness": {"concurrency": 1000}},
    ],
)
def test_a_line_that_cannot_be_used_is_refused(changes: dict[str, Any]) -> None:
    police = {"name": "P", "channel": "form", "language": "fr"}
    raw = {"version": "1", "notifier": {}, "police": police, "hosts": [LINE]}
    assert parse(raw, "").hosts
    with pytest.raises(BadRegistry):
        parse({**raw, "hosts": [{**LINE, **changes}]}, "")


HERE = {
    "pattern": "127.0.0.1", "name": "Host", "channel": "email", "address": "abuse@host.example",
    "language": "en", "scope": "host", "tested_on": "2026-11-01",
    "gone_signs": ["Taken away by us"], "login_signs": ["Members only", "/enter"],
    "answer_style": {"receipt": ["we got your letter"], "removed": ["we took it down"]},
    "politeness": {"rps": 10, "concurrency": 2},
}  # fmt: skip
host, told = test_presence.host, test_presence.told


def mail_to(notice: Notice, said: str) -> bytes:
    """What a recipient writes back."""
    head = "From: desk@host.example\nSubject: Re: your letter\nMessage-ID: <1@host.example>\n"
    return f"{head}In-Reply-To: {notice.message_id}\nContent-Type: text/plain\n\n{said}\n".encode()


LONG = "<title>A gallery</title><img src=/1.jpg><p>" + "words " * 400


@pytest.mark.parametrize(
    ("script", "seen"),
    [
        (page(LONG + "It was taken away by us. " + "words " * 400), Seen.SOFT_404),
        (page(LONG + "taken away by used-car dealers"), Seen.LIVE),
        (page(LONG + "Members only"), Seen.LOGIN),
        (redirect("/enter/now"), Seen.LOGIN),
    ],
)
def test_a_site_speaks_its_own_words(
    told: Item, host: WebHost, recipients: Any, script: Any, seen: Seen
) -> None:
    recipients(hosts=[HERE])
    host.pages |= {"/view/12": script, "/enter/now": page("<title>Hello</title>")}
    check = look_when_due()
    assert check is not None
    assert check.seen == seen


@pytest.mark.parametrize(
    ("said", "kind", "received", "looks"),
    [
        ("We got your letter.", AnswerKind.RECEIPT, True, False),
        ("We took it down.", AnswerKind.REPLY, False, True),
        ("We got your letter. We took it down.", AnswerKind.REPLY, True, True),
        ("What do you want?", AnswerKind.REPLY, False, False),
    ],
)
def test_a_host_answers_in_its_own_words(
    told: Item, recipients: Any, said: str, kind: AnswerKind, received: bool, looks: bool
) -> None:
    recipients(hosts=[HERE])
    notice = Notice.objects.get(step=Step.HOST)
    later(minutes=1)
    answer = take(mail_to(notice, said))
    notice.refresh_from_db()
    target = Target.objects.get()
    assert target.look_at is not None
    assert (answer.kind, notice.acknowledged_at is not None) == (kind, received)
    assert (target.look_at <= clock.now()) == looks
    assert notice.decision == "", "what they say is not believed"


def test_a_site_is_called_on_as_was_agreed(host: WebHost, recipients: Any, db: None) -> None:
    usual = habits.manner_of("127.0.0.1")
    assert usual is None
    recipients(hosts=[HERE])
    agreed = habits.manner_of("127.0.0.1")
    assert agreed == pace.Manner(dt.timedelta(seconds=0.2), 2)
    assert habits.manner_of("other.example") is None
    slow = pace.Manner(dt.timedelta(hours=1))
    with pace.Pace().turn("site:x", manner=slow):
        pass
    later(minutes=59)
    with pytest.raises(errors.Busy), pace.Pace().turn("site:x", manner=slow):
        pass
    later(minutes=2)
    with pace.Pace().turn("site:x", manner=slow):
        pass
