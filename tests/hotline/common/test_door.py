"""The door: only the public network, the address that was checked, one deadline, no more than asked for."""

from __future__ import annotations

import gzip
import ipaddress
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from tests.at_once import at_once
from tests.hotline.common.webhost import WebHost, drip, page, redirect

from disrupt.hotline.common import clock
from disrupt.hotline.common.models import Visited
from disrupt.hotline.common.outbound import errors, pace
from disrupt.hotline.common.outbound.door import Door, take_apart
from disrupt.hotline.common.outbound.wire import Limits
from disrupt.protocol.public_addresses import Address, is_public

QUICK = Limits(seconds=2.0, floor_after=0.6, body=100_000)
LOOPBACK = ipaddress.ip_address("127.0.0.1")
PUBLIC = ipaddress.ip_address("93.184.215.14")


class Names:
    """A name server that says what it is told, one answer after the other, and counts the questions."""

    def __init__(self, *answers: list[Address]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, seconds: float) -> list[Address]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


@pytest.fixture
def host(db: None, settings: Any) -> Iterator[WebHost]:
    with WebHost() as one:
        settings.REACHABLE = [f"127.0.0.1:{one.port}", f"site.example.org:{one.port}"]
        yield one


def door(**changes: Any) -> Door:
    return Door(**{"limits": QUICK, "pace": pace.Pace(between=pace.BETWEEN * 0), **changes})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.8", "192.88.99.1", "240.0.0.1", "::1", "::",
        "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1",
        "2002:7f00:1::", "2002:a00:1::", "64:ff9b::a00:1", "64:ff9b::7f00:1", "64:ff9b:1::1",
        "2001:0:53aa:64c:0:0:f5ff:fffe", "2001:db8::1", "::10.0.0.1", "100::1", "fec0::1",
    ],
)  # fmt: skip
def test_what_is_not_the_public_network(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_what_is_the_public_network(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def test_a_page(host: WebHost) -> None:
    host.pages["/a"] = page("<p>Words", X_One="1")
    found = door().get(host.url("/a"))
    assert (found.response.status, found.response.body) == (200, b"<p>Words")
    assert found.response.headers["x-one"] == "1"
    (head,) = host.heads
    for never in ("Cookie", "Referer", "Authorization", "gzip"):
        assert never not in head


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/", "file:///etc/passwd", "http://127.0.0.1/", "http://[::1]/", "http://0x7f.1/",
        "http://example.org:22/", "http://example.org:99999/", "http:///x", "gopher://example.org/", "",
        "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]/", "http://2130706433/",
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_what_is_never_called(url: str) -> None:
    with pytest.raises(errors.Forbidden):
        door(resolve=Names([LOOPBACK])).get(url)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "answer", [[LOOPBACK], [PUBLIC, LOOPBACK], [PUBLIC, ipaddress.ip_address("fd00::1")], []]
)
def test_one_private_address_of_a_name_is_enough(answer: list[Address]) -> None:
    with pytest.raises(errors.Forbidden):
        door(resolve=Names(answer)).get("http://site.example.org/")


def test_a_name_that_changes_its_mind_gains_nothing(host: WebHost) -> None:
    names = Names([LOOPBACK], [ipaddress.ip_address("10.0.0.1")])
    host.pages["/a"] = page("as checked")
    found = door(resolve=names).get(host.url("/a", "site.example.org"))
    assert (names.asked, found.address, found.response.body) == (1, LOOPBACK, b"as checked")
    assert f"host: site.example.org:{host.port}\r\n" in host.heads[0].lower()


@pytest.mark.parametrize(
    "to",
    ["http://10.0.0.1/", "http://127.0.0.1:1/", "http://[::1]/", "file:///etc/passwd", "//192.168.0.1/x"],
)
def test_a_redirect_goes_through_the_same_door(host: WebHost, to: str) -> None:
    host.pages["/a"] = redirect(to)
    with pytest.raises(errors.Forbidden):
        door().get(host.url("/a"))


def test_redirects_are_followed_and_counted(host: WebHost) -> None:
    host.pages |= {"/a": redirect("/b?x=é"), "/b": redirect("c"), "/c": page("there")}
    found = door().get(host.url("/a"))
    assert found.response.body == b"there"
    assert [status for _url, status in found.hops] == [302, 302, 200]
    host.pages |= {"/1": redirect("/2"), "/2": redirect("/1")}
    with pytest.raises(errors.TooManyRedirects):
        door().get(host.url("/1"))
    host.pages |= {f"/n{n}": redirect(f"/n{n + 1}") for n in range(20)}
    with pytest.raises(errors.TooManyRedirects):
        door().get(host.url("/n0"))


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.mark.parametrize(
    "script",
    [
        drip(b"HTTP/1.1 200 OK\r\nX-Slow: "),
        drip(HEAD + b"Content-Length: 1000000\r\n\r\n"),
        drip(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        drip(b"", b""),
    ],
    ids=["head", "body", "chunks", "nothing"],
)
def test_a_tarpit_holds_nobody_beyond_the_deadline(host: WebHost, script: Any) -> None:
    host.pages["/a"] = script
    began = time.monotonic()
    with pytest.raises(errors.TooSlow):
        door().get(host.url("/a"))
    assert time.monotonic() - began < QUICK.seconds + 1.0


def test_a_handshake_that_never_ends(host: WebHost, settings: Any) -> None:
    host.silent = drip(b"", b"\x16")
    began = time.monotonic()
    with pytest.raises((errors.TooSlow, errors.BadTls)):
        door().get(host.url("/").replace("http:", "https:"))
    assert time.monotonic() - began < QUICK.seconds + 1.0


def test_what_is_no_tls(host: WebHost) -> None:
    host.silent = page("plain")
    with pytest.raises(errors.BadTls):
        door().get(host.url("/").replace("http:", "https:"))


def test_an_endless_body_is_read_as_far_as_asked(host: WebHost) -> None:
    host.pages["/a"] = drip(HEAD + b"\r\n", b"x" * 50_000, 0.0)
    found = door().get(host.url("/a"))
    assert (len(found.response.body), found.response.truncated) == (QUICK.body, True)


def test_a_bomb_is_unpacked_as_far_as_asked(host: WebHost) -> None:
    packed = gzip.compress(b"\0" * 200_000_000)
    host.pages["/a"] = page(packed, Content_Encoding="gzip")
    found = door().get(host.url("/a"))
    assert (len(found.response.body), found.response.truncated) == (QUICK.body, True)


@pytest.mark.parametrize(
    "raw",
    [
        b"hello",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        HEAD + b"X: " + b"a" * 100_000 + b"\r\n\r\n",
        HEAD + b"Content-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_nonsense(host: WebHost, raw: bytes) -> None:
    host.pages["/a"] = lambda client: client.sendall(raw)
    with pytest.raises((errors.BadAnswer, errors.Unreachable)):
        door().get(host.url("/a"))


@pytest.mark.django_db
def test_nobody_there(settings: Any) -> None:
    settings.REACHABLE = ["127.0.0.1:1"]
    with pytest.raises(errors.Unreachable):
        door().get("http://127.0.0.1:1/")


def test_nothing_on_this_machine_in_service(host: WebHost, settings: Any) -> None:
    settings.INSECURE_LOOPBACK = False
    with pytest.raises(errors.Forbidden):
        door().get(host.url("/"))


def test_an_address_taken_apart() -> None:
    place = take_apart("HTTPS://Exämple.org:443/ü?q=é#f")
    assert place.url == "https://xn--exmple-cua.org/%C3%BC?q=%C3%A9"


def test_two_looks_have_a_pause_between_them(host: WebHost) -> None:
    polite = door(pace=pace.Pace())
    host.pages["/a"] = page()
    polite.get(host.url("/a"))
    with pytest.raises(errors.Busy) as caught:
        polite.get(host.url("/b"))
    assert 0 < (caught.value.until - clock.now()).total_seconds() <= 2
    assert len(host.came) == 1
    clock.move(pace.BETWEEN)
    polite.get(host.url("/b"))
    # A redirect waits for its turn by itself.
    clock.move(pace.BETWEEN)
    host.pages["/c"] = redirect("/a")
    polite.get(host.url("/c"))
    (third, _), (fourth, _) = host.came[-2:]
    assert fourth - third > 1.5


def test_who_asks_for_time_is_given_it(host: WebHost) -> None:
    host.pages["/a"] = page("", "503 Later", Retry_After="3600")
    door().get(host.url("/a"))
    clock.move(pace.BETWEEN * 1000)
    with pytest.raises(errors.Busy) as caught:
        door().get(host.url("/a"))
    assert (caught.value.until - clock.now()).total_seconds() > 1500


def test_after_five_failures_there_is_a_day_of_rest(host: WebHost) -> None:
    host.pages["/a"] = page("", "500 Sorry")
    for _ in range(5):
        door().get(host.url("/a"))
    with pytest.raises(errors.Busy):
        door().get(host.url("/a"))
    assert len(host.came) == 5
    clock.move(pace.BREAKER)
    host.pages["/a"] = page()
    door().get(host.url("/a"))
    assert set(Visited.objects.values_list("failures", flat=True)) == {0}
    assert "127.0.0.1" not in str(list(Visited.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_one_at_a_time_however_many_ask(settings: Any) -> None:
    def slow(client: Any) -> None:
        time.sleep(0.2)
        page()(client)

    with WebHost(pages={"/a": slow}) as host:
        settings.REACHABLE = [f"127.0.0.1:{host.port}"]
        busy = []

        def look() -> None:
            try:
                door().get(host.url("/a"))
            except errors.Busy:
                busy.append(1)
            finally:
                connection.close()

        at_once(8, look)
        assert host.most_at_once == 1
        assert len(host.came) + len(busy) == 8
        assert len(host.came) >= 1
