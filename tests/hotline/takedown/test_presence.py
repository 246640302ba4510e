"""Two looks that agree, half an hour apart, make an address gone, or back; case, notices, looks follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.hotline.common.webhost import WebHost, drip, page
from tests.hotline.takedown.conftest import ALICE, go_round, later, until_hosts_are_told
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.outbound import pace
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.decisions.reading import seen_by_a_person
from disrupt.hotline.takedown import actions, queries
from disrupt.hotline.takedown.checks import looking, schedule
from disrupt.hotline.takedown.checks.crew import Crew
from disrupt.hotline.takedown.models import Check, Notice, Presence, Target
from disrupt.hotline.takedown.states import Decision, NoticeState, Step

LIVE = page("<title>A gallery</title><img src=/1.jpg><p>" + "words " * 300)
DOOR = Door(pace=pace.Pace(between=dt.timedelta()))


@pytest.fixture
def host(settings: Any, recipients: Any) -> Iterator[WebHost]:
    with WebHost(pages={"/view/12": LIVE}) as one:
        settings.REACHABLE = [f"127.0.0.1:{one.port}"]
        recipients(
            hosts=[
                {
                    "pattern": "127.0.0.1", "name": "Host", "channel": "email",
                    "address": "abuse@host.example", "language": "en", "scope": "host",
                    "tested": "2026-11-01",
                }
            ]
        )  # fmt: skip
        yield one


@pytest.fixture
def told(host: WebHost, opened: Callable[..., list[Notice]], postmaster: Postmaster) -> Item:
    """An address whose host was told."""
    police, _ = opened(host.url("/view/12"))
    until_hosts_are_told()
    item: Item = police.item
    seen_by_a_person(item.case)
    item.refresh_from_db()
    assert item.state == ItemState.HOST_NOTIFIED
    return item


def look_when_due(target: Target | None = None) -> Check | None:
    """Move the clock to the next look, and look."""
    target = Target.objects.get()
    assert target.look_at is not None
    later(seconds=max(0.0, (target.look_at - clock.now()).total_seconds() + 1))
    return looking.look(target.pk, DOOR)


def state(item: Item) -> str:
    return Item.objects.get(pk=item.pk).state


def test_it_is_looked_at_soon_after_its_host_was_told(told: Item) -> None:
    target = Target.objects.get()
    assert target.anchor_at is not None
    assert target.look_at is not None
    assert dt.timedelta(minutes=50) < target.look_at - target.anchor_at < dt.timedelta(minutes=70)
    assert looking.look(target.pk, DOOR) is None, "not due yet"
    gaps = []
    for _ in range(5):
        look_when_due()
        target.refresh_from_db()
        gaps.append((target.look_at - target.anchor_at) / dt.timedelta(hours=1))
    for gap, hours in zip(gaps, (6, 24, 48, 168, 336), strict=True):
        assert hours * 0.89 < gap < hours * 1.11
    assert (target.presence, state(told)) == (Presence.LIVE, ItemState.HOST_NOTIFIED)


def test_gone_takes_two_looks_half_an_hour_apart(told: Item, host: WebHost) -> None:
    host.pages["/view/12"] = page("", "404 Not Found")
    first = look_when_due()
    assert state(told) == ItemState.HOST_NOTIFIED, "one look is not enough"
    second = look_when_due()
    assert first is not None
    assert second is not None
    assert second.at - first.at >= schedule.APART
    assert state(told) == ItemState.REMOVED
    case = Case.objects.get(pk=told.case_id)
    assert case.closed_at is not None, "the case ends, and its time to erasure begins"
    assert case.purge_at == case.closed_at + dt.timedelta(days=14)
    assert case.ledger.get(kind="item.removed").data["sign"] == "status_404"
    ledger.verify(case)


def test_two_looks_within_minutes_are_one(told: Item, host: WebHost) -> None:
    host.pages["/view/12"] = page("", "404 Not Found")
    look_when_due()
    for _ in range(3):
        actions.look_now(Notice.objects.filter(step=Step.HOST).get(), ALICE)
        assert looking.look(Target.objects.get().pk, DOOR) is not None
    assert (Check.objects.count(), state(told)) == (4, ItemState.HOST_NOTIFIED)


def test_a_host_that_flaps_is_not_gone(told: Item, host: WebHost) -> None:
    for script in (page("", "404 Not Found"), LIVE, page("", "410 Gone"), LIVE, page("", "404 Not Found")):
        host.pages["/view/12"] = script
        look_when_due()
        assert state(told) == ItemState.HOST_NOTIFIED


@pytest.mark.parametrize(
    "script",
    [
        page("", "403 Forbidden"),
        page("", "451 Unavailable"),
        page("<title>Just a moment...</title>", "503 Later"),
        page("", "500 Sorry"),
        drip(b"", b""),
    ],
)
def test_what_cannot_be_seen_is_never_gone(told: Item, host: WebHost, script: Any) -> None:
    host.pages["/view/12"] = page("", "404 Not Found")
    look_when_due()
    host.pages["/view/12"] = script
    quick = Door(pace=DOOR.pace, limits=looking.Door().limits.__class__(seconds=1.0))
    target = Target.objects.get()
    for _ in range(3):
        later(seconds=max(0.0, (target.look_at - clock.now()).total_seconds() + 1))  # type: ignore[operator]
        looking.look(target.pk, quick)
        target.refresh_from_db()
    assert (state(told), target.presence) == (ItemState.HOST_NOTIFIED, Presence.UNKNOWN)
    assert target.failing_since is not None
    host_notice = Notice.objects.get(step=Step.HOST)
    assert host_notice not in queries.needing_a_person()
    later(days=8)
    assert host_notice in queries.needing_a_person()


def test_it_came_back(told: Item, host: WebHost, postmaster: Postmaster) -> None:
    host.pages["/view/12"] = page("", "404 Not Found")
    look_when_due()
    look_when_due()
    assert state(told) == ItemState.REMOVED
    host.pages["/view/12"] = LIVE
    look_when_due()
    assert state(told) == ItemState.REMOVED
    look_when_due()
    assert state(told) == ItemState.BACK_ONLINE
    case = Case.objects.get(pk=told.case_id)
    assert (case.closed_at, case.purge_at) == (None, None), "the case is open again"
    before = len(postmaster.mails)
    until_hosts_are_told()
    _police, again = postmaster.mails[before:]
    assert again.recipients == ["abuse@host.example"]
    assert "It was seen gone on" in " ".join(again.text.split())
    assert {n.round for n in Notice.objects.filter(state=NoticeState.SENT)} == {1, 2}
    assert state(told) == ItemState.HOST_NOTIFIED
    host.pages["/view/12"] = page("", "404 Not Found")
    look_when_due()
    look_when_due()
    assert state(told) == ItemState.REMOVED
    ledger.verify(case)


def test_gone_before_the_host_was_told_again(told: Item, host: WebHost, postmaster: Postmaster) -> None:
    for script in (page("", "404 Not Found"), LIVE, page("", "404 Not Found")):
        host.pages["/view/12"] = script
        look_when_due()
        look_when_due()
    go_round()
    later(hours=7)
    go_round()
    # The police know of the second round; the host is not asked for what is gone.
    assert len(postmaster.to("abuse@host.example")) == 1
    assert Notice.objects.get(step=Step.HOST, round=2).state == NoticeState.CANCELLED


def test_what_the_host_says_is_looked_at_not_believed(told: Item, host: WebHost) -> None:
    look_when_due()
    actions.record_decision(Notice.objects.get(step=Step.HOST), Decision.REMOVED, ALICE)
    assert looking.look(Target.objects.get().pk, DOOR) is not None
    assert state(told) == ItemState.HOST_NOTIFIED


def test_nothing_of_the_page_is_kept(told: Item, host: WebHost) -> None:
    host.pages["/view/12"] = page("<title>canary-title</title><p>canary-word " + "words " * 200)
    check = look_when_due()
    assert check is not None
    assert "canary" not in str(vars(check))
    assert (check.status, check.reached, check.size > 100, len(check.landed)) == (200, "127.0.0.1", True, 64)


@pytest.mark.django_db(transaction=True)
def test_a_site_that_was_just_called_on_is_not_tried_again_at_once(settings: Any) -> None:
    with WebHost(address="127.0.0.7") as host:
        settings.REACHABLE = [f"127.0.0.7:{host.port}"]
        now = clock.now()
        for n in range(3):
            known = {"url": host.url(f"/{n}"), "host": "127.0.0.7", "site": "127.0.0.7"}
            Target.objects.create(digest=f"{n:064}", created_at=now, anchor_at=now, look_at=now, **known)
        crew = Crew(4, rest=3600.0)
        assert crew.begin_what_is_due() == 1
        limit = clock.now() + dt.timedelta(seconds=60)
        while crew.busy:
            assert clock.now() < limit
        assert Check.objects.count() == 1
        assert crew.begin_what_is_due() == 0
        assert Target.objects.filter(look_at=now).count() == 2, "nobody has claimed them, or put them off"
        crew.leave()


@pytest.mark.django_db(transaction=True)
def test_slow_sites_do_not_hold_the_quick_ones(settings: Any) -> None:
    with WebHost(address="127.0.0.9") as quick, WebHost(address="127.0.0.8") as slow:
        settings.REACHABLE = [f"127.0.0.9:{quick.port}", f"127.0.0.8:{slow.port}"]
        slow.silent = drip(b"", b"")
        for n, url in enumerate((*(slow.url(f"/{n}") for n in range(20)), quick.url("/1"))):
            site = "127.0.0.8" if n < 20 else "127.0.0.9"
            now = clock.now()
            Target.objects.create(
                digest=f"{n:064}", url=url, host=site, site=site, created_at=now, anchor_at=now, look_at=now
            )
        crew = Crew(4)
        assert crew.begin_what_is_due() == 2, "one look at a time for each site"
        limit = dt.timedelta(seconds=8)
        began = clock.now()
        while not Check.objects.filter(target__site="127.0.0.9").exists():
            assert clock.now() - began < limit
        assert Check.objects.get().status == 404
        slow.silent = page("", "404 Not Found")
        crew.leave()
