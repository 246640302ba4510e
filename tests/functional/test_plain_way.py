"""The plain way, from the first page to the code: five pages, six hundred words, nothing in the way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from tests.functional.conftest import MakeHotline
from tests.functional.looks import PHONE
from tests.functional.questions import Open
from tests.functional.servers import Hotline

MOST_PAGES, MOST_WORDS = 5, 600
WORDS = "document.querySelector('main').innerText"
# The lines to call and the foot of the page, as a share of the whole page.
FOOT = """(() => { const high = (s) => document.querySelector(s).getBoundingClientRect().height;
  return (high(".help") + high(".foot")) / document.documentElement.scrollHeight; })()"""


@pytest.fixture(scope="module")
def portal(hotline: MakeHotline) -> Hotline:
    return hotline("portal")


def go_on(page: Page, press: str, url: str) -> None:
    page.click(press)
    expect(page).to_have_url(re.compile(url), timeout=20_000)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_five_pages_and_six_hundred_words(opened: Open, language: str) -> None:
    page = opened(f"{language}/", PHONE)
    seen: dict[str, int] = {}
    feet: dict[str, float] = {}

    def look() -> None:
        read = re.findall(r"[^\W_]+(?:[’'.-][^\W_]+)*", page.evaluate(WORDS))
        seen[page.url], feet[page.url] = len(read), page.evaluate(FOOT)

    ways: tuple[tuple[Callable[[], None], str, str], ...] = (
        (lambda: None, ".door[href$='/steps/where/']", "/where/$"),
        (lambda: page.fill("#url-1", "example.org/photo/1"), "#continue", "/who/$"),
        (lambda: (page.check("#id_reporter_0"), page.check("#id_age_1"))[0], "#continue", "/check/$"),
        (lambda: page.check("#id_statement"), "#send", "/code/$"),
    )
    for answer, press, url in ways:
        look()
        answer()
        go_on(page, press, url)
    look()
    assert len(seen) == MOST_PAGES, seen
    assert sum(seen.values()) <= MOST_WORDS, seen
    assert max(feet.values()) < 0.4, feet
    # What happens now is said before the button that leads on, and to forget to tick is no fault.
    heading, button = page.locator("#next").bounding_box(), page.locator("[value=continue]").bounding_box()
    assert heading
    assert button
    assert heading["y"] < button["y"]
    page.click("[value=continue]")
    expect(page.locator("#not-saved")).to_be_focused()
    expect(page.locator(".problems")).to_have_count(0)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("size", [(360, 640), (1280, 600)])
def test_the_way_for_a_threat_is_seen_at_once(opened: Open, language: str, size: tuple[int, int]) -> None:
    page = opened(f"{language}/", {"width": size[0], "height": size[1]})
    box = page.locator(".alert .button").bounding_box()
    assert box
    assert box["y"] + box["height"] <= size[1]
    page = opened(f"{language}/steps/ways/", {"width": size[0], "height": size[1]})
    box = page.locator("#id_ways_3").bounding_box()
    assert box
    assert box["y"] + box["height"] <= size[1]


def test_at_400_percent_the_way_out_leaves_room(opened: Open) -> None:
    page = opened("fr/", {"width": 320, "height": 256})
    assert page.evaluate("document.querySelector('.bar').getBoundingClientRect().height") <= 44
