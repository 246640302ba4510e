"""The code is lost: the same file, on the device or sent, has the hotline stop."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.looks import DESKTOP, PHONE
from tests.functional.portal_walk import chosen, photo
from tests.functional.questions import WIDER, finish, to
from tests.functional.servers import Hotline


@pytest.fixture(scope="module")
def portal(hotline: MakeHotline) -> Hotline:
    return hotline("portal", "worker")


def declared(page: Page, base: str, language: str, picture: Any) -> str:
    """A fingerprint made on the device; the code of its report."""
    page.goto(f"{base}/{language}/steps/ways/")
    page.check("#id_ways_2")
    to(page, "device")
    page.wait_for_selector("form[data-ready]")
    page.set_input_files("#device-files", picture)
    page.wait_for_selector("#device-chosen .good")
    to(page, "who")
    finish(page)
    return str(page.get_attribute("#code", "data-code"))


def until(page: Page, base: str, language: str, code: str, words: str) -> None:
    """Open the report again until it says this."""
    for _ in range(40):
        page.goto(f"{base}/{language}/follow/")
        page.fill("#code", code)
        page.press("#code", "Enter")
        expect(page.locator(".items")).to_be_visible()
        if words in str(page.text_content("main")):
            return
        page.wait_for_timeout(500)
    raise AssertionError(page.text_content("main"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "size", "js", "asked", "stopped"),
    [
        ("fr", PHONE, True, "nous a demandé d’arrêter", "personne n’a dit non"),
        ("en", DESKTOP, False, "asked us to stop", "nobody said no"),
    ],
)
def test_the_same_file_stops_it(
    portal: Hotline,
    shoot: Shoot,
    opened: Callable[..., Page],
    language: str,
    size: Any,
    js: bool,
    asked: str,
    stopped: str,
) -> None:
    base, picture = portal.url("portal"), chosen("holiday.jpg", photo(41 + js))
    page = opened(f"{language}/", DESKTOP)
    code = declared(page, base, language, picture)
    page = opened(f"{language}/follow/", size, java_script_enabled=js)
    page.click("main summary")
    page.click("a[href$='/follow/lost/']")
    shoot(page, f"portal/{language}-{size['width']}/lost")
    assert page.evaluate(WIDER) <= 0
    page.set_input_files("#lost-files", picture)
    if js:
        expect(page.locator("#lost-news")).to_have_text(re.compile("C’est prêt|Ready"))
        assert page.get_attribute("#lost-files", "name") is None, "a form does not send what has no name"
    page.click("#ask")
    expect(page).to_have_url(re.compile("/follow/lost/sent/$"))
    shoot(page, f"portal/{language}-{size['width']}/lost-sent")
    until(page, base, language, code, asked)
    shoot(page, f"portal/{language}-{size['width']}/lost-told")
    portal.move_clock(days=15)
    until(page, base, language, code, stopped)
