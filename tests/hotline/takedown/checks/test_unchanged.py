"""A page that has not changed is not sent again; all of it is read once a week, and when somebody says so."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest
from tests.hotline.common.webhost import Script, WebHost, page
from tests.hotline.takedown import test_presence
from tests.hotline.takedown.conftest import ALICE, later
from tests.hotline.takedown.test_presence import DOOR, look_when_due

from disrupt.hotline.cases.models import Item
from disrupt.hotline.common import clock
from disrupt.hotline.takedown import actions, targets
from disrupt.hotline.takedown.checks import looking, unchanged
from disrupt.hotline.takedown.models import Check, Notice, Presence, Seen, Target
from disrupt.hotline.takedown.states import Decision, Step

host, told = test_presence.host, test_presence.told
TAG, DATE = '"v1"', "Mon, 02 Nov 2026 10:00:00 GMT"


def with_tag(host: WebHost, script: Script) -> Script:
    """The page with its tag; 304 for who knows it."""

    def answer(client: socket.socket) -> None:
        head = host.heads[-1]
        if f"If-None-Match: {TAG}" in head or f"If-Modified-Since: {DATE}" in head:
            client.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        else:
            script(client)

    return answer


@pytest.mark.parametrize("headers", [{"ETag": TAG}, {"Last_Modified": DATE}])
def test_what_has_not_changed_is_still_there(told: Item, host: WebHost, headers: dict[str, str]) -> None:
    words = "<title>A gallery</title><img src=/1.jpg><p>" + "words " * 300
    host.pages["/view/12"] = with_tag(host, page(words, **headers))
    signs = [check.sign for _ in range(4) if (check := look_when_due())]
    assert signs == ["page", "unchanged", "unchanged", "unchanged"]
    assert Target.objects.get().presence == Presence.LIVE
    last = Check.objects.order_by("at").last()
    assert last
    assert (last.seen, last.status, last.size) == (Seen.LIVE, 304, 0)


def test_once_a_week_all_of_it_is_read(told: Item, host: WebHost) -> None:
    host.pages["/view/12"] = with_tag(host, page("<title>A</title><img src=/1.jpg>" + "w " * 900, ETag=TAG))
    assert look_when_due().sign == "page"  # type: ignore[union-attr]
    later(days=6, hours=23)
    assert looking.look(Target.objects.get().pk, DOOR).sign == "unchanged"  # type: ignore[union-attr]
    later(days=8)
    Target.objects.update(look_at=clock.now())
    assert looking.look(Target.objects.get().pk, DOOR).sign == "page"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "ask",
    [
        lambda notice: actions.record_decision(notice, Decision.REMOVED, ALICE),
        lambda notice: actions.look_now(notice, ALICE),
    ],
)
def test_who_says_that_it_is_removed_has_all_of_it_read(
    told: Item, host: WebHost, ask: Callable[[Notice], object]
) -> None:
    host.pages["/view/12"] = with_tag(host, page("<title>A</title><img src=/1.jpg>" + "w " * 900, ETag=TAG))
    look_when_due()
    ask(Notice.objects.get(step=Step.HOST))
    check = looking.look(Target.objects.get().pk, DOOR)
    assert check is not None
    assert check.sign == "page"


def test_an_unasked_304_says_nothing(told: Item, host: WebHost) -> None:
    host.pages["/view/12"] = page("", "304 Not Modified")
    assert look_when_due().seen == Seen.UNKNOWN  # type: ignore[union-attr]


def test_what_is_gone_is_never_asked_for_by_its_tag(told: Item, host: WebHost) -> None:
    host.pages["/view/12"] = page("<title>Page not found</title>", ETag=TAG)
    look_when_due()
    look_when_due()
    assert not any("If-None-Match" in head for head in host.heads)
    assert Target.objects.get().etag == ""


@pytest.mark.parametrize("tag", ['"a b"', "v1", '"' + "x" * 200 + '"', '"\xff"'])
def test_a_tag_that_is_none_is_not_kept(told: Item, host: WebHost, tag: str) -> None:
    def answer(client: socket.socket) -> None:
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: " + tag.encode("latin-1"))
        client.sendall(b"\r\nLast-Modified: yesterday\r\n\r\n<title>A</title>" + b"words " * 300)

    host.pages["/view/12"] = answer
    assert look_when_due().seen == Seen.LIVE  # type: ignore[union-attr]
    target = Target.objects.get()
    assert (target.etag, target.modified) == ("", "")
    assert unchanged.asked(target, clock.now()) == {}


def test_the_tag_is_forgotten_with_the_address(told: Item, host: WebHost) -> None:
    host.pages["/view/12"] = with_tag(host, page("<title>A</title>" + "w " * 900, ETag=TAG))
    look_when_due()
    Item.objects.update(url="")
    targets.forget(Target.objects.get().pk)
    assert Target.objects.get().etag == ""
