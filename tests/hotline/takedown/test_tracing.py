"""Who hosts an address is found out: networks, delivery networks, registrars, pictures; once."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.hotline.common.webhost import WebHost, page
from tests.hotline.takedown.conftest import ALICE, go_round, later
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import ledger
from disrupt.hotline.common.outbound import pace
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.takedown import actions, targets
from disrupt.hotline.takedown.answers.reading import bounced
from disrupt.hotline.takedown.models import Contact, Holder, Notice, Scope, Target
from disrupt.hotline.takedown.states import Channel, Decision, NoticeState, Step
from disrupt.hotline.takedown.tracing import contacts, delivery, registries, telling, trace

SITE = "forum.smallsite.org"
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _card(role: str, name: str, *mails: str, inner: Any = ()) -> dict[str, Any]:
    lines = [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]
    lines += [["email", {}, "text", mail] for mail in mails]
    return {"roles": [role], "vcardArray": ["vcard", lines], "entities": list(inner)}


def network(*entities: Any, first: str = "127.0.0.1", last: str = "127.0.0.1", **more: Any) -> bytes:
    told = {"startAddress": first, "endAddress": last, "name": "NET-1", "country": "nl"}
    return json.dumps({**told, "entities": entities, **more}).encode()


def _lists(server: str) -> dict[str, Any]:
    def one(*entries: str) -> Any:
        return page(json.dumps({"services": [[list(entries), [server]]]}), Content_Type="application/json")

    return {
        "/ipv4.json": one("127.0.0.0/8"), "/ipv6.json": one("2001:db8::/32"), "/dns.json": one("org"),
        "/asn.json": one("64500-64510"),
    }  # fmt: skip


class World:
    """A site, its pictures' host and the registries, on loopback; every name leads there."""

    def __init__(self, site: WebHost, media: WebHost, registry: WebHost) -> None:
        self.site, self.media, self.registry = site, media, registry
        self.url = f"http://{SITE}:{site.port}/view/1"
        pictures = f"http://img.pictures.net:{media.port}"
        site.pages["/view/1"] = page(
            f"<img src={pictures}/1.jpg><img src=/own.png><img src={pictures}/2.jpg>"
        )
        registry.pages |= _lists(registry.url("/"))
        registry.pages["/ip/127.0.0.1"] = page(network(_card("abuse", "Desk", "abuse@network.example")))
        registry.pages["/ip/127.0.0.2"] = page(
            network(
                _card("registrant", "Picture hosts", inner=[_card("abuse", "x", "abuse@pictures.example")]),
                first="127.0.0.2",
                last="127.0.0.2",
            )
        )
        registry.pages["/domain/smallsite.org"] = page(
            json.dumps(
                {
                    "entities": [
                        _card("registrar", "Names Ltd", inner=[_card("abuse", "", "abuse@names.example")])
                    ]
                }
            )
        )
        self.places = {SITE: "127.0.0.1", "img.pictures.net": "127.0.0.2"}
        self.door = Door(resolve=self.resolve, pace=pace.Pace(between=dt.timedelta()))

    def resolve(self, host: str, seconds: float) -> list[Address]:
        return [ipaddress.ip_address(self.places[host])]

    def asked(self) -> list[str]:
        return [path for _at, path in self.registry.came if path.startswith(("/ip/", "/domain/"))]


@pytest.fixture
def world(settings: Any) -> Iterator[World]:
    registries._lists.clear()
    with WebHost() as site, WebHost(address="127.0.0.2") as media, WebHost() as registry:
        settings.RDAP_LISTS = registry.url("/")
        settings.REACHABLE = [
            f"{SITE}:{site.port}", f"img.pictures.net:{media.port}", f"127.0.0.1:{registry.port}",
        ]  # fmt: skip
        yield World(site, media, registry)


Opened = Callable[..., list[Notice]]


def test_the_notice_goes_to_the_network_of_the_page(
    world: World, opened: Opened, postmaster: Postmaster
) -> None:
    _police, host = opened(world.url)
    assert (host.state, host.scope) == (NoticeState.TASK, "unknown")
    made = trace.trace(host.target_id, world.door)
    assert made is not None
    assert [(c.scope, c.name, c.address, c.country) for c in made] == [
        (Scope.HOST, "NET-1", "abuse@network.example", "NL"),
        (Scope.MEDIA, "Picture hosts", "abuse@pictures.example", "NL"),
        (Scope.REGISTRAR, "Names Ltd", "abuse@names.example", ""),
    ]
    host.refresh_from_db()
    assert (host.state, host.channel, host.address) == (
        NoticeState.SCHEDULED, Channel.EMAIL, "abuse@network.example",
    )  # fmt: skip
    found = host.item.case.ledger.get(kind="notice.contact_found")
    assert found.data["source"] == "RDAP 127.0.0.1/32"
    ledger.verify(host.item.case)
    go_round()
    later(hours=7)
    go_round()
    assert [mail.recipients for mail in postmaster.mails][1:] == [["abuse@network.example"]]
    assert list(trace.due()) == []


def test_a_network_is_asked_once_a_week(world: World, opened: Opened) -> None:
    for number in (1, 2):
        _police, host = opened(world.url + f"?{number}", category=("NCII-DIF", "DEEP-SEX")[number - 1])
        trace.trace(host.target_id, world.door)
    assert sorted(world.asked()) == ["/domain/smallsite.org", "/ip/127.0.0.1", "/ip/127.0.0.2"]
    assert [path for _at, path in world.registry.came].count("/ipv4.json") == 1
    later(days=8)
    assert len(list(registries.forgettable())) == 3
    for pk in list(registries.forgettable()):
        registries.forget(pk)
    assert not Holder.objects.exists()


def test_whoever_runs_the_site_is_not_told(world: World, opened: Opened) -> None:
    world.registry.pages["/ip/127.0.0.1"] = page(network(_card("abuse", "Own", "abuse@mail.smallsite.org")))
    _police, host = opened(world.url)
    made = trace.trace(host.target_id, world.door)
    assert made is not None
    assert (made[-1].scope, made[-1].address) == (Scope.OPERATOR, "abuse@mail.smallsite.org")
    host.refresh_from_db()
    assert (host.state, host.address) == (NoticeState.TASK, "")


def test_behind_a_delivery_network_a_person_fills_its_form(
    world: World, opened: Opened, monkeypatch: Any
) -> None:
    front = delivery.Network(
        "Front", (ipaddress.ip_network("127.0.0.1/32"),), {}, "https://front.example/abuse"
    )
    monkeypatch.setattr(delivery, "known", lambda: delivery.Known("1", dt.date(2026, 11, 1), (front,)))
    _police, host = opened(world.url)
    made = trace.trace(host.target_id, world.door)
    assert made is not None
    assert (made[0].scope, made[0].form) == (Scope.CDN, "https://front.example/abuse")
    host.refresh_from_db()
    assert (host.state, host.scope, host.name) == (NoticeState.TASK, "cdn", "Front")
    assert "/ip/127.0.0.1" not in world.asked()


def test_headers_are_a_hint_only(world: World, opened: Opened) -> None:
    world.site.pages["/view/1"] = page("<p>Words", Server="cloudflare", CF_RAY="1-AMS")
    _police, host = opened(world.url)
    made = trace.trace(host.target_id, world.door)
    assert made is not None
    assert [(c.scope, c.source) for c in made][1] == (Scope.CDN, "headers")
    host.refresh_from_db()
    assert host.state == NoticeState.SCHEDULED, "the network that the page really stands on is told"


@pytest.mark.parametrize(
    "answer",
    [
        b"{",
        b"[]",
        b"{}",
        network(_card("abuse", "x")),
        b'{"entities": ' * 5000,
        network(_card("abuse", "x", "a\n@b")),
    ],
)
def test_a_registry_that_says_nothing_leaves_it_to_a_person(
    world: World, opened: Opened, answer: bytes
) -> None:
    world.registry.pages["/ip/127.0.0.1"] = page(answer)
    _police, host = opened(world.url)
    trace.trace(host.target_id, world.door)
    host.refresh_from_db()
    assert (host.state, host.address) == (NoticeState.TASK, "")


def test_a_registry_that_is_down_is_asked_again_later_and_not_for_ever(world: World, opened: Opened) -> None:
    world.registry.pages["/ip/127.0.0.1"] = page("", "500 Sorry")
    world.registry.pages["/ip/127.0.0.2"] = page("", "404 Not Found")
    _police, host = opened(world.url)
    for _ in range(4):
        assert trace.trace(host.target_id, world.door) is None
        assert list(trace.due()) == []
        later(days=2)
    world.registry.pages["/ip/127.0.0.1"] = page(network(_card("abuse", "Desk", "abuse@network.example")))
    assert trace.trace(host.target_id, world.door)


def test_who_asks_us_to_wait_is_let_be(world: World, opened: Opened) -> None:
    world.registry.pages["/ip/127.0.0.1"] = page("", "429 Slowly", Retry_After="600")
    _police, host = opened(world.url)
    polite = Door(resolve=world.resolve, pace=pace.Pace(between=dt.timedelta()))
    assert trace.trace(host.target_id, polite) is None
    later(minutes=61)
    world.registry.pages["/ip/127.0.0.1"] = page(network(_card("abuse", "Desk", "abuse@network.example")))
    assert trace.trace(host.target_id, polite)


def test_mail_that_comes_back_goes_to_the_next_of_the_network(
    world: World, opened: Opened, postmaster: Postmaster
) -> None:
    mails = ("abuse@network.example", "noc@network.example")
    world.registry.pages["/ip/127.0.0.1"] = page(network(_card("abuse", "Desk", *mails)))
    _police, host = opened(world.url)
    trace.trace(host.target_id, world.door)
    go_round()
    later(hours=7)
    go_round()
    host.refresh_from_db()
    bounced(host, "5.1.1")
    second = Notice.objects.get(step=Step.SECOND)
    assert (second.address, second.state) == ("noc@network.example", NoticeState.SCHEDULED)
    record = contacts.records(Contact.objects.filter(address=mails[0]))[0]
    assert (record.sent, record.bounced, record.median) == (1, 1, None)


def test_a_person_tells_one_of_the_chain(world: World, opened: Opened, postmaster: Postmaster) -> None:
    _police, host = opened(world.url)
    trace.trace(host.target_id, world.door)
    go_round()
    later(hours=7)
    go_round()
    host.refresh_from_db()
    media, registrar = (Contact.objects.get(scope=scope) for scope in (Scope.MEDIA, Scope.REGISTRAR))
    second = telling.tell(host, media, ALICE)
    assert (second.step, second.scope, second.address) == (Step.SECOND, "media", "abuse@pictures.example")
    with pytest.raises(actions.NotPossible):
        telling.tell(host, media, ALICE)
    go_round()
    assert postmaster.to("abuse@pictures.example")
    later(hours=2)
    actions.record_receipt(host, ALICE)
    actions.record_decision(host, Decision.REMOVED, ALICE)
    record = contacts.records(Contact.objects.filter(address=host.address))[0]
    assert (record.sent, record.receipts, record.removed, record.hours) == (1, 1, 1, 2)
    police = Notice.objects.get(step=Step.POLICE)
    with pytest.raises(actions.NotPossible):
        telling.tell(police, registrar, ALICE)
    engine = Notice.objects.filter(step=Step.SEARCH)[0]
    with pytest.raises(actions.NotPossible):
        telling.tell(engine, registrar, ALICE)
    engine.refresh_from_db()
    assert engine.address == "", "what is for others never goes to whom it may be about"


def test_nothing_is_left_of_it_when_the_address_is_forgotten(world: World, opened: Opened) -> None:
    police, host = opened(world.url)
    trace.trace(host.target_id, world.door)
    police.item.__class__.objects.update(url="")
    assert targets.forget(host.target_id)
    assert not Contact.objects.exists()
    Target.objects.update(trace_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert trace.trace(host.target_id, world.door) is None


def test_without_lists_nobody_is_asked(world: World, opened: Opened, settings: Any) -> None:
    settings.RDAP_LISTS = ""
    _police, host = opened(world.url)
    assert list(trace.due()) == []
    targets.find_host(host.target_id)
    assert list(trace.due()) == []
