"""A third language, written from right to left, is added by one file: the portal turns round with it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.functional.servers import Hotline

WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WORDS = {"Continue": "متابعة", "What has happened?": "ماذا حدث؟", "Report": "إبلاغ"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("locale")
    place = made / "ar" / "LC_MESSAGES"
    place.mkdir(parents=True)
    entries = "".join(f'\nmsgid "{english}"\nmsgstr "{arabic}"\n' for english, arabic in WORDS.items())
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    (place / "django.po").write_text(head + entries, "utf-8")
    subprocess.run(["msgfmt", "-o", place / "django.mo", place / "django.po"], check=True)
    return made


def test_a_language_by_a_file(hotline: Callable[..., Hotline], chromium: Browser, folder: Path) -> None:
    base = hotline("portal", DISRUPT_LOCALE_FOLDER=str(folder)).url("portal")
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="ar")
    page = context.new_page()
    page.goto(base)
    expect(page).to_have_url(f"{base}/ar/")
    assert page.get_attribute("html", "dir") == "rtl"
    # What has no translation yet is English, and says so, so that it is neither read nor written backwards.
    expect(page.locator(".few span[lang=en][dir=auto]")).to_have_count(4)
    page.goto(f"{base}/ar/steps/ways/")
    expect(page.locator("h1")).to_have_text(WORDS["What has happened?"])
    page.check("#id_ways_0")
    page.click("#continue")
    expect(page.locator("#url-1")).to_be_visible()
    assert page.evaluate(WIDER) <= 0
    left = page.evaluate("document.querySelector('#url-1').getBoundingClientRect().left")
    label = page.locator("label[for=url-1]").evaluate("one => getComputedStyle(one).direction")
    assert (label, left > 0) == ("rtl", True)
    page.goto(base + str(page.get_attribute("footer li:nth-last-child(4) a", "href")))
    page.click(".pages a")
    expect(page.locator("article[lang=en]")).to_have_count(1)
    assert page.evaluate(WIDER) <= 0
    context.close()
