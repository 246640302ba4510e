"""Stopping everything, or one site, at once; and no more messages to a mail domain in an hour than agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from tests.hotline.takedown.conftest import ALICE, HOST_ADDRESS, PHAROS_ADDRESS, go_round, later
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_pages import alice as alice

from disrupt.hotline.common import clock
from disrupt.hotline.takedown import actions, queries
from disrupt.hotline.takedown.models import Halt, Notice
from disrupt.hotline.takedown.planning import halts
from disrupt.hotline.takedown.posting import pacing, sending
from disrupt.hotline.takedown.states import NoticeState, Step

Opened = Callable[..., list[Notice]]


def test_the_stop_of_everything_holds_all_back_until_it_is_lifted(
    opened: Opened, postmaster: Postmaster
) -> None:
    opened()
    halt = halts.stop("", ALICE, "A wrong file of recipients.")
    go_round()
    later(hours=30)
    go_round()
    assert postmaster.mails == []
    halts.lift(halt, ALICE)
    go_round()
    assert len(postmaster.to(PHAROS_ADDRESS)) == 1
    later(hours=7)
    go_round()
    go_round()
    assert [len(postmaster.to(to)) for to in (PHAROS_ADDRESS, HOST_ADDRESS)] == [1, 1]


def test_the_stop_of_a_site_is_for_that_site_and_not_for_the_police(
    opened: Opened, postmaster: Postmaster
) -> None:
    opened()
    opened("https://forum.example.org/1")
    first = halts.stop("https://WWW.images.example.net/x", ALICE, "They asked for a call first.")
    assert first == halts.stop("example.net", ALICE, "Again."), "one stop a site"
    go_round()
    later(hours=7)
    go_round()
    assert len(postmaster.to(PHAROS_ADDRESS)) == 2
    assert (postmaster.to(HOST_ADDRESS), len(postmaster.to("moderation@forum.example.org"))) == ([], 1)
    assert list(queries.due_by_mail()) == []


def test_a_stop_comes_in_time_right_before_data(opened: Opened) -> None:
    police, _host = opened()
    claim = sending._claim(police.pk)
    assert claim is not None
    halt = halts.stop("", ALICE, "Now.")
    assert not sending._begin_transmission(claim)
    police.refresh_from_db()
    assert (police.state, police.claim) == (NoticeState.SCHEDULED, "")
    assert sending._claim(police.pk) is None
    halts.lift(halt, ALICE)
    assert sending._claim(police.pk) is not None


@pytest.mark.parametrize(("site", "reason"), [("", " "), ("https://[", "x"), ("a b", "")])
def test_what_is_no_stop(db: None, site: str, reason: str) -> None:
    with pytest.raises(actions.NotPossible):
        halts.stop(site, ALICE, reason)
    assert not Halt.objects.exists()


def test_a_mail_domain_is_sent_so_many_in_an_hour(
    opened: Opened, recipients: Any, postmaster: Postmaster
) -> None:
    recipients(
        hosts=[
            {
                "pattern": f"*.{name}.org", "name": name, "channel": "email", "language": "en",
                "address": f"{name}@desk.example", "scope": "host", "tested": "2026-11-01",
                "bulk_max": 1, "per_hour": 3,
            }
            for name in ("one", "two")
        ]
    )  # fmt: skip
    for number in range(4):
        for name in ("one", "two"):
            opened(f"https://{name}.org/{number}")
    go_round()
    later(hours=6, minutes=1)
    counts = []
    for _ in range(4):
        go_round()
        go_round()
        counts.append(len([m for m in postmaster.mails if m.recipients[0].endswith("@desk.example")]))
        later(minutes=61)
    assert counts == [3, 6, 8, 8]
    assert not Notice.objects.filter(step=Step.HOST).exclude(state=NoticeState.SENT).exists()


def test_the_page(alice: Client, opened: Opened) -> None:
    police, _host = opened()
    url = reverse("takedown:stops")
    assert "Nothing is stopped." in alice.get(url).content.decode()
    assert alice.post(url, {"site": "x", "reason": ""}).status_code == 422
    assert alice.post(url, {"site": "https://[", "reason": "x"}).status_code == 422
    alice.post(url, {"site": "images.example.net", "reason": "A call first."})
    alice.post(url, {"site": "", "reason": "A wrong file."})
    text = alice.get(url).content.decode()
    assert "example.net" in text
    assert "A wrong file." in text
    assert "All notices are stopped." in alice.get(reverse("takedown:list")).content.decode()
    assert "It is stopped:" in alice.get(reverse("takedown:notice", args=[police.pk])).content.decode()
    everything, site = Halt.objects.get(site=""), Halt.objects.exclude(site="").get()
    assert alice.post(reverse("takedown:lift", args=[everything.pk])).status_code == 403, "a lead lifts it"
    assert alice.post(reverse("takedown:lift", args=[site.pk])).status_code == 302
    User.objects.get(username="alice").groups.add(Group.objects.get_or_create(name="lead")[0])
    assert alice.post(reverse("takedown:lift", args=[everything.pk])).status_code == 302
    assert list(halts.in_force()) == []
    assert "Arrêts" in alice.get(url, headers={"accept-language": "fr"}).content.decode()


def test_the_time_until_there_is_room_is_an_hour_after_the_oldest(opened: Opened, recipients: Any) -> None:
    now = clock.now()
    _police, host = opened()
    for minutes in range(20):
        _p, other = opened(f"https://www.images.example.net/{minutes}")
        Notice.objects.filter(pk=other.pk).update(transmitting_at=now - dt.timedelta(minutes=50 - minutes))
    assert pacing.not_before(host, now) == now + dt.timedelta(minutes=10)
    Notice.objects.filter(transmitting_at=now - dt.timedelta(minutes=50)).update(transmitting_at=None)
    assert pacing.not_before(host, now) is None
