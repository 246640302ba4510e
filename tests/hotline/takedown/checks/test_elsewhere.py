"""A second way out agrees before anything is gone; what is blocked here only is still there."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from tests.hotline.common.proxy import GOES_OUT_AS, Proxy
from tests.hotline.common.webhost import Script, WebHost, page

from disrupt.hotline.common import clock
from disrupt.hotline.common.models import Visited
from disrupt.hotline.common.outbound import errors, pace
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.common.outbound.egress import BadEgress, Egress, read_egress
from disrupt.hotline.takedown.checks import elsewhere, looking
from disrupt.hotline.takedown.models import Check, Seen, Target
from disrupt.hotline.takedown.system_checks import recipients_are_usable

DOOR = Door(pace=pace.Pace(between=dt.timedelta()))
LIVE = page("<title>A gallery</title><img src=/1.jpg><p>" + "words " * 300)
GONE, BLOCKED, WALL, SORRY = (page("", s) for s in ("404 No", "451 Law", "403 No", "500 Sorry"))


def by_caller(here: Script, there: Script) -> Script:
    """Another answer for whoever comes through the proxy."""

    def answer(client: socket.socket) -> None:
        (there if client.getpeername()[0] == GOES_OUT_AS else here)(client)

    return answer


@pytest.fixture
def host(settings: Any, db: None) -> Iterator[WebHost]:
    with WebHost() as one:
        settings.REACHABLE = [f"127.0.0.1:{one.port}"]
        yield one


@pytest.fixture
def proxy(settings: Any) -> Iterator[Proxy]:
    with Proxy() as one:
        settings.SECOND_EGRESS = one.url("socks5")
        yield one


def look(host: WebHost, script: Script) -> Check:
    host.pages["/view"] = script
    now = clock.now()
    fields = {"host": "127.0.0.1", "site": "127.0.0.1", "created_at": now, "anchor_at": now, "look_at": now}
    target, _made = Target.objects.update_or_create(
        digest="1", defaults={"url": host.url("/view"), **fields, "read_at": None}
    )
    check = looking.look(target.pk, DOOR)
    assert check is not None
    return check


@pytest.mark.parametrize(
    ("here", "there", "seen", "sign"),
    [
        (GONE, GONE, Seen.GONE, "status_404"),
        (GONE, LIVE, Seen.LIVE, elsewhere.THERE),
        (GONE, BLOCKED, Seen.UNKNOWN, elsewhere.UNCLEAR),
        (GONE, SORRY, Seen.UNKNOWN, elsewhere.UNCLEAR),
        (BLOCKED, LIVE, Seen.LIVE, elsewhere.THERE),
        (BLOCKED, GONE, Seen.GONE, "status_404"),
        (BLOCKED, BLOCKED, Seen.GEO, "status_451"),
        (WALL, LIVE, Seen.LIVE, elsewhere.THERE),
        (WALL, GONE, Seen.LOGIN, "status_403"),
        (LIVE, GONE, Seen.LIVE, "page"),
    ],
)
def test_what_both_ways_out_say(
    host: WebHost, proxy: Proxy, here: Script, there: Script, seen: Seen, sign: str
) -> None:
    check = look(host, by_caller(here, there))
    assert (check.seen, check.sign) == (seen, sign)
    assert bool(proxy.asked) == (here is not LIVE), "what is seen here needs no other eyes"
    assert set(proxy.asked) <= {f"127.0.0.1:{host.port}"}, "the address that was checked, no name"


@pytest.mark.parametrize("scheme", ["socks5", "http"])
@pytest.mark.parametrize(("who", "seen"), [("u:p%40ss", Seen.LIVE), ("", Seen.UNKNOWN)])
def test_a_proxy_that_asks_who_it_is(
    host: WebHost, proxy: Proxy, settings: Any, scheme: str, who: str, seen: Seen
) -> None:
    proxy.user, proxy.password = "u", "p@ss"
    settings.SECOND_EGRESS = proxy.url(scheme, who)
    assert look(host, by_caller(GONE, LIVE)).seen == seen


def test_without_its_word_nothing_is_gone_and_no_site_is_blamed(host: WebHost, settings: Any) -> None:
    with Proxy() as away:
        pass
    settings.SECOND_EGRESS = away.url("http")
    check = look(host, GONE)
    assert (check.seen, check.sign) == (Seen.UNKNOWN, elsewhere.SILENT)
    assert look(host, BLOCKED).seen == Seen.GEO
    assert not Visited.objects.filter(failures__gt=0).exists()


def test_a_proxy_opens_no_way_behind_our_walls(host: WebHost, proxy: Proxy, settings: Any) -> None:
    settings.REACHABLE = []
    far = Door(pace=DOOR.pace, egress=read_egress(settings.SECOND_EGRESS))
    with pytest.raises(errors.Forbidden):
        far.get(host.url("/view"))
    assert proxy.asked == []


def test_without_one_nothing_changes(host: WebHost) -> None:
    assert look(host, by_caller(GONE, LIVE)).seen == Seen.GONE


def test_what_names_no_proxy_does_not_start(settings: Any) -> None:
    assert read_egress("socks5://[2001:db8::1]") == Egress("socks5", "2001:db8::1", 1080)
    for wrong in ("ftp://x", "socks5://", "http://x:port", "x"):
        with pytest.raises(BadEgress):
            read_egress(wrong)
        settings.SECOND_EGRESS = wrong
        assert [one.id for one in recipients_are_usable(None)] == ["takedown.E004"]
