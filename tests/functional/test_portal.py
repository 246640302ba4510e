"""A person at the portal, in Chromium: phone and desktop, both languages, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.functional.looks import DESKTOP, PHONE
from tests.functional.portal_phone import CODE, Phone, answer
from tests.functional.servers import Hotline


@pytest.fixture(scope="module")
def portal(hotline: Callable[..., Hotline], neutral: str) -> Hotline:
    return hotline("portal", DISRUPT_EXIT_URL=neutral, DISRUPT_MAX_UPLOAD_BYTES=str(4 * 1024**2))


@pytest.mark.parametrize(
    ("language", "size", "js"),
    [
        ("fr", PHONE, True),
        ("en", PHONE, True),
        ("fr", DESKTOP, True),
        ("en", DESKTOP, True),
        ("fr", PHONE, False),
        ("en", DESKTOP, False),
    ],
    ids=["fr-phone", "en-phone", "fr-desktop", "en-desktop", "fr-phone-no-js", "en-desktop-no-js"],
)
def test_from_the_first_page_to_a_withdrawal(
    phone: Callable[..., Phone], photos: list[Path], language: str, size: Any, js: bool
) -> None:
    person = phone(language, size, js)
    page = person.go("")
    person.look("1-home") if js else None
    page.click("main .door[href$='/steps/ways/']")
    page.click(".stopping a[href$='/form/']")
    person.look("2-form") if js else None

    page.fill("#url-1", "example.org/photo/1")
    page.click("#add-url")
    page.fill("#url-2", "https://example.org/photo/2")
    page.set_input_files("#files", [str(photo) for photo in photos])
    page.check("#id_reporter_0")
    page.click("#send")
    expect(page.locator("#problems")).to_be_visible()
    expect(page.locator("#problems")).to_be_focused() if js else None
    expect(page.locator(".received li")).to_have_count(2)
    expect(page.locator("#url-2")).to_have_value("https://example.org/photo/2")
    person.look("3-problems") if js else None

    answer(page)
    page.click("#send")
    expect(page).to_have_url(f"{person.base}/{language}/code/")
    code = str(page.locator("#code").text_content()).strip()
    assert CODE.fullmatch(code)
    person.look("4-code") if js else None
    page.reload()
    assert str(page.locator("#code").text_content()).strip() == code
    page.click("button[value=continue]")
    expect(page.locator("button[value=anyway]")).to_be_visible()
    page.check("#saved")
    page.click("button[value=continue]")
    expect(page).to_have_url(f"{person.base}/{language}/follow/now/")
    expect(page.locator(".item")).to_have_count(4)
    person.look("5-status") if js else None

    page.click(".choices-end form button")
    page.goto(f"{person.base}/{language}/follow/now/")
    expect(page).to_have_url(f"{person.base}/{language}/follow/")
    page.fill("#code", "hello")
    page.keyboard.press("Enter")
    expect(page.locator("#code-error")).to_be_visible()
    person.look("6-wrong-code") if js else None
    page.fill("#code", code.lower())
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{person.base}/{language}/follow/now/")

    page.click(".item:has(a[href$='/now/3/']) summary")
    page.click("a[href$='/now/3/']")
    person.look("7-confirm") if js else None
    page.click("main .button.danger")
    expect(page.locator(".notice.good")).to_be_visible()
    expect(page.locator(".item.over")).to_have_count(1)
    person.look("8-cancelled") if js else None
    page.click("a[href$='/now/end/']")
    page.click("main .button.danger")
    expect(page).to_have_url(f"{person.base}/{language}/done/")
    person.look("9-deleted") if js else None
    person.go("follow/")
    page.fill("#code", code)
    page.keyboard.press("Enter")
    expect(page.locator("#code-error")).to_be_visible()
    assert [text for text in person.problems if "422" not in text] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_in_the_dark(phone: Callable[..., Phone], language: str) -> None:
    person = phone(language, scheme="dark")
    for name, path in (("1-home", ""), ("2-form", "form/"), ("6-follow", "follow/")):
        person.go(path)
        person.look(name)
    person.go("form/").click("#send")
    person.look("3-problems")


def test_large_text_and_a_tiny_screen(phone: Callable[..., Phone]) -> None:
    """400 % on a screen of 1280 px (WCAG 1.4.10, Reflow)."""
    person = phone("fr", {"width": 320, "height": 370})
    for path in ("", "form/", "follow/"):
        person.go(path)
        wider = person.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, path


def test_changing_the_language_keeps_what_was_typed(phone: Callable[..., Phone], photos: list[Path]) -> None:
    person = phone("en", js=False)
    page = person.go("form/")
    page.fill("#id_description", "my words")
    page.set_input_files("#files", [str(photos[0])])
    page.click(".tongues summary")
    page.click("button.tongue[lang=fr]")
    expect(page).to_have_url(f"{person.base}/fr/form/")
    expect(page.locator("#id_description")).to_have_value("my words")
    expect(page.locator(".received")).to_contain_text("1 fichier bien reçu")


def test_enter_sends_and_changes_no_language(phone: Callable[..., Phone]) -> None:
    person = phone("fr", js=False)
    page = person.go("form/")
    page.fill("#url-1", "https://example.org/1")
    page.press("#url-1", "Enter")
    expect(page).to_have_url(f"{person.base}/fr/form/")
    expect(page.locator("#problems")).to_be_visible()


def test_by_keyboard_alone(phone: Callable[..., Phone]) -> None:
    person = phone("en", DESKTOP)
    page = person.go("form/")
    page.keyboard.press("Tab")
    expect(page.locator("#exit")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("main a[href$='/steps/ways/']")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#url-1")).to_be_focused()
    page.keyboard.type("example.org/1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#url-2")).to_be_focused()
    page.keyboard.type("example.org/2")
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => { const e = document.activeElement, b = e.getBoundingClientRect();
              return [e.id, b.top >= document.querySelector('.bar').getBoundingClientRect().bottom - 1,
                      b.bottom <= innerHeight + 1, getComputedStyle(e).outlineStyle]; }"""
        )
        if here[0] == "send":
            break
        seen.append(here)
        if here[0] in {"id_reporter_0", "id_age_0", "id_statement"}:
            page.keyboard.press("Space")
    assert here[0] == "send"
    assert [element for element in seen if not (element[1] and element[2])] == [], "the focus never hides"
    assert {element[3] for element in seen} == {"solid"}, "the focus is always seen"
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{person.base}/en/code/")
    page.focus("#saved")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".item")).to_have_count(2)
