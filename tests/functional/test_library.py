"""The help pages in Chromium without JavaScript: phone and desktop, both languages, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.looks import FAINT, SMALL
from tests.functional.servers import Hotline

SIZES = {"360": {"width": 360, "height": 740}, "1280": {"width": 1280, "height": 900}}
HELP = {"fr": "fr/aide/", "en": "en/help/"}
# Whatever sticks out sideways, told by its tag and first words.
WIDE = """() => [...document.querySelectorAll("main *")]
  .filter((e) => e.checkVisibility() && !e.closest("thead, .unseen") && !e.matches("svg *"))
  .filter((e) => { const b = e.getBoundingClientRect(); return b.right > innerWidth + 1 || b.left < 0; })
  .map((e) => `${e.tagName}: ${e.textContent.trim().slice(0, 40)}`)"""
# The lines of running text, in characters of average width: longer ones are hard to follow.
LINES = """() => Math.max(...[...document.querySelectorAll(".text > p, .text > ul > li")]
  .map((e) => e.clientWidth / (parseFloat(getComputedStyle(e).fontSize) * 0.5)))"""

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def site(hotline: MakeHotline) -> Hotline:
    return hotline("portal")


@pytest.fixture
def opened(chromium: Browser, site: Hotline) -> Iterator[OpenPage]:
    """`opened("fr", "360")`: a tab without JavaScript on the list of pages; a refusal by its policy fails."""
    contexts = []
    refused: list[str] = []

    def make(language: str, size: str, scheme: str = "light") -> Page:
        context = chromium.new_context(
            viewport=SIZES[size], java_script_enabled=False, color_scheme=scheme, locale=language
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: refused.append(message.text))
        response = page.goto(f"{site.url('portal')}/{HELP[language]}")
        assert response is not None
        assert response.status == 200
        return page

    yield make
    for context in contexts:
        context.close()
    assert refused == []


def addresses(page: Page) -> list[str]:
    links = page.locator(".pages a")
    return [str(links.nth(number).get_attribute("href")) for number in range(links.count())]


def check(page: Page) -> None:
    """Nothing sticks out, every text is legible, every target can be hit."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert page.evaluate(WIDE) == [], page.url
    assert page.evaluate(FAINT) == [], page.url
    assert page.evaluate(SMALL) == [], page.url


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_fits_and_is_legible(
    language: str, size: str, opened: OpenPage, shoot: Shoot, site: Hotline
) -> None:
    page = opened(language, size)
    check(page)
    shoot(page, f"library/{language}-{size}-index")
    found = addresses(page)
    assert len(found) >= 18
    for path in found:
        page.goto(site.url("portal") + path)
        check(page)
        assert page.locator("main h1").count() == 1
        assert page.evaluate(LINES) <= 85, page.url
        shoot(page, f"library/{language}-{size}-{path.rstrip('/').rsplit('/', 1)[1]}")


@pytest.mark.parametrize("path", ["aide/", "aide/textes/", "aide/sites/", "aide/pressions/"])
def test_in_the_dark_too(path: str, opened: OpenPage, shoot: Shoot, site: Hotline) -> None:
    page = opened("fr", "360", "dark")
    page.goto(f"{site.url('portal')}/fr/{path}")
    check(page)
    shoot(page, f"library/fr-360-dark-{path.strip('/').replace('/', '-')}")


def test_twice_the_size_of_text(opened: OpenPage, site: Hotline) -> None:
    """200 % zoom of a 1280-pixel window is one of 640 pixels; 400 % is one of 320 (WCAG 1.4.4, 1.4.10)."""
    page = opened("fr", "1280")
    for width in (640, 320):
        page.set_viewport_size({"width": width, "height": 512})
        for path in ("textes/", "numeros/", "mentions/", "durees/"):
            page.goto(f"{site.url('portal')}/fr/aide/{path}")
            check(page)


def test_by_keyboard_from_the_list_to_a_heading(opened: OpenPage) -> None:
    """The way out is first; then the list, a page, and its table of contents, with Tab and Enter alone."""
    page = opened("en", "1280")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "exit"
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.pages') !== null"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/pressure/")
    page.goto(page.url.replace("pressure", "questions"))
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.contents') !== null"):
            break
    page.keyboard.press("Enter")
    assert "#" in page.url
    anchor = page.url.rsplit("#", 1)[1]
    # What was gone to is in sight, not under the bar.
    bar = page.locator(".bar").bounding_box()
    heading = page.locator(f"[id='{anchor}']").bounding_box()
    assert bar is not None
    assert heading is not None
    assert heading["y"] >= bar["height"]


def test_a_telephone_number_can_be_called(opened: OpenPage, site: Hotline) -> None:
    page = opened("fr", "360")
    page.goto(f"{site.url('portal')}/fr/aide/pressions/")
    assert page.locator("blockquote a[href='tel:17']").is_visible()
    assert page.locator("blockquote a[href='tel:3018']").is_visible()


# What a scene that is shown is called.
SCENES = "() => [...document.querySelectorAll('.scene')].filter((e) => e.checkVisibility()).map((e) => e.id)"


@pytest.mark.parametrize("size", SIZES)
def test_a_story_is_played_without_script_network_or_trace(
    size: str, opened: OpenPage, site: Hotline
) -> None:
    """One scene at a time, by keyboard, each of them legible; nothing is asked for and nothing is kept."""
    page = opened("fr", size)
    page.goto(f"{site.url('portal')}/fr/aide/histoires/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    before = page.context.storage_state()
    page.context.set_offline(True)
    assert page.evaluate(SCENES) == ["scene-choose"]
    for choice in ("group", "silent", "stop", "report", "lina", "pass", "stay", "adult", "group-end"):
        page.locator(f".scene a[href='#scene-{choice}']:visible").focus()
        page.keyboard.press("Enter")
        assert page.evaluate(SCENES) == [f"scene-{choice}"]
        assert page.evaluate("document.activeElement.id") == f"scene-{choice}"
        assert page.locator(f"#scene-{choice} h2").is_visible()
        check(page)
    assert page.locator("#scene-group-end h3").is_visible()
    page.go_back()
    assert page.evaluate(SCENES) == ["scene-adult"]
    # Chromium asks again for the icon that it could not fetch, with the same words each time.
    assert {url.rsplit("/", 1)[1] for url in asked} <= {"icon.svg"}
    assert page.context.storage_state() == before
