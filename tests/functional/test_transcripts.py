"""What a screen reader is told, page by page, as text that is kept: roles, names, states, in their order.

`DISRUPT_TRANSCRIPTS=write pytest tests/functional/test_transcripts.py` writes them anew: look what differs.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page
from tests.functional.conftest import MakeHotline
from tests.functional.looks import DESKTOP
from tests.functional.servers import Hotline

KEPT = Path(__file__).with_name("transcripts")
WRITE = os.environ.get("DISRUPT_TRANSCRIPTS") == "write"
# What differs from run to run: the code, and when something was.
VARIES = (
    (re.compile(r"\b\d{1,2}(?:er)?\s[^\W\d_]+\s\d{4}\b"), "DAY"),
    (re.compile(r"\b\d{1,2}:\d{2}\b(?: \(UTC[^)]*\))?"), "HOUR"),
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}\b(?:\W{1,5}[0-9A-HJKMNP-TV-Z]{4}\b){4}"), "CODE"),
)
JUMPS = 'document.querySelectorAll(\'[tabindex]:not([tabindex="-1"]):not([tabindex="0"])\').length'


@pytest.fixture(scope="module")
def portal(hotline: MakeHotline) -> Hotline:
    """A portal on which it is noon: at that hour every help line answers."""
    site = hotline("portal")
    now = dt.datetime.now(ZoneInfo("Europe/Paris"))
    noon = (now + dt.timedelta(days=1)).replace(hour=12, minute=0)
    site.move_clock(seconds=(noon - now).total_seconds())
    return site


def plain(page: Page, here: str) -> Iterator[str]:
    """An address, from the first page to the status."""
    page.goto(here)
    yield "home"
    page.click(".door[href$='/steps/where/']")
    yield "where"
    page.click("#continue")
    page.wait_for_selector("#problems")
    yield "where-wrong"
    page.fill("#url-1", "https://chat.whatsapp.com/AbC")
    page.click("#continue")
    page.wait_for_selector("#url-1-hint")
    yield "where-hint"
    page.click("#continue")
    page.wait_for_url("**/who/")
    yield "who"
    page.check("#id_reporter_0")
    page.check("#id_age_1")
    yield from _sent(page)


def threat(page: Page, here: str) -> Iterator[str]:
    """A threat told by a minor, without a picture."""
    page.goto(f"{here}steps/now/")
    yield "threat-now"
    page.fill("#id_demand", "500 euros")
    page.check("#id_reporter_0")
    yield from (f"threat-{name}" for name in _sent(page))


def follow(page: Page, here: str) -> Iterator[str]:
    """Behind the code, which is open."""
    for name in ("messages", "add", "contact", "all", "end"):
        page.goto(f"{here}follow/now/{name}/")
        yield f"follow-{name}"
    page.goto(f"{here}follow/")
    yield "follow"
    page.goto(f"{here}follow/lost/")
    yield "follow-lost"


def _sent(page: Page) -> Iterator[str]:
    page.click("#continue")
    page.wait_for_url("**/check/")
    yield "check"
    page.check("#id_statement")
    page.click("#send")
    page.wait_for_url("**/code/")
    yield "code"
    page.check("#saved")
    page.click("[value=continue]")
    page.wait_for_url("**/follow/now/")
    yield "status"


def transcript(page: Page) -> str:
    """The accessibility tree of what is read, as text."""
    said = page.locator("main").aria_snapshot()
    for pattern, name in VARIES:
        said = pattern.sub(name, said)
    return f"{page.title()}\n{said}\n"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["fr", "en", "ar"])
def test_what_is_read_aloud_is_what_was_agreed(chromium: Browser, portal: Hotline, language: str) -> None:
    context = chromium.new_context(viewport=DESKTOP, locale=language)  # type: ignore[arg-type]
    page, here = context.new_page(), f"{portal.url('portal')}/{language}/"
    differ: list[str] = []
    for way in (plain, threat, follow):
        for name in way(page, here):
            assert page.evaluate(JUMPS) == 0, f"{name}: the focus jumps"
            kept, said = KEPT / language / f"{name}.txt", transcript(page)
            if WRITE:
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(said, "utf-8")
            if kept.read_text("utf-8") != said:
                differ.append(name)
    context.close()
    assert differ == [], "a screen reader is told something else: look, then write the transcripts anew"
