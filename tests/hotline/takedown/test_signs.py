"""What one look sees, by pages as real hosts show them: each state, each sign, and the traps between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.hotline.common.webhost import Script, WebHost, drip, page, redirect

from disrupt.hotline.common.outbound import errors, pace
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.common.outbound.wire import Limits
from disrupt.hotline.takedown.checks.looking import judge
from disrupt.hotline.takedown.checks.sibling import invent
from disrupt.hotline.takedown.checks.signs import of_failure
from disrupt.hotline.takedown.models import Probe, Seen

WORDS = " ".join(f"word{n}" for n in range(400))
NAV = " ".join(f"menu{n}" for n in range(300))
LIVE = page(f"<title>A gallery</title><h1>Holiday</h1><img src=/p/1.jpg><p>{WORDS}")


@pytest.fixture
def host(db: None, settings: Any) -> Iterator[WebHost]:
    with WebHost() as one:
        settings.REACHABLE = [f"127.0.0.1:{one.port}"]
        yield one


def look(host: WebHost, path: str = "/view/12") -> tuple[str, str]:
    door = Door(limits=Limits(seconds=2.0), pace=pace.Pace(between=pace.BETWEEN * 0))
    try:
        verdict = judge(host.url(path), door.get(host.url(path)), door)
    except errors.DoorError as error:
        verdict = of_failure(error)
    return verdict.seen, verdict.sign


def html(title: str = "A site", body: str = WORDS, more: str = "") -> str:
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>{more}<p>{body}</p>"
    )


SCRIPTED = html("App", "", "<script src=/app.js></script><div id=root></div>")
STATES: list[tuple[Script, Seen, str]] = [
    (LIVE, Seen.LIVE, "page"),
    (page("", "404 Not Found"), Seen.GONE, "status_404"),
    (page(html(), "410 Gone"), Seen.GONE, "status_410"),
    (page(html(), "451 Unavailable"), Seen.GEO, "status_451"),
    (page("", "401 Unauthorized"), Seen.LOGIN, "status_401"),
    (page("no", "403 Forbidden"), Seen.LOGIN, "status_403"),
    (page("<div id=cf-challenge>", "403 Forbidden"), Seen.CAPTCHA, "challenge"),
    (page(html("Just a moment..."), "503 Later"), Seen.CAPTCHA, "challenge"),
    (page(html("Just a moment...", "x")), Seen.CAPTCHA, "challenge"),
    (page("", "429 Slow Down", Retry_After="5"), Seen.UNKNOWN, "asked_to_wait"),
    (page("", "503 Later", Retry_After="5"), Seen.UNKNOWN, "asked_to_wait"),
    (page(html(), "500 Sorry"), Seen.UNKNOWN, "status_500"),
    (page(html(), "418 Teapot"), Seen.UNKNOWN, "status_418"),
    (page(html("404 - Page not found")), Seen.SOFT_404, "title"),
    (page(html("Cette page n’existe plus")), Seen.SOFT_404, "title"),
    (page(html("A site", "Sorry, this video has been removed by its owner.")), Seen.SOFT_404, "words"),
    (page(html("Sign in", "Your account", "<input type=password>")), Seen.LOGIN, "password_field"),
    (page(SCRIPTED), Seen.PERSON, "needs_a_browser"),
    (page('<meta http-equiv=refresh content="0; url=/other"><p>x'), Seen.PERSON, "refresh"),
    (lambda client: client.sendall(b"nonsense"), Seen.UNKNOWN, "not_http"),
    (lambda client: client.close(), Seen.UNKNOWN, "no_answer"),
    (drip(b"HTTP/1.1 200 OK\r\n"), Seen.UNKNOWN, "too_slow"),
    (page(b"\xff\xd8 a picture", Content_Type="image/jpeg"), Seen.LIVE, "file"),
]


@pytest.mark.parametrize(("script", "seen", "sign"), STATES, ids=[f"{s}-{g}" for _, s, g in STATES])
def test_each_state_by_its_sign(host: WebHost, script: Script, seen: Seen, sign: str) -> None:
    host.pages["/view/12"] = script
    found = look(host)
    assert found[0] == seen
    assert found[1] == sign or sign == "no_answer"


@pytest.mark.parametrize(
    ("to", "seen", "sign"),
    [
        ("/", Seen.SOFT_404, "sent_elsewhere"),
        ("/home", Seen.SOFT_404, "sent_elsewhere"),
        ("/login?next=/view/12", Seen.LOGIN, "sent_to_sign_in"),
        ("/view/12/", Seen.LIVE, "page"),
        ("/view/12-a-title-of-its-own", Seen.LIVE, "page"),
        ("/fr/view/12", Seen.LIVE, "page"),
    ],
)
def test_where_it_leads(host: WebHost, to: str, seen: Seen, sign: str) -> None:
    host.pages["/view/12"] = redirect(to)
    host.pages[to.partition("?")[0]] = LIVE
    assert look(host) == (seen, sign)


def test_another_site_is_a_state_of_its_own(host: WebHost, settings: Any) -> None:
    with WebHost(address="127.0.0.2", pages={"/elsewhere": LIVE}) as other:
        settings.REACHABLE = [*settings.REACHABLE, f"127.0.0.2:{other.port}"]
        host.pages["/view/12"] = redirect(other.url("/elsewhere"))
        assert look(host) == (Seen.REDIRECTED, "sent_to_another_site")


def test_a_page_like_that_of_a_made_up_sibling(host: WebHost) -> None:
    """Five kinds of soft 404 beyond words: the same page, one with a changing number, one that leads home."""
    host.otherwise = page(html("Our site", f"{NAV} welcome"))
    host.pages["/view/12"] = page(html("Our site", f"{NAV} welcome"))
    assert look(host) == (Seen.SOFT_404, "same_as_sibling")
    Probe.objects.all().delete()
    host.pages["/view/12"] = page(html("Our site", f"{NAV} you are visitor 1234"))
    host.otherwise = page(html("Our site", f"{NAV} you are visitor 9876"))
    assert look(host) == (Seen.SOFT_404, "like_sibling")
    Probe.objects.all().delete()
    # A picture that says “removed”, for every address.
    host.pages["/view/12"] = host.otherwise = page(b"GIF89a removed", Content_Type="image/gif")
    assert look(host) == (Seen.SOFT_404, "same_as_sibling")


def test_traps_that_are_not_gone(host: WebHost) -> None:
    # Everything but the picture is the site's own frame.
    host.otherwise = page(html("Our site", NAV))
    host.pages["/view/12"] = page(html("Our site", NAV, "<img src=/pictures/12.jpg>"))
    assert look(host) == (Seen.LIVE, "page")
    # The words of a removal stand in somebody's comment.
    host.pages["/view/12"] = page(
        html("A gallery", f"{WORDS} this page was removed {WORDS}", "<img src=/1.jpg>")
    )
    assert look(host) == (Seen.LIVE, "page")
    # Number 404 of a series; a word inside a word.
    host.pages["/view/12"] = page(html("Photo 4045", WORDS, "<img src=/2.jpg>"))
    assert look(host) == (Seen.LIVE, "page")
    # A page with a form to sign in at its side.
    host.pages["/view/12"] = page(html("A gallery", WORDS * 3, "<img src=/3.jpg><input type=password>"))
    assert look(host) == (Seen.LIVE, "page")
    # A site that shows everything by script answers alike for every address: only a browser can tell.
    host.pages["/view/12"] = host.otherwise = page(SCRIPTED)
    assert look(host) == (Seen.PERSON, "needs_a_browser")


def test_the_sibling_is_asked_once_a_day(host: WebHost) -> None:
    host.pages |= {"/view/12": LIVE, "/view/13": LIVE}
    look(host)
    look(host, "/view/13")
    made_up = [path for _, path in host.came if path not in {"/view/12", "/view/13"}]
    assert len(made_up) == 1
    assert "12" not in str(Probe.objects.get().shape["words"][:1])


@pytest.mark.parametrize(
    "url", ["http://a.example/view/12", "http://a.example/p.php?a=1&id=77", "http://a.example/"]
)
def test_a_sibling_is_of_the_same_kind_and_nobodys(url: str) -> None:
    made = {invent(url) for _ in range(20)}
    assert len(made) == 20
    assert url not in made
    start = url.rpartition("=")[0] or url.rpartition("/")[0]
    assert all(one.startswith(start) for one in made)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "utf-16", "x-unknown", "shift_jis"])
def test_odd_encodings_are_read_as_far_as_they_go(host: WebHost, charset: str) -> None:
    host.pages["/view/12"] = page(
        b"<title>\xe9\xff\x00</title>" + b"\x81" * 500, Content_Type=f"text/html; charset={charset}"
    )
    assert look(host)[0] in {Seen.LIVE, Seen.PERSON}
