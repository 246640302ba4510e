"""Looking for copies: sources are read, pages compared by views, hits wait for a person, nothing is kept."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from tests.hotline.common.webhost import WebHost, page
from tests.hotline.people import MakeUser
from tests.hotline.people import make_user as make_user
from tests.hotline.processing.working import jpeg
from tests.hotline.takedown.conftest import ALICE, later
from tests.hotline.takedown.test_media import DOOR, altered, picture
from tests.hotline.takedown.test_media import _warm as _warm
from tests.hotline.takedown.test_media import host as host

from disrupt.fingerprint import fingerprint_image
from disrupt.hotline.bank import services as bank
from disrupt.hotline.bank.in_memory import Pdqs
from disrupt.hotline.bank.models import BankEntry, EntryOrigin
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.withdrawing import withdraw_case
from disrupt.hotline.common import clock
from disrupt.hotline.processing.prints import of_image
from disrupt.hotline.takedown.models import Hit, HitState, Particular, Source, WatchedPage
from disrupt.hotline.takedown.watch import comparing, hits, reading, robots, visiting

PAGE = "<title>A gallery</title><img src=/1.jpg><img src=/2.jpg><p>words"


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts with no bank in memory, and no robots.txt."""
    monkeypatch.setattr(comparing, "_bank", Pdqs(comparing.looked_for))
    monkeypatch.setattr(robots, "_known", {})


@pytest.fixture
def banked(make_case: Callable[..., Any]) -> Item:
    """A picture of a case that is in the bank."""
    item: Item = make_case(files=(b"x",)).items.get()
    offer = of_image(fingerprint_image(jpeg(1), trusted=True))
    bank.offer(offer.prints, "NCII-DIF", EntryOrigin.EXAMINED, item.pk)
    return item


@pytest.fixture
def site(host: WebHost) -> WebHost:
    host.pages |= {"/view": page(PAGE), "/1.jpg": picture(jpeg(5)), "/2.jpg": picture(altered(jpeg(1)))}
    return host


def source(url: str, kind: str = "page") -> Source:
    return Source.objects.create(
        kind=kind, url=url, right="agreed", read_at=clock.now(), added_by="x", added_at=clock.now()
    )


def go() -> None:
    """What the checker's lane does in one round."""
    for key in list(visiting.unread()):
        visiting.read_source(key, DOOR)
    for key in list(visiting.due()):
        visiting.visit(key, DOOR)


def test_an_altered_copy_waits_for_a_person(banked: Item, site: WebHost) -> None:
    source(site.url("/view"))
    go()
    hit = Hit.objects.get()
    assert (hit.page, hit.media, hit.exact) == (site.url("/view"), site.url("/2.jpg"), False)
    assert hit.entry == BankEntry.objects.get()
    assert (WatchedPage.objects.get().compared, WatchedPage.objects.get().outcome) == (2, "compared")
    assert banked.case.items.count() == 1, "nothing follows before somebody has confirmed it"
    later(hours=30)
    go()
    assert Hit.objects.count() == 1
    made = hits.confirm(hit, ALICE)
    assert made is not None
    assert (made.url, made.case) == (site.url("/view"), banked.case)
    assert made.qualifications.get().category == "NCII-DIF"
    assert Particular.objects.get().media == site.url("/2.jpg")
    hit.refresh_from_db()
    assert (hit.state, hit.page, hit.media) == (HitState.CONFIRMED, "", "")
    assert hits.confirm(hit, ALICE) is None
    later(hours=30)
    go()
    assert Hit.objects.filter(state=HitState.OPEN).count() == 0


def test_what_is_something_else_is_forgotten_and_not_found_again(banked: Item, site: WebHost) -> None:
    source(site.url("/view"))
    go()
    hits.dismiss(Hit.objects.get(), ALICE)
    later(hours=30)
    go()
    hit = Hit.objects.get()
    assert (hit.state, hit.page) == (HitState.DISMISSED, "")


def test_nobody_behind_it_any_more(banked: Item, site: WebHost) -> None:
    source(site.url("/view"))
    go()
    withdraw_case(banked.case)
    Item.objects.filter(pk=banked.pk).update(state=ItemState.WITHDRAWN)
    with pytest.raises(hits.NobodyBehind):
        hits.confirm(Hit.objects.get(), ALICE)


@pytest.mark.parametrize(
    "changes", [{"origin": "declared"}, {"minors": "declared"}, {"category": "MIN-CSAM"}]
)
def test_what_nobody_examined_and_minors_are_not_looked_for(
    banked: Item, site: WebHost, changes: dict[str, str]
) -> None:
    BankEntry.objects.update(**changes)
    source(site.url("/view"))
    go()
    assert WatchedPage.objects.get().compared == 2
    assert not Hit.objects.exists()


def test_robots_txt_is_honoured_and_asked_once_a_day(banked: Item, site: WebHost) -> None:
    site.pages["/robots.txt"] = page("User-agent: *\nDisallow: /view", Content_Type="text/plain")
    source(site.url("/view"))
    go()
    assert WatchedPage.objects.get().outcome == "not allowed by robots.txt"
    later(hours=1)
    go()
    later(hours=30)
    go()
    asked = [path for _at, path in site.came]
    assert asked == ["/robots.txt", "/robots.txt"]


def test_where_robots_txt_cannot_be_read_nothing_is_looked_at(banked: Item, site: WebHost) -> None:
    site.pages["/robots.txt"] = page("", "500 Sorry")
    source(site.url("/view"))
    go()
    assert [path for _at, path in site.came] == ["/robots.txt"]


def test_a_sitemap_names_pages_until_it_names_them_no_more(banked: Item, site: WebHost) -> None:
    def listed(*paths: str) -> None:
        urls = "".join(f"<url><loc>{site.url(path)}</loc></url>" for path in paths)
        other = "<url><loc>http://elsewhere.example/</loc></url>"
        site.pages["/sitemap.xml"] = page(f"<urlset>{urls}{other}</urlset>", Content_Type="text/xml")

    listed("/view", "/other")
    source(site.url("/sitemap.xml"), "sitemap")
    go()
    assert {one.url for one in WatchedPage.objects.all()} == {site.url("/view"), site.url("/other")}
    assert Hit.objects.count() == 1
    listed("/other")
    later(hours=30)
    go()
    assert [one.url for one in WatchedPage.objects.all()] == [site.url("/other")]


def test_feeds_and_lists() -> None:
    base = "https://site.example/feed"
    rss = b"<rss><channel><item><link>https://site.example/1</link></item><item><link><![CDATA[/2]]></link></item>"
    atom = b'<feed><entry><link rel="alternate" href="/3"/><link rel="self" href="/4"/></entry></feed>'
    assert reading.addresses("feed", rss, base) == ["https://site.example/1", "https://site.example/2"]
    assert reading.addresses("feed", atom, base) == ["https://site.example/3"]
    listed = b"https://a.example/1\nhttp://b.example/\n\nnonsense:\nhttps://a.example/1\nhttps://[bad"
    assert reading.addresses("list", listed, base)[:2] == ["https://a.example/1", "http://b.example/"]
    assert reading.addresses("sitemap", b"<sitemapindex><loc>/a</loc></sitemapindex>", base) == []
    assert len(reading.addresses("sitemap", b"\xff<loc>" * 9, base)) <= 1


def test_a_page_that_somebody_reported_is_no_news(banked: Item, site: WebHost, opened: Any) -> None:
    opened(site.url("/view"))
    source(site.url("/view"))
    go()
    assert WatchedPage.objects.get().outcome == "compared"
    assert not Hit.objects.exists()


def test_a_web_archive(banked: Item, tmp_path: Path) -> None:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    path = tmp_path / "crawl.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for name, body in (("1", jpeg(5)), ("2", altered(jpeg(1)))):
            head = StatusAndHeaders("200 OK", [("Content-Type", "image/jpeg")], protocol="HTTP/1.1")
            url = f"https://pictures.example/{name}.jpg"
            record = writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=head)
            writer.write_record(record)
            record.raw_stream.close()
    said = io.StringIO()
    call_command("watch_archive", str(path), stdout=said)
    assert "2 files compared, 1 new hits" in said.getvalue()
    assert Hit.objects.get().page == "https://pictures.example/2.jpg"


def test_the_page_of_the_watch(banked: Item, site: WebHost, make_user: MakeUser, client: Client) -> None:
    client.force_login(make_user("lead", "lead"))
    at, add = reverse("takedown:watch"), reverse("takedown:watch_add")
    given = {"kind": "page", "url": "ftp://nothing", "right": "agreed", "hours": "24"}
    assert client.post(add, given).status_code == 422
    assert client.post(add, {**given, "url": site.url("/view")}).status_code == 302
    go()
    hit = Hit.objects.get()
    assert hit.page in client.get(at).content.decode()
    answered = client.post(reverse("takedown:hit", args=[hit.pk, "same"]))
    assert answered["Location"] == reverse("review:case", args=[banked.case.pk])
    client.post(reverse("takedown:watch_end", args=[Source.objects.get().pk]))
    assert (WatchedPage.objects.count(), Source.objects.get().ended_at is not None) == (0, True)
    client.force_login(make_user("alice"))
    assert client.post(add, {**given, "url": site.url("/view")}).status_code == 403
    assert dt.timedelta(hours=24) > clock.now() - Source.objects.get().added_at


def test_what_no_database_takes_hides_no_hit(banked: Item, site: WebHost) -> None:
    site.pages["/view"] = page("<img src='/2.jpg?\x00'>")
    site.pages["/2.jpg?%00"] = site.pages["/2.jpg"]
    source(site.url("/view"))
    go()
    assert Hit.objects.get().media == site.url("/2.jpg?%00")


@pytest.mark.parametrize(
    "line", ["Crawl-delay: ²", "Request-rate: 1/²", "Disallow: //[", "Allow: http://%5B"]
)
def test_a_robots_txt_over_which_the_standard_reader_falls(banked: Item, site: WebHost, line: str) -> None:
    site.pages["/robots.txt"] = page(f"User-agent: *\n{line}\nDisallow: /no", Content_Type="text/plain")
    source(site.url("/view"))
    go()
    assert WatchedPage.objects.get().outcome == "compared"
    assert not robots.allowed(site.url("/no"), DOOR)
    assert not robots.allowed("https://a%5Bb.example/", DOOR)
