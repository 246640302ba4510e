"""Every page of the portal, for everybody: axe finds nothing, nothing is cut off, all goes by keyboard."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.functional.looks import DESKTOP, PHONE
from tests.functional.portal_walk import walk
from tests.functional.servers import Hotline

from disrupt.hotline.intake.library.files import library

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
RUN = """async () => (await axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
})).violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 120) + " | " + n.failureSummary)])"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

Visit = Callable[..., tuple[Page, str]]


@pytest.fixture(scope="module")
def portal(hotline: Callable[..., Hotline]) -> Hotline:
    return hotline("portal")


@pytest.fixture
def visit(chromium: Browser, portal: Hotline) -> Iterator[Visit]:
    """`visit("fr", PHONE, scheme="dark")`: a page of a clean browser, and the portal's address."""
    contexts: list[BrowserContext] = []

    def make(language: str, size: Any, scheme: Any = "light", **more: Any) -> tuple[Page, str]:
        more.setdefault("reduced_motion", "reduce")
        context = chromium.new_context(viewport=size, color_scheme=scheme, locale=language, **more)
        contexts.append(context)
        return context.new_page(), portal.url("portal")

    yield make
    for context in contexts:
        context.close()


def axe(page: Page) -> list[Any]:
    """What axe finds wrong. It is evaluated by the browser's own debugger, which no policy concerns."""
    page.evaluate(AXE)
    found: list[Any] = page.evaluate(RUN)
    return found


def faults(page: Page) -> list[Any]:
    """The same, and whether something is wider than the screen."""
    found = axe(page)
    if page.evaluate(WIDER) > 0:
        found.append(("wider than the screen", page.evaluate(WIDER)))
    return found


@pytest.mark.parametrize(
    ("language", "size", "scheme"),
    [
        ("fr", PHONE, "light"),
        ("en", DESKTOP, "dark"),
        pytest.param("fr", DESKTOP, "dark", marks=pytest.mark.fuzz),
        pytest.param("en", PHONE, "dark", marks=pytest.mark.fuzz),
        pytest.param("en", DESKTOP, "light", marks=pytest.mark.fuzz),
        pytest.param("fr", PHONE, "dark", marks=pytest.mark.fuzz),
        pytest.param("fr", DESKTOP, "light", marks=pytest.mark.fuzz),
        pytest.param("en", PHONE, "light", marks=pytest.mark.fuzz),
    ],
)
def test_axe_finds_nothing(visit: Visit, shoot: Any, language: str, size: Any, scheme: str) -> None:
    page, base = visit(language, size, scheme)
    wrong: dict[str, Any] = {}
    for name in walk(page, base, language):
        shoot(page, f"portal-flow/{language}-{size['width']}-{scheme}/{name}")
        if found := faults(page):
            wrong[name] = found
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize(("language", "size", "scheme"), [("fr", PHONE, "dark"), ("en", DESKTOP, "light")])
def test_axe_finds_nothing_on_the_help_pages(visit: Visit, language: str, size: Any, scheme: str) -> None:
    page, base = visit(language, size, scheme)
    wrong: dict[str, Any] = {}
    help_pages = f"{base}/{language}/{'aide' if language == 'fr' else 'help'}/"
    for path in ["", *(f"{one.slug}/" for one in library().in_language(language))]:
        page.goto(help_pages + path)
        if found := faults(page):
            wrong[path] = found
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_axe_would_find_something(visit: Visit) -> None:
    page, base = visit("en", PHONE)
    page.goto(f"{base}/en/form/")
    page.evaluate("document.querySelector('label').remove()")
    assert "label" in [name for name, _ in axe(page)]


CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary"
# WCAG 2.2, 2.5.8: at least 24 px, or room around (circles of 24 px that do not meet), or in a sentence.
SMALL = """(controls) => {
  const seen = [...document.querySelectorAll(controls)]
    .filter((e) => e.checkVisibility() && e.getClientRects().length
                   && getComputedStyle(e).visibility !== "hidden"
                   && e.getBoundingClientRect().right > 0 && !e.closest(".unseen"));
  const inText = (e) => {
    const of = e.closest("p, li, span, td, dd");
    return getComputedStyle(e).display === "inline" && of !== null
      && of.textContent.trim().length > e.textContent.trim().length;
  };
  const boxes = seen.map((e) => e.getBoundingClientRect());
  const middle = (b) => [(b.left + b.right) / 2, (b.top + b.bottom) / 2];
  return seen.filter((e, i) => {
    const b = boxes[i];
    if ((b.width >= 24 && b.height >= 24) || inText(e)) return false;
    const [x, y] = middle(b);
    return boxes.some((o, j) => j !== i && !seen[j].contains(e) && !e.contains(seen[j])
      && Math.hypot(Math.max(o.left - x, 0, x - o.right), Math.max(o.top - y, 0, y - o.bottom)) < 12);
  }).map((e) => e.outerHTML.slice(0, 120));
}"""
FIRST = "(controls) => document.querySelector(controls).id"


@pytest.mark.parametrize(("language", "colours"), [("fr", "none"), ("en", "active")])
def test_every_page_at_400_percent(visit: Visit, shoot: Any, language: str, colours: str) -> None:
    """1,280 px at 400 % are 320: nothing is wider, controls are large, and the way out comes first."""
    page, base = visit(language, {"width": 320, "height": 256}, forced_colors=colours)
    wrong: dict[str, Any] = {}
    for name in walk(page, base, language):
        shoot(page, f"portal-flow/{language}-320-{colours}/{name}")
        found = [f"small: {one}" for one in page.evaluate(SMALL, CONTROLS)]
        if page.evaluate(WIDER) > 0:
            found.append(f"{page.evaluate(WIDER)} px wider")
        if page.evaluate(FIRST, CONTROLS) != "exit" or not page.locator("#exit").is_visible():
            found.append("the way out is not first")
        if not re.fullmatch(r"((Error|Erreur) – )?Informations?( – [a-z -]+)?", page.title()):
            found.append(page.title())
        # The sticky bar must leave room to read and to type (2.4.11).
        if page.evaluate("document.querySelector('.bar').getBoundingClientRect().height") > 100:
            found.append("the bar takes too much room")
        if found:
            wrong[name] = found
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)
