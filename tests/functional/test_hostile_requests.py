"""Requests that no browser of ours sends, to real processes: no error, no log line, no framed page."""

from __future__ import annotations

import http.client
import http.server
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser
from tests.functional.conftest import MakeHotline
from tests.functional.servers import BOUND, Hotline
from tests.loopback import answering

METHODS = ("HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "BREW", "CONNECT")
PATHS = (
    "/", "/fr/", "/fr/form/", "/accounts/login/", "/v1/feed", "/stopncii/v1/FetchHashes", "/nowhere",
    "/%00", "/%ff%fe", "/..%2f..%2fetc/passwd", "/static/../../settings.py", "/static/%2e%2e/x", "//a.b/",
    "/" + "a" * 3000, "/fr/form/?" + "a=1&" * 1500, "/cases/" + "0" * 300 + "/",
    "/a/N-1.x/", "/a/" + "." * 3000 + "/", "/a/%00.%ff/", "/mail/",
)  # fmt: skip
FIELDS = (
    {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "canary-address"},
    {"Cookie": "session=" + "x" * 3000, "Accept-Language": "x" * 3000, "Range": "bytes=0-,0-,0-"},
    {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "0", "If-None-Match": '"' * 2000},
    {"Host": "evil.example"},
)


@pytest.fixture(scope="module")
def site(hotline: MakeHotline) -> Iterator[Hotline]:
    one = hotline(*BOUND)
    yield one
    one.stop()


def ask(port: int, method: str, path: str, fields: dict[str, str]) -> tuple[int, bytes, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.putrequest(method, path, skip_host="Host" in fields)
    for name, value in fields.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body, answer.headers


@pytest.mark.parametrize("name", BOUND)
def test_no_odd_request_fails_or_leaves_a_word_in_the_log(site: Hotline, name: str) -> None:
    before = site.log(name)
    for method in ("GET", *METHODS):
        for path in PATHS:
            for fields in FIELDS:
                status, body, headers = ask(site.ports[name], method, path, fields)
                assert status < 500 or status == 501, (method, path[:40], fields, status)
                assert b"evil.example" not in body
                assert "evil.example" not in str(headers)
    after = site.log(name)
    assert after == before


@pytest.mark.parametrize(
    ("name", "path"),
    [("portal", "/fr/"), ("portal", "/fr/form/"), ("console", "/accounts/login/"), ("answers", "/a/N-1.x/")],
)
def test_no_page_is_shown_in_anothers_frame(site: Hotline, chromium: Browser, name: str, path: str) -> None:
    address = site.url(name) + path
    page = (
        f'<title>Prize</title><iframe name="trap" src="{address}"></iframe><object data="{address}"></object>'
    )

    class Evil(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *args: Any) -> None:
            return None

    with answering(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Evil)) as address:
        context = chromium.new_context()
        tab = context.new_page()
        tab.goto(f"{address}/")
        tab.wait_for_timeout(1500)
        for frame in tab.frames[1:]:
            assert frame.url.startswith(("chrome-error:", "about:")), frame.url
            assert frame.locator("form, main").count() == 0
        context.close()
