"""Taking addresses apart, and finding who is written to."""

from __future__ import annotations

from typing import Any

import pytest

from disrupt.hotline.common.outbound import BadAddress, check_address, one_line
from disrupt.hotline.common.sites import registrable
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.recipients import BadRegistry, registry
from disrupt.hotline.takedown.states import Channel


@pytest.mark.parametrize(
    ("url", "host", "port", "ascii_form"),
    [
        ("https://Example.ORG/a", "example.org", None, "https://example.org/a"),
        ("https://example.org.:8443/a#b", "example.org", 8443, "https://example.org:8443/a#b"),
        (
            "https://exämple.org/ü?q=é",
            "xn--exmple-cua.org",
            None,
            "https://xn--exmple-cua.org/%C3%BC?q=%C3%A9",
        ),
        ("https://例え.example/", "xn--r8jz45g.example", None, "https://xn--r8jz45g.example/"),
        ("http://user:pw@example.org/", "example.org", None, "http://example.org/"),
        ("http://[2001:DB8::1]:80/x", "2001:db8::1", 80, "http://[2001:db8::1]:80/x"),
        ("http://203.0.113.7/x", "203.0.113.7", None, "http://203.0.113.7/x"),
        ("http://my_site.example.org/", "my_site.example.org", None, "http://my_site.example.org/"),
        ("https://example.org/a%20b", "example.org", None, "https://example.org/a%20b"),
        ("https://example.org?x", "example.org", None, "https://example.org?x"),
    ],
)
def test_an_address_taken_apart(url: str, host: str, port: int | None, ascii_form: str) -> None:
    place = take_apart(url)
    assert (place.host, place.port, place.ascii) == (host, port, ascii_form)
    assert place.exact == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp:what",
        "https://",
        "https://[::1",
        "https://a:99999/",
        "http://exa mple/",
        "//",
        "https://\u202e/",
    ],
)
def test_what_has_no_host_has_none(url: str) -> None:
    assert take_apart(url).host == ""


def test_nothing_breaks_or_disguises_a_line() -> None:
    place = take_apart(" https://example.org/a\r\nb\u2028c\u202ed\x00e f\n")
    assert place.exact == "https://example.org/a%0D%0Ab%E2%80%A8c%E2%80%AEd%00e%20f"
    assert place.ascii == place.exact


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("a.b.example.org", "example.org"),
        ("www.example.co.uk", "example.co.uk"),
        # A hosting platform's own name, not its customer's: abuse@ must not reach the uploader.
        ("somebody.blogspot.com", "blogspot.com"),
        ("co.uk", ""),
        ("localhost", ""),
        ("abc.onion", ""),
        ("203.0.113.7", ""),
        ("2001:db8::1", ""),
        ("", ""),
        ("xn--exmple-cua.org", "xn--exmple-cua.org"),
    ],
)
def test_who_registered_the_name(host: str, name: str) -> None:
    assert registrable(host) == name


@pytest.mark.parametrize(
    ("url", "address", "language", "scope"),
    [
        ("https://images.example.net/1", "legal@images.example.net", "en", "host"),
        ("https://cdn.images.example.net/1", "legal@images.example.net", "en", "host"),
    ],
)
def test_who_is_written_to(url: str, address: str, language: str, scope: str) -> None:
    found = registry().host(take_apart(url))
    assert (found.channel, found.address) == (Channel.EMAIL, address)
    assert (found.language, found.scope) == (language, scope)


UNKNOWN = [
    ("https://notimages.example.net/1", "abuse@example.net", "en"),
    ("https://www.example.fr/1", "abuse@example.fr", "fr"),
    ("https://exämple.org/1", "abuse@xn--exmple-cua.org", "en"),
]


@pytest.mark.parametrize(("url", "address", "language"), UNKNOWN)
def test_whoever_runs_an_unknown_site_is_not_told(url: str, address: str, language: str) -> None:
    found = registry().host(take_apart(url))
    assert (found.channel, found.address, found.scope) == (Channel.FORM, "", "unknown")
    assert found.language == language


@pytest.mark.parametrize(("url", "address", "language"), UNKNOWN)
def test_unless_the_hotlines_own_file_says_so(recipients: Any, url: str, address: str, language: str) -> None:
    recipients(fallback={"language": "en", "language_by_suffix": {"fr": "fr"}, "tell_operator": True})
    found = registry().host(take_apart(url))
    assert (found.channel, found.address, found.scope) == (Channel.EMAIL, address, "operator")
    assert found.language == language


def test_a_file_from_before_tells_no_operator_either(recipients: Any) -> None:
    recipients(fallback={"local_part": "abuse", "scope": "site", "language": "en", "language_by_suffix": {}})
    assert registry().host(take_apart("https://www.example.fr/1")).address == ""


def test_the_operators_own_registry(recipients: Any) -> None:
    hosts = [
        {
            "pattern": p, "name": p, "channel": "email", "address": a,
            "language": "fr", "scope": "host", "tested": "2026-11-01",
        }
        for p, a in (
            ("127.0.0.1:8100", "a@host.example"), ("127.0.0.1", "b@host.example"),
            ("*.example.org", "c@host.example"),
            ("[::1]", "d@host.example"), ("*.deep.example.org", "e@host.example"),
        )
    ]  # fmt: skip
    recipients(hosts=hosts, fallback=None, police={"name": "P", "channel": "form", "language": "fr"})
    known = registry()
    for url, address in (
        ("http://127.0.0.1:8100/x", "a@host.example"),
        ("http://127.0.0.1:8101/x", "b@host.example"),
        ("http://[::1]:8101/x", "d@host.example"),
        ("http://a.deep.example.org/", "e@host.example"),
        ("http://example.org/", "c@host.example"),
        ("http://example.com/", ""),
    ):
        assert known.host(take_apart(url)).address == address
    assert known.police.channel == Channel.FORM


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"police": {"name": "P", "channel": "email", "address": "a b@x", "language": "fr"}},
            "e-mail address",
        ),
        ({"police": {"name": "P", "channel": "pigeon", "language": "fr"}}, "pigeon"),
        ({"police": {"name": "P", "channel": "form", "language": "de"}}, "language “de”"),
        ({"hosts": [{"pattern": "x", "tested_on": "2026-11-01"}]}, "scope"),
        ({"notifier": None}, "NoneType"),
        (
            {"police": {"name": "P", "channel": "form", "language": "fr", "dsa_tier": "huge"}},
            "dsa_tier is one of",
        ),
        ({"police": {"name": "P", "channel": "form", "language": "fr", "bulk_max": 251}}, "from 1 to 250"),
    ],
)
def test_an_unusable_file_says_why(recipients: Any, changes: dict[str, Any], message: str) -> None:
    recipients(**changes)
    with pytest.raises(BadRegistry, match=message):
        registry()


def test_a_file_that_changes_is_read_again(recipients: Any) -> None:
    recipients(version="one")
    assert registry().version == "one"
    recipients(version="two")
    assert registry().version == "two"


@pytest.mark.parametrize(
    "address",
    [
        "", "a", "@b.example", "a@", "a@b.example\n", "a@b.example\r\nRCPT TO:<c@d.example>", "a b@c.example",
        "a@b.example,c@d.example", "<a@b.example>", "a@b..example", "é@b.example",
        "a@exämple.org", "a@b@c.example",
        "a" * 250 + "@b.example", "a@-b.example", '"a b"@c.example', "a@b.example ",
    ],
)  # fmt: skip
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(BadAddress):
        check_address(address)


@pytest.mark.parametrize(
    "address", ["abuse@example.org", "a.b+c@xn--exmple-cua.org", "a@localhost", "a@[127.0.0.1]"]
)
def test_what_is_an_address(address: str) -> None:
    assert check_address(address) == address


def test_text_from_elsewhere_is_one_line() -> None:
    assert one_line("550 a\r\nb\u2028c\x00" + "d" * 900) == ("550 a  b c " + "d" * 900)[:500]
