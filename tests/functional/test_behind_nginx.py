"""The portal behind a real TLS proxy, configured as the documentation says, in a browser and attacked."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, sync_playwright
from tests.functional.conftest import CHROMIUM, FLAGS, MakeHotline
from tests.functional.nginx import HOST, Nginx, binary
from tests.functional.portal_walk import photo
from tests.functional.servers import Hotline

CANARY = b"canary-of-a-film-behind-the-proxy"
BOTH = f"POST /en/form/ HTTP/1.1\r\nHost: {HOST}\r\n"
HIDDEN = f"GET /en/nowhere-canary/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n"
# Requests whose end two readers could see in two places, and one that asks for another's name.
TWISTED = {
    "both lengths": BOTH + f"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
    "two lengths": BOTH + f"Content-Length: 0\r\nContent-Length: {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a list of lengths": BOTH + f"Content-Length: 0, {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a signed length": BOTH + f"Content-Length: +0\r\n\r\n{HIDDEN}",
    "an odd coding": BOTH + f"Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n\r\n{HIDDEN}",
    "a space before the colon": BOTH + f"Transfer-Encoding : chunked\r\nContent-Length: 0\r\n\r\n{HIDDEN}",
    "a folded line": BOTH + f"X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n{HIDDEN}",
    "a bare line feed": BOTH + f"X: a\nContent-Length: 4\r\nContent-Length: 0\r\n\r\n{HIDDEN}",
    "two hosts": f"GET /en/ HTTP/1.1\r\nHost: {HOST}\r\nHost: evil.example\r\n\r\n",
    "an absolute address": f"GET http://evil.example/en/ HTTP/1.1\r\nHost: {HOST}\r\n\r\n",
    "no host": "GET /en/ HTTP/1.1\r\n\r\n",
    "another host": "GET /en/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
}
# A chunk whose extension or size two readers could take for something else: read to its end, or refused.
CHUNKS = (
    "0;a=\r\n\r\n",
    "0\n\n",
    "00000000000000000\r\n\r\n",
    "-0\r\n\r\n",
    "0x0\r\n\r\n",
    "ffffffffffffffff\r\n",
)


@pytest.fixture(scope="module")
def portal(hotline: MakeHotline) -> Iterator[Hotline]:
    one = hotline(
        "portal",
        DISRUPT_INSECURE_LOOPBACK="",
        DISRUPT_CLOCK_FILE="",
        DISRUPT_BEHIND_PROXY="1",
        DISRUPT_HOSTS=HOST,
        DISRUPT_PORTAL_URL=f"https://{HOST}",
    )
    yield one
    one.stop()


@pytest.fixture(scope="module")
def proxy(portal: Hotline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    if binary() is None:
        pytest.skip("nginx is not there (scripts/apt.sh unpacks it)")
    one = Nginx(tmp_path_factory.mktemp("nginx"), portal.ports["portal"])
    yield one
    one.stop()


@pytest.fixture(scope="module")
def context(proxy: Nginx) -> Iterator[BrowserContext]:
    """A browser for which the portal's name and its usual ports are the proxy's."""
    rules = f"MAP {HOST}:443 127.0.0.1:{proxy.https},MAP {HOST}:80 127.0.0.1:{proxy.http}"
    with sync_playwright() as playwright:
        flags = [*FLAGS, f"--host-resolver-rules={rules}"]
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        yield browser.new_context(ignore_https_errors=True)
        browser.close()


def say(proxy: Nginx, words: str, *, secure: bool = True) -> bytes:
    """Everything that comes back for these bytes until nothing more does."""
    said = b""
    raw = socket.create_connection(("127.0.0.1", proxy.https if secure else proxy.http), timeout=20)
    with proxy.context.wrap_socket(raw, server_hostname=HOST) if secure else raw as line:
        line.settimeout(2)
        line.sendall(words.encode("latin-1"))
        with contextlib.suppress(TimeoutError, OSError):
            while data := line.recv(65536):
                said += data
    return said


def ask(proxy: Nginx, path: str, **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return say(proxy, f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{more}Connection: close\r\n\r\n")


def test_a_report_with_a_file_in_a_browser(
    context: BrowserContext, proxy: Nginx, portal: Hotline, tmp_path: Path, shoot: Any
) -> None:
    page = context.new_page()
    page.goto(f"http://{HOST}/en/form/")
    assert page.url.startswith(f"https://{HOST}/"), "the plain port leads to TLS, to our own name"
    page.goto(f"https://{HOST}/en/form/")
    file = tmp_path / "film.jpg"
    file.write_bytes(photo() + CANARY * 60_000)
    page.set_input_files("#files", str(file))
    page.fill("input[name=url] >> nth=0", "https://example.org/1")
    page.check("input[name=reporter][value=self]")
    page.check("input[name=age][value=adult]")
    page.check("#id_statement")
    page.click("#send")
    page.wait_for_url("**/code/", timeout=60_000)
    assert page.locator("[data-code]").count()
    shoot(page, "portal/behind-nginx-code")
    cookies = context.cookies()
    assert {cookie["name"] for cookie in cookies} >= {"__Host-csrf", "__Host-session"}
    for cookie in cookies:
        assert cookie["name"].startswith("__Host-"), cookie["name"]
        assert (cookie["domain"], cookie["path"]) == (HOST, "/")
        assert cookie["secure"]
        assert cookie["httpOnly"]
        assert cookie["sameSite"] == "Strict"
        assert cookie["expires"] == -1
    assert page.evaluate("document.cookie") == ""
    kept = [path for path in proxy.folder.rglob("*") if path.is_file()]
    assert {path.name for path in kept} == {"nginx.conf", "pid", "portal.key", "portal.pem"}
    everything = b"".join(path.read_bytes() for path in portal.var.rglob("*") if path.is_file())
    assert CANARY not in everything
    page.close()


def test_the_policy_of_transport_is_said_once_and_no_version_is(proxy: Nginx) -> None:
    said = ask(proxy, "/en/")
    assert said.startswith(b"HTTP/1.1 200")
    assert said.lower().count(b"strict-transport-security: max-age=63072000; includesubdomains") == 1
    server = re.findall(rb"(?im)^server: (.*?)\r", said)
    assert server == [b"nginx"]


@pytest.mark.parametrize("name", TWISTED)
def test_a_twisted_request_hides_no_other(proxy: Nginx, portal: Hotline, name: str) -> None:
    before = portal.log("portal")
    said = say(proxy, TWISTED[name])
    answers = re.findall(rb"HTTP/1\.[01] (\d{3})", said)
    assert answers in ([], [b"400"], [b"501"]), (name, answers)
    assert b"evil.example" not in said
    assert portal.log("portal") == before


@pytest.mark.parametrize("chunk", CHUNKS)
def test_a_twisted_chunk_is_one_request(proxy: Nginx, chunk: str) -> None:
    words = BOTH + f"Transfer-Encoding: chunked\r\n\r\n{chunk}{HIDDEN}"
    answers = re.findall(rb"HTTP/1\.[01] (\d{3})", say(proxy, words))
    # Read as one empty body: the form is refused for its token, and the next request is its own (404).
    assert answers in ([], [b"400"], [b"403"], [b"403", b"404"], [b"413"], [b"501"]), answers
    assert (b"404" in answers) == (b"403" in answers and len(answers) == 2)


def test_what_a_client_says_of_itself_is_not_believed(proxy: Nginx) -> None:
    """Not its address (nobody leaves a limit by naming another), not its protocol, not its host."""
    forged = {
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_For": "203.0.113.9",
        "Forwarded": "for=203.0.113.9;host=evil.example;proto=http",
        "X_Original_URL": "/en/nowhere/",
        "X_Rewrite_URL": "/en/nowhere/",
        "X_HTTP_Method_Override": "DELETE",
    }
    said = ask(proxy, "/en/form/", **forged)
    assert said.startswith(b"HTTP/1.1 200")
    assert b"evil.example" not in said
    assert re.search(rb"(?i)set-cookie: __Host-csrf=[^\r]*; Secure", said)
    assert ask(proxy, "/", **forged).count(b"Location: /") == 1, "it leads by path, to no host"


def test_the_plain_port_answers_nobody_elses_name(proxy: Nginx) -> None:
    assert say(proxy, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", secure=False) == b""
    said = say(proxy, f"GET /en/follow/?secret HTTP/1.1\r\nHost: {HOST}\r\n\r\n", secure=False)
    assert re.findall(rb"(?i)location: ([^\r]*)", said) == [f"https://{HOST}/".encode()]
    assert b"secret" not in said
