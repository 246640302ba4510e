"""Interfaces: reports in the documented shape, once even where answers are lost; a site's guard answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.hotline.takedown.conftest import go_round, later, until_hosts_are_told
from tests.hotline.takedown.interfaces import Interface, Reports
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.common import clock
from disrupt.hotline.takedown import queries, tasks
from disrupt.hotline.takedown.channels.base import Outcome
from disrupt.hotline.takedown.channels.prefilled import form_of
from disrupt.hotline.takedown.channels.ways import way
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.posting import sending
from disrupt.hotline.takedown.states import Channel, NoticeState, Step

URL = "https://www.front.example.net/a"
Opened = Callable[..., list[Notice]]


def _entry(**changes: Any) -> dict[str, Any]:
    usual = {
        "pattern": "*.front.example.net", "name": "Cloudflare", "channel": "cloudflare", "address": "",
        "language": "en", "scope": "cdn", "tested": "2026-11-01",
    }  # fmt: skip
    return {**usual, **changes}


def hand_over() -> None:
    """What the checker gives to interfaces in one round, and asks them, failures shown."""
    for duty in tasks.CHECKER_DUTIES[:2]:
        for key in list(duty.due()):
            duty.run(key)


@pytest.fixture
def reports(settings: Any, recipients: Any) -> Iterator[Reports]:
    taken = Reports(now=clock.now)
    with Interface(taken) as interface:
        settings.CLOUDFLARE_URL = f"http://127.0.0.1:{interface.port}/client/v4"
        settings.CLOUDFLARE_ACCOUNT, settings.CLOUDFLARE_TOKEN = "acc-1", taken.token
        settings.REACHABLE = [f"127.0.0.1:{interface.port}"]
        recipients(hosts=[_entry()])
        yield taken


@pytest.fixture
def due(reports: Reports, opened: Opened, postmaster: Postmaster) -> Notice:
    """A notice that is to go through the interface now, with another of its host and one beside it."""
    _police, host = opened(URL)
    opened(URL + "?2")
    opened("https://img.front.example.net/1")
    until_hosts_are_told()
    return host


def state(notice: Notice) -> str:
    return Notice.objects.get(pk=notice.pk).state


def test_a_report_for_the_addresses_of_one_host(due: Notice, reports: Reports) -> None:
    assert not list(queries.due_by_mail()), "mail has nothing to do with it"
    hand_over()
    later(seconds=5)
    hand_over()
    first, second = sorted((r["urls"] for r in reports.taken), key=len, reverse=True)
    assert set(first.split("\n")) == {URL, URL + "?2"}
    assert second == "https://img.front.example.net/1"
    one = reports.taken[0]
    assert (one["act"], one["owner_notification"]) == ("abuse_ncsei", "none")
    assert one["ncsei_subject_representation"] is False
    leader = Notice.objects.get(pk=due.pk)
    leader = leader.within or leader
    assert leader.state == NoticeState.SENT
    assert leader.acknowledged_at is not None
    assert leader.filed_reference in {"r-1", "r-2"}
    assert leader.item.state == "host_notified"
    assert json.loads(bytes(leader.message))["comments"].startswith(leader.reference)


def test_a_lost_answer_is_asked_for_and_not_repeated(due: Notice, reports: Reports) -> None:
    reports.lose = 9
    for _ in range(2):
        hand_over()
        later(seconds=5)
    assert len(reports.taken) == 2
    reports.lose = 0
    waiting = queries.needing_a_person().exclude(step=Step.SEARCH)
    assert not waiting.exists(), "who can be asked is asked first"
    for _ in range(6):
        later(minutes=6)
        hand_over()
    assert len(reports.taken) == 2, "nothing twice"
    assert not Notice.objects.filter(step=Step.HOST).exclude(state=NoticeState.SENT).exists()


def test_what_is_not_there_after_a_while_is_sent_again(due: Notice, reports: Reports) -> None:
    reports.status = 502
    for _ in range(2):
        hand_over()
        later(seconds=5)
    assert reports.taken == []
    reports.status = 200
    hand_over()
    assert reports.taken == [], "it may still be on its way"
    for _ in range(4):
        later(minutes=8)
        hand_over()
    assert len(reports.taken) == 2
    assert not Notice.objects.filter(step=Step.HOST).exclude(state=NoticeState.SENT).exists()


def test_what_nobody_can_find_out_goes_to_a_person_after_a_day(due: Notice, reports: Reports) -> None:
    reports.lose, reports.status = 0, 502
    hand_over()
    reports.token = "another"
    for _ in range(5):
        later(hours=6)
        hand_over()
    found = Notice.objects.filter(state=NoticeState.UNCERTAIN, within=None)
    assert found.exists()
    assert set(found) <= set(queries.needing_a_person())


@pytest.mark.parametrize(("status", "end"), [(429, NoticeState.SCHEDULED), (404, NoticeState.REFUSED)])
def test_other_answers(due: Notice, reports: Reports, status: int, end: NoticeState) -> None:
    reports.status = status
    hand_over()
    assert NoticeState(state(due)) == end


def test_a_token_that_is_not_accepted_is_for_a_person(due: Notice, reports: Reports, settings: Any) -> None:
    settings.CLOUDFLARE_TOKEN = "wrong"
    hand_over()
    assert state(due) == NoticeState.FAILED
    assert reports.taken == []


def test_nobody_there_is_no_doubt(due: Notice, settings: Any) -> None:
    settings.CLOUDFLARE_URL = "http://127.0.0.1:1/client/v4"
    settings.REACHABLE = ["127.0.0.1:1"]
    hand_over()
    assert state(due) == NoticeState.SCHEDULED


def test_a_worker_that_died_before_it_wrote_the_answer_down(due: Notice, reports: Reports) -> None:
    claim = sending._claim(due.pk)
    assert claim is not None
    assert sending._begin_transmission(claim)
    way(Channel.CLOUDFLARE)._call("POST", "abuse_ncsei", claim.message)  # type: ignore[attr-defined]
    later(minutes=16)
    go_round()
    assert state(due) == NoticeState.UNCERTAIN
    hand_over()
    assert state(due) == NoticeState.SENT
    assert way(Channel.EMAIL).reconcile(due).outcome == Outcome.UNKNOWN


def test_minors_have_a_type_of_their_own_and_harassment_none(reports: Reports, opened: Opened) -> None:
    _police, host = opened("https://www.front.example.net/m", category="MIN-CSAM")
    told = json.loads(way(Channel.CLOUDFLARE).prepare(host, compose(host, clock.now()), clock.now()))
    assert (told["act"], told["ncmec_notification"]) == ("abuse_children", "send")
    assert not way(Channel.CLOUDFLARE).takes("HAR-CYB")


def test_a_form_opens_filled_in(recipients: Any, opened: Opened) -> None:
    form = "https://forms.example/report?u={url}&r={reference}"
    recipients(hosts=[_entry(channel="form", name="Front", form=form)])
    _police, host = opened("https://www.front.example.net/é?a=1&b=2")
    assert form_of(host) == (
        "https://forms.example/report?u=https%3A%2F%2Fwww.front.example.net%2F%25C3%25A9%3Fa%3D1%26b%3D2"
        f"&r={host.reference}"
    )
