"""The questions one by one in Chromium: by keyboard, without a script, until time is up, in a crowd."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.functional.looks import DESKTOP
from tests.functional.portal_walk import chosen, photo
from tests.functional.questions import WIDER, Open, finish, to
from tests.functional.servers import Hotline


@pytest.fixture(scope="module")
def portal(hotline: Callable[..., Hotline], neutral: str) -> Hotline:
    return hotline("portal", "worker", DISRUPT_EXIT_URL=neutral)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_without_a_script(opened: Open, language: str) -> None:
    page = opened(language + "/", java_script_enabled=False)
    page.click("main .alert .button")
    page.fill("#id_account", "@somebody")
    page.check("#id_reporter_1")
    page.click("button[value=more-ways]")
    expect(page.locator("#id_ways_3")).to_be_checked()
    page.uncheck("#id_ways_3")
    page.check("#id_ways_0")
    page.check("#id_ways_1")
    to(page, "where")
    page.fill("#url-1", "https://vm.tiktok.com/1")
    to(page, "files")
    page.set_input_files("#files", chosen("holiday.jpg", photo()))  # type: ignore[arg-type]
    to(page, "who")
    page.go_back()
    expect(page.locator(".received li")).to_have_count(1)
    page.go_forward()
    finish(page)
    expect(page.locator("#code")).to_be_visible()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_question_by_keyboard_alone(opened: Open, language: str) -> None:
    """Tab, Space, arrows and Enter, and nothing else; the way out is first, and the focus always seen."""
    page = opened(f"{language}/steps/ways/", DESKTOP)

    def reach(selector: str, most: int = 40) -> None:
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                break
        expect(page.locator(selector).first).to_be_focused()
        box = page.evaluate(
            """() => { const e = document.activeElement, b = e.getBoundingClientRect();
              return [b.top >= document.querySelector('.bar').getBoundingClientRect().bottom - 1,
                      // Of a field of several lines the browser shows where one writes.
                      Math.min(b.bottom, b.top + 60) <= innerHeight + 1,
                      getComputedStyle(e).outlineStyle]; }"""
        )
        assert box == [True, True, "solid"], (selector, box)

    def press(step: str) -> None:
        reach("#continue")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(rf"/{step}/$"))
        page.keyboard.press("Tab")
        expect(page.locator("#exit")).to_be_focused()

    reach("#id_ways_0")
    page.keyboard.press("Space")
    press("where")
    reach("#url-1")
    page.keyboard.type("example.org/1")
    press("who")
    reach("[name=reporter]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#id_reporter_1")).to_be_checked()
    reach("[name=age]")
    page.keyboard.press("ArrowDown")
    press("check")
    reach("#id_description")
    page.keyboard.type("words")
    reach("#id_statement")
    page.keyboard.press("Space")
    reach("#send")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/code/$"))


def test_what_is_wrong_gets_the_focus(opened: Open) -> None:
    page = opened("en/steps/ways/", DESKTOP)
    page.click("#continue")
    expect(page.locator("#problems")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_ways_0")).to_be_focused()


def test_before_it_closes_the_page_says_so_and_one_press_keeps_it(opened: Open) -> None:
    page = opened("en/steps/ways/")
    page.clock.install()
    page.check("#id_ways_0")
    to(page, "where")
    expect(page.locator("#closing")).to_be_hidden()
    page.clock.fast_forward("01:56:00")
    expect(page.locator("#closing")).to_be_visible()
    with page.expect_response("**/stay/") as answer:
        page.click("#stay")
    assert answer.value.status == 204
    page.clock.run_for(6000)
    expect(page.locator("#closing")).to_be_hidden()
    page.clock.fast_forward("02:01:00")
    expect(page).to_have_url(re.compile(r"/en/$"))


def test_while_a_file_is_on_its_way_nothing_closes(opened: Open) -> None:
    """No warning and no end (WCAG 2.2.1): the page asks for more time by itself."""
    page = opened("en/steps/ways/")
    page.clock.install()
    page.check("#id_ways_1")
    to(page, "files")
    page.evaluate("document.getElementById('report').dataset.uploads = 'busy'")
    for _ in range(2):
        with page.expect_response("**/stay/") as answer:
            page.clock.fast_forward("01:56:00")
        assert answer.value.status == 204
        page.clock.run_for(6000)
        expect(page.locator("#closing")).to_be_hidden()
        expect(page).to_have_url(re.compile(r"/steps/files/$"))
    page.evaluate("document.getElementById('report').dataset.uploads = ''")
    page.clock.fast_forward("01:56:00")
    expect(page.locator("#closing[role=alert]")).to_be_visible()
    # Its button comes right after the way out.
    page.locator("#exit").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "stay":
            break
    expect(page.locator("#stay")).to_be_focused()


def test_a_crowd_costs_a_moment_of_work(opened: Open, portal: Hotline) -> None:
    """Twenty-odd reports of one network, then one more: its browser works, and there is no waiting page."""
    for number in range(24):
        page = opened("en/form/")
        page.fill("#url-1", f"https://example.org/{number}")
        page.check("#id_reporter_0")
        page.check("#id_age_1")
        page.check("#id_statement")
        page.click("#send")
        expect(page).to_have_url(re.compile(r"/code/$"), timeout=20_000)
        page.context.close()
    page = opened("en/steps/ways/")
    page.check("#id_ways_0")
    to(page, "where")
    page.fill("#url-1", "https://example.org/1")
    to(page, "who")
    visited: list[str] = []
    page.on("framenavigated", lambda frame: visited.append(frame.url))
    finish(page)
    assert not [url for url in visited if url.endswith("/wait/")], "the proof went along"


def test_print_and_right_to_left(opened: Open, shoot: Any) -> None:
    page = opened("en/steps/ways/")
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert page.evaluate(WIDER) <= 0
    shoot(page, "portal-flow/rtl/step-ways")
    # What stands at the start of a line in one direction stands at its start in the other.
    box, label = (
        page.locator("#id_ways_0").bounding_box(),
        page.locator("label[for=id_ways_0]").bounding_box(),
    )
    assert box
    assert label
    assert box["x"] > label["x"]
    page.emulate_media(media="print")
    assert not page.locator("#exit").is_visible()


def test_two_hundred_percent_and_a_narrow_screen(opened: Open) -> None:
    """200 % of a screen of 640 px, and 360 px: nothing scrolls sideways (WCAG 1.4.4, 1.4.10)."""
    for path in (
        "fr/",
        "fr/form/",
        "fr/steps/ways/",
        "fr/steps/now/",
        "fr/steps/other/",
        "fr/steps/child/",
        "fr/steps/stop/",
    ):
        for width in (320, 360):
            page = opened(path, {"width": width, "height": 500})
            assert page.evaluate(WIDER) <= 0, (path, width)
            page.context.close()
