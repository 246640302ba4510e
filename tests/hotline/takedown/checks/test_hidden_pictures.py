"""Pictures that no mark of a page names are looked at too: data for search engines, backgrounds of styles."""

from __future__ import annotations

import json

import pytest
from tests.hotline.common.webhost import WebHost, page
from tests.hotline.processing.working import jpeg
from tests.hotline.takedown import test_media
from tests.hotline.takedown.test_media import look, picture

from disrupt.hotline.takedown.checks.page import read
from disrupt.hotline.takedown.models import Seen, Target

host, target, _warm = test_media.host, test_media.target, test_media._warm
DATA = {"@graph": [{"@type": "VideoObject", "name": "x", "contentUrl": "/one.jpg"}]}
PAGES = {
    "data": f'<script type="application/ld+json">{json.dumps(DATA)}</script>',
    "a list in data": '<script type="application/LD+JSON">[{"image": ["/none", "/one.jpg"]}]</script>',
    "styles": '<style>.a { color: red; background: no-repeat url( "/one.jpg" ) }</style>',
    "a style of its own": "<div style=\"background-image:url('/one.jpg')\">x</div>",
    "srcset": "<img srcset='/small.jpg 100w, /one.jpg 800w'>",
    "a poster": "<video poster=/one.jpg></video>",
    "for others": "<meta property=og:image content=/one.jpg><meta name=twitter:image content=/two.jpg>",
    "a link": "<link rel=image_src href=/one.jpg>",
}


@pytest.mark.parametrize("words", PAGES.values(), ids=PAGES)
def test_the_case_picture_is_found_wherever_it_stands(target: Target, host: WebHost, words: str) -> None:
    host.pages |= {"/view": page(f"<title>A page</title>{words}<p>words"), "/one.jpg": picture(jpeg(1))}
    check = look(target)
    assert (check.seen, check.sign) == (Seen.LIVE, "media_matches")


@pytest.mark.parametrize(
    "words",
    [
        "<script type=application/ld+json>" + '{"a":' * 100_000 + "</script>",
        "<script type=application/ld+json>" + "[" * 1_000_000 + "</script>",
        "<style>" + "background:" * 100_000 + "</style>",
        "<style>" + "background:url(" * 100_000 + "</style>",
        "<script>var x = {'contentUrl': '/one.jpg'}</script><style>a{src:url(/font.woff)}</style>",
        "<style>a{background:url(data:image/png;base64,xxxx)}</style><p style='background:url()'>x",
    ],
)
def test_nonsense_names_none_and_ends(words: str) -> None:
    found = read(words.encode(), "text/html", "https://a.example/")
    assert [one for one in found.hidden if len(one) < 100] == []


def test_ornaments_are_no_pictures_of_a_page_for_its_words() -> None:
    """A page that says that it is not there says so before whatever background."""
    found = read(b"<style>body{background:url(/wall.png)}</style><p>x", "text/html", "https://a.example/")
    assert (found.media, found.pictures) == ([], ["https://a.example/wall.png"])
