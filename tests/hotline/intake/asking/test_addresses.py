"""Addresses: what people type and paste becomes a full address, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disrupt.hotline.intake.asking import addresses, pasted
from disrupt.hotline.intake.asking.addresses import Why


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://example.org/a?b=1#c", "https://example.org/a?b=1#c"),
        ("  http://Example.ORG  ", "http://example.org/"),
        ("example.org/Photo", "https://example.org/Photo"),
        ("//example.org/a", "https://example.org/a"),
        ("www.example.org:8080/x", "https://www.example.org:8080/x"),
        ("<https://example.org/a>,", "https://example.org/a"),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("https://exämple.example/é", "https://xn--exmple-cua.example/é"),
        ("https://xn--exmple-cua.example/é", "https://xn--exmple-cua.example/é"),
        ("https://\u0430pple.example/x", "https://xn--pple-43d.example/x"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org.:80/a", "http://example.org/a"),
        ("https:\\\\example.org\\a", "https://example.org/a"),
        ("https//example.org/a", "https://example.org/a"),
        ("ttps:/example.org/a", "https://example.org/a"),
        ("hxxp://example[.]org/a", "http://example.org/a"),
        ("https://exa\u202emple.org/\u202egpj.a", "https://example.org/%E2%80%AEgpj.a"),
        (
            "https://example.org/\U0001f468\u200d\U0001f469",
            "https://example.org/\U0001f468%E2%80%8D\U0001f469",
        ),
        ("https://exa\x00mple.org/a\x00b", "https://example.org/ab"),
        (
            "https://example.org/<script>alert(1)</script>",
            "https://example.org/%3Cscript%3Ealert(1)%3C/script",
        ),
        ("(https://example.org/a_(b))", "https://example.org/a_(b)"),
        ("http://127.0.0.1:9000/p/1", "http://127.0.0.1:9000/p/1"),
        ("http://[2001:db8::1]/a", "http://[2001:db8::1]/a"),
        ("\u200bhttps://example.org/a\u202e", "https://example.org/a"),
        ("localhost:9000/a", "https://localhost:9000/a"),
        ("https://user@example.org/a", "https://user@example.org/a"),
    ],
)
def test_an_address_in_full(typed: str, kept: str) -> None:
    assert addresses.clean(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "   ", "hello", "a photo of me", "javascript:alert(1)", "data:text/html,hi", "ftp://example.org/a",
        "file:///etc/passwd", "https://", "https:///path", "https://.", "http://[::1", "http://example.org:port/",
        "mailto:someone@example.org", "https://exa<mple.org/", "http://" + "a" * 70 + ".org/",
        "https://example.org/" + "a" * 2048, "@@@", "https://exa mple.org",
    ],
)  # fmt: skip
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(addresses.NotAnAddress):
        addresses.clean(typed)


def test_addresses_in_a_pasted_message() -> None:
    pasted = """He put it here: https://example.org/1, and on "https://example.com/2".
    example.net/3 example.net/4
    - https://example.org/5;
    ,
    """
    assert addresses.split(pasted) == [
        "https://example.org/1",
        "https://example.com/2",
        "example.net/3",
        "example.net/4",
        "https://example.org/5",
    ]


def test_each_address_once() -> None:
    assert addresses.distinct(["b", "a", "b"]) == ("b", "a")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("someone@example.org", Why.EMAIL), ("mailto:someone@example.org", Why.EMAIL),
        ("IMG_1234.JPG", Why.FILE), ("C:\\Users\\me\\a.png", Why.FILE), ("file:///home/me/a.png", Why.FILE),
        ("javascript:alert(1)", Why.NOT_WEB), ("data:text/html,hi", Why.NOT_WEB),
        ("whatsapp://send", Why.NOT_WEB),
        ("snapchat", Why.WORDS), ("@jane_33", Why.WORDS), ("https://a..b/c", Why.BROKEN),
        ("https://example.org/" + "a" * 2048, Why.TOO_LONG), ("\u200b", Why.EMPTY),
    ],
)  # fmt: skip
def test_why_it_is_none(typed: str, why: Why) -> None:
    with pytest.raises(addresses.NotAnAddress) as caught:
        addresses.clean(typed)
    assert caught.value.why is why


@given(st.text(max_size=80))
def test_anything_is_an_address_or_refused(text: str) -> None:
    try:
        kept = addresses.clean(text)
    except addresses.NotAnAddress:
        return
    assert kept.startswith(("http://", "https://"))
    assert addresses.clean(kept) == kept


@pytest.mark.parametrize("piece", [",", ";|", "a ", "a.b\n", "www.", "http://", "a@", ",https://"])
def test_a_long_text_is_read_in_a_moment(piece: str) -> None:
    # Looked at anew from each comma, the first would take hours.
    pasted.read(piece * (600_000 // len(piece)))


def test_of_a_text_without_end_the_rest_is_named_and_not_lost() -> None:
    found = pasted.read("https://example.org/1\n" + "word\n" * 20_000 + "https://example.org/2")
    assert found.good == ("https://example.org/1",)
    assert found.bad[-1].text == "https://example.org/2"
    assert found.bad[-1].why == addresses.Why.TOO_MUCH
