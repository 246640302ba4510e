"""Anything can be pasted: each kind is recognised and answered in one line, and its page taken along."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.hotline.intake.asking.steps import answer, push, send, to
from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases.models import Case
from disrupt.hotline.intake.asking import addresses, kinds, pasted
from disrupt.hotline.intake.asking.kinds import Kind

PAGE = "https://example.org/photo/1"
SEEN = [
    ("https://t.me/+AbCdEf", Kind.INVITATION, ""),
    ("https://t.me/joinchat/AbCdEf", Kind.INVITATION, ""),
    ("https://chat.whatsapp.com/AbCdEf", Kind.INVITATION, ""),
    ("https://discord.gg/abc", Kind.INVITATION, ""),
    ("https://discord.com/invite/abc", Kind.INVITATION, ""),
    ("https://web.whatsapp.com/", Kind.ACCOUNT, ""),
    ("https://web.telegram.org/k/#-123", Kind.ACCOUNT, ""),
    ("https://discord.com/channels/1/2/3", Kind.ACCOUNT, ""),
    ("https://www.instagram.com/direct/t/1/", Kind.ACCOUNT, ""),
    ("https://www.instagram.com/stories/jane/31/", Kind.STORY, ""),
    ("https://www.facebook.com/stories/1/2/", Kind.STORY, ""),
    ("https://www.google.fr/search?q=jane&udm=2", Kind.RESULTS, ""),
    ("https://www.google.co.uk/search?q=jane", Kind.RESULTS, ""),
    (f"https://www.google.com/imgres?imgurl=https://a.example/1.jpg&imgrefurl={PAGE}", Kind.RESULTS, PAGE),
    ("https://www.bing.com/images/search?q=jane&view=detailV2", Kind.RESULTS, ""),
    ("https://duckduckgo.com/?q=jane&iax=images", Kind.RESULTS, ""),
    ("https://yandex.ru/images/search?text=jane", Kind.RESULTS, ""),
    (f"https://webcache.googleusercontent.com/search?q=cache:Ab3:{PAGE}+jane", Kind.COPY, PAGE),
    (f"https://web.archive.org/web/20260101000000/{PAGE}", Kind.COPY, PAGE),
    ("https://web.archive.org/web/2026/http:/example.org/a?b=1", Kind.COPY, "http://example.org/a?b=1"),
    ("https://archive.ph/AbC12", Kind.COPY, ""),
    (f"https://archive.ph/o/AbC12/{PAGE}", Kind.COPY, PAGE),
    (f"https://www.google.com/url?sa=i&url={PAGE}", Kind.WRAPPED, PAGE),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fphoto%2F1&h=x", Kind.WRAPPED, PAGE),
    ("https://www.google.com/amp/s/example.org/photo/1", Kind.WRAPPED, PAGE),
    ("https://play.google.com/store/apps/details?id=com.snapchat.android", Kind.APPLICATION, ""),
    ("https://www.instagram.com/jane.d_33/", Kind.PROFILE, ""),
    ("https://www.tiktok.com/@jane", Kind.PROFILE, ""),
    ("https://www.snapchat.com/add/jane", Kind.PROFILE, ""),
    ("https://t.me/jane_d", Kind.PROFILE, ""),
    ("https://www.facebook.com/profile.php?id=1", Kind.PROFILE, ""),
]
PAGES_AS_THEY_ARE = [
    PAGE,
    "https://www.instagram.com/p/Ab3/",
    "https://www.tiktok.com/@jane/video/1",
    "https://t.me/channel/123",
    "https://x.com/jane/status/1",
    "https://www.reddit.com/r/x/comments/1/a/",
    "https://drive.google.com/file/d/1/view",
    "https://discord.com/cdn/1.jpg",
    "https://www.google.com/maps/place/1",
    "https://notgoogle.com/search?q=jane",
    "https://example.org/google.com/url?q=https://a.example/",
    "https://www.google.com/url?q=",
]


@pytest.mark.parametrize(("url", "kind", "inside"), SEEN)
def test_each_kind_is_known_and_has_its_line(url: str, kind: Kind, inside: str) -> None:
    hint = kinds.hint(addresses.clean(url))
    assert hint is not None
    assert (hint.kind, hint.inside) == (kind, inside)
    assert hint.words
    assert "\n" not in hint.words


@pytest.mark.parametrize("url", PAGES_AS_THEY_ARE)
def test_a_page_is_taken_as_it_is(url: str) -> None:
    assert kinds.hint(addresses.clean(url)) is None


def test_the_page_behind_comes_along_and_a_mere_link_is_replaced() -> None:
    archived = f"https://web.archive.org/web/2026/{PAGE}"
    text = f"https://www.google.com/url?q={PAGE}\n{archived}\nhttps://t.me/+abc"
    assert pasted.read(text).good == (PAGE, archived, "https://t.me/+abc")


def test_a_search_engine_has_its_own_form() -> None:
    google = kinds.hint("https://www.google.fr/search?q=jane")
    duck = kinds.hint("https://duckduckgo.com/?q=jane")
    names = [said.form.name for said in (google, duck) if said and said.form]
    assert names == ["Google", "Bing"]


@pytest.mark.parametrize("row", kinds._rows())
def test_no_pattern_takes_long(row: Any) -> None:
    """What somebody pastes is hostile: two thousand characters, whichever, are read at once."""
    for evil in ("/" * 2000, "/a" * 1000, "/web/" + "https:/" * 280, "/@" * 1000, "/" + "a" * 2000):
        row.path.search(evil)
        row.hosts.search("google." * 200)


def test_the_page_says_it_in_place_and_goes_on_at_the_second_press(somebody: Person) -> None:
    answer(somebody, "ways", ways=["online"])
    told = {"en": "An invitation: we cannot look into a group", "fr": "Une invitation"}[somebody.language]
    invitation, page = "https://chat.whatsapp.com/AbC", PAGE
    assert answer(somebody, "where", url=[invitation, page]).status_code == 200
    assert told in somebody.html
    assert 'aria-describedby="url-help url-1-hint"' in somebody.html
    assert 'id="problems"' not in somebody.html, "nothing is wrong"
    assert to(push(somebody, "where", url=[invitation, page])) == "who"
    answer(somebody, "who", reporter="self", age="adult")
    somebody.get("steps/check/")
    assert told in somebody.html, "and says it again before it is sent"


def test_what_has_no_address_goes_along_as_words_alone(somebody: Person, client: Client) -> None:
    answer(somebody, "ways", ways=["online"])
    assert answer(somebody, "where", url=["snap : jane_33"]).status_code == 200
    assert "Snapchat" in somebody.html
    assert to(push(somebody, "where", url=["snap : jane_33"], action="without")) == "who"
    answer(somebody, "who", reporter="self", age="adult")
    somebody.get("steps/check/")
    assert "snap : jane_33</textarea>" in somebody.html
    assert send(somebody).status_code == 302
    case = Case.objects.get()
    assert (case.items.count(), case.unread, case.in_queue) == (0, True, True), "a person reads it"
    somebody.get("code/")
    somebody.post("code/", {"saved": "on"})
    somebody.get("follow/now/")
    assert {"en": "Nobody has read it yet", "fr": "Personne ne l’a encore lu"}[
        somebody.language
    ] in somebody.html


def test_nothing_at_all_is_still_asked_for(person: Person) -> None:
    answer(person, "ways", ways=["online"])
    assert answer(person, "where").status_code == 200
    assert "Give at least one address" in person.html
