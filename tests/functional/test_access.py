"""Every page of the portal, for everybody: axe finds nothing, nothing is cut off, all goes by keyboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.functional.portal_walk import walk
from tests.functional.servers import Hotline

from disrupt.hotline.intake.library.files import library

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
RUN = """async () => (await axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
})).violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 120) + " | " + n.failureSummary)])"""
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
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
        found = axe(page)
        if page.evaluate(WIDER) > 0:
            found.append(("wider than the screen", page.evaluate(WIDER)))
        if found:
            wrong[name] = found
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize(("language", "size", "scheme"), [("fr", PHONE, "dark"), ("en", DESKTOP, "light")])
def test_axe_finds_nothing_on_the_help_pages(visit: Visit, language: str, size: Any, scheme: str) -> None:
    page, base = visit(language, size, scheme)
    wrong: dict[str, Any] = {}
    help_pages = f"{base}/{language}/{'aide' if language == 'fr' else 'help'}/"
    for path in ["", *(f"{one.slug}/" for one in library().in_language(language))]:
        page.goto(help_pages + path)
        if found := axe(page):
            wrong[path] = found
        if page.evaluate(WIDER) > 0:
            wrong[path] = ["wider than the screen", page.evaluate(WIDER), *wrong.get(path, [])]
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_axe_would_find_something(visit: Visit) -> None:
    page, base = visit("en", PHONE)
    page.goto(f"{base}/en/form/")
    page.evaluate("document.querySelector('label').remove()")
    assert "label" in [name for name, _ in axe(page)]
