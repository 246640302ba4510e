"""The portal as it is run: behind a TLS proxy, with Secure cookies; what it says, and what it keeps."""

from __future__ import annotations

import http.client
import re
import urllib.parse
from collections.abc import Callable, Iterator

import pytest
from tests.functional.servers import Hotline
from tests.hotline.intake.visit.test_pages import HEADERS

HOST, CANARIES = "portal.example.org", (b"203.0.113", b"CanaryAgent", b"canary.example.org", b"canarywords")
# What the proxy passes on: the address and the browser of somebody, and where they come from.
PASSED = {
    "Host": HOST,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.77",
    "User-Agent": "CanaryAgent/7",
    "Referer": "https://canary.example.org/",
}
PLACES = (
    ("GET", "/", 302),
    ("GET", "/fr", 301),
    ("GET", "/fr/", 200),
    ("HEAD", "/fr/", 200),
    ("GET", "/fr/form/", 200),
    ("GET", "/fr/steps/ways/", 200),
    ("GET", "/fr/steps/wait/", 302),
    ("GET", "/fr/follow/now/", 302),
    ("GET", "/fr/follow/now/document.pdf", 302),
    ("GET", "/fr/files/", 412),
    ("GET", "/static/intake/portal.css", 200),
    ("GET", "/static/intake/nothing.css", 404),
    ("GET", "/fr/nowhere/", 404),
    ("POST", "/fr/form/", 403),
    ("TRACE", "/fr/form/", 405),
)
PUBLIC = "max-age=3600, public"


@pytest.fixture(scope="module")
def portal(hotline: Callable[..., Hotline]) -> Iterator[Hotline]:
    one = hotline(
        "portal",
        DISRUPT_INSECURE_LOOPBACK="",
        DISRUPT_CLOCK_FILE="",
        DISRUPT_BEHIND_PROXY="1",
        DISRUPT_HOSTS=HOST,
        DISRUPT_LOG_LEVEL="DEBUG",
    )
    yield one
    one.stop()


def ask(
    portal: Hotline, method: str, path: str, body: str | None = None, **more: str
) -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection("127.0.0.1", portal.ports["portal"], timeout=30)
    connection.request(method, path, body, {**PASSED, **{k.replace("_", "-"): v for k, v in more.items()}})
    answer = connection.getresponse()
    text = answer.read().decode("latin-1")
    connection.close()
    return answer, text


@pytest.mark.parametrize(("method", "path", "status"), PLACES)
def test_every_answer_has_its_headers_by_value(portal: Hotline, method: str, path: str, status: int) -> None:
    answer, _ = ask(portal, method, path)
    assert answer.status == status
    for name, value in HEADERS.items():
        said = re.sub(r" 'sha256-[A-Za-z0-9+/=]{44}'", "", answer.headers[name] or "")
        cached = name == "Cache-Control" and path.startswith("/static/") and status == 200
        assert said == (PUBLIC if cached else value), name
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_cookies_are_of_this_host_only_and_nothing_is_kept_of_who_came(portal: Hotline) -> None:
    answer, page = ask(portal, "GET", "/en/form/")
    hidden = dict(
        re.findall(r'<input type="hidden" name="(csrfmiddlewaretoken|draft)" value="([^"]*)"', page)
    )
    fields = {
        **hidden, "url": "https://example.org/1", "reporter": "self", "age": "adult", "statement": "on",
        "description": "canarywords", "action": "send", "complete": "1",
    }  # fmt: skip
    sent, _ = ask(
        portal,
        "POST",
        "/en/form/",
        urllib.parse.urlencode(fields),
        Content_Type="application/x-www-form-urlencoded",
        Cookie=answer.headers["Set-Cookie"].partition(";")[0],
        Origin=f"https://{HOST}",
    )
    assert (sent.status, sent.headers["Location"]) == (302, "/en/code/")
    listed, _ = ask(portal, "GET", "/en/files/", Tus_Resumable="1.0.0")
    cookies = [
        value
        for one in (answer, sent, listed)
        for name, value in one.getheaders()
        if name.lower() == "set-cookie"
    ]
    assert {cookie.partition("=")[0] for cookie in cookies} >= {
        "__Host-csrf",
        "__Host-session",
        "__Host-files",
    }
    for cookie in cookies:
        said = {part.strip() for part in cookie.split(";")[1:]}
        assert said == {"HttpOnly", "Path=/", "SameSite=Strict", "Secure"}, cookie
    portal.stop()
    kept = b"".join(
        path.name.encode() + path.read_bytes() for path in portal.var.rglob("*") if path.is_file()
    )
    assert len(kept) > 100_000
    assert [word for word in CANARIES if word in kept] == []
