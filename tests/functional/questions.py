"""The questions one by one, as a browser answers them."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
Open = Callable[..., Page]


def to(page: Page, step: str) -> None:
    """Continue to the page of this name."""
    page.click("#continue")
    expect(page).to_have_url(re.compile(rf"/{step}/$"))


def finish(page: Page) -> None:
    """From “who” to the code."""
    page.check("#id_reporter_0")
    page.check("#id_age_1")
    to(page, "check")
    page.check("#id_statement")
    page.click("#send")
    expect(page).to_have_url(re.compile(r"/code/$"), timeout=20_000)
