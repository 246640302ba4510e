"""Ten languages as a browser asks for them, one of them from right to left; and one more by a file."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.looks import FAINT, PHONE, SMALL
from tests.functional.questions import WIDER
from tests.functional.servers import Hotline

PERSIAN = {"Continue": "ادامه", "What has happened?": "چه اتفاقی افتاده است؟"}
# Latin words that stand in every language: names, and what is typed or pressed.
_KEPT = re.compile(
    r"disrupt|thesee|shift|english|español|[a-z]*@?example\.\w+|\bip\b|\bpdf\b|\butc\b|sms", re.IGNORECASE
)
_ENGLISH = re.compile(r"[A-Za-z]{3,}")
_CODE = re.compile(r"\b[0-9A-Z]{4}(?:\W{1,5}[0-9A-Z]{4}){4}\b")


@pytest.fixture(scope="module")
def portal(hotline: MakeHotline) -> Hotline:
    return hotline("portal")


@pytest.mark.parametrize(
    ("asked", "given"),
    [("ar-TN", "ar"), ("pt-BR", "pt"), ("uk", "uk"), ("tr-TR", "tr"), ("fr-CA", "fr"), ("ja", "en")],
)
def test_the_browsers_language_or_english(chromium: Browser, portal: Hotline, asked: str, given: str) -> None:
    context = chromium.new_context(viewport=PHONE, locale=asked)  # type: ignore[arg-type]
    page, base = context.new_page(), portal.url("portal")
    page.goto(base)
    expect(page).to_have_url(f"{base}/{given}/")
    expect(page.locator(".tongues li")).to_have_count(10)
    expect(page.locator("#unread")).to_have_count(0 if given in {"fr", "en"} else 1)
    context.close()


@pytest.mark.parametrize("language", ["ar", "de", "es", "it", "pt", "ro", "tr", "uk"])
def test_the_pages_without_a_report_fit_a_phone(chromium: Browser, portal: Hotline, language: str) -> None:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    asking = ("form/", *(f"steps/{step}/" for step in ("now", "other", "child", "many")))
    for path in ("", *asking, "help/comic/", "help/stories/", "nowhere/"):
        page.goto(f"{portal.url('portal')}/{language}/{path}")
        page.click(".tongues summary")
        assert page.evaluate(WIDER) <= 0, path
        assert page.evaluate(FAINT) == [], path
        assert page.evaluate(SMALL) == [], path
    context.close()


def test_a_threat_told_in_arabic(chromium: Browser, portal: Hotline, shoot: Shoot) -> None:
    """From the first page to the status and out again: from right to left, and not a word of English."""
    context = chromium.new_context(viewport=PHONE, locale="ar")  # type: ignore[arg-type]
    page = context.new_page()

    def look(name: str) -> None:
        assert page.get_attribute("html", "dir") == "rtl", name
        expect(page.locator("#unread")).to_be_visible()
        assert page.evaluate(WIDER) <= 0, name
        said = _CODE.sub("", page.locator("body").inner_text())
        assert _ENGLISH.findall(_KEPT.sub("", said)) == [], name
        shoot(page, f"languages/ar-{name}")

    page.goto(f"{portal.url('portal')}/ar/")
    look("1-home")
    exit_box, summary = page.locator(".name").bounding_box(), page.locator(".tongues summary").bounding_box()
    assert exit_box
    assert summary
    assert exit_box["x"] > summary["x"], "the name begins the line, which is on the right"
    page.click(".alert .button")
    look("2-threat")
    page.fill("#id_demand", "500")
    page.check("#id_reporter_0")
    page.click("#continue")
    expect(page).to_have_url(re.compile("/check/$"))
    look("3-check")
    page.check("#id_statement")
    page.click("#send")
    expect(page).to_have_url(re.compile("/code/$"), timeout=60_000)
    look("4-code")
    page.check("#saved")
    page.click("[value=continue]")
    expect(page).to_have_url(re.compile("/follow/now/$"))
    look("5-status")
    page.goto(f"{portal.url('portal')}/ar/follow/now/messages/")
    look("6-messages")
    page.goto(f"{portal.url('portal')}/ar/follow/")
    look("7-follow")
    page.goto(f"{portal.url('portal')}/ar/steps/stop/")
    look("8-stop")
    context.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("locale")
    place = made / "fa" / "LC_MESSAGES"
    place.mkdir(parents=True)
    entries = "".join(f'\nmsgid "{english}"\nmsgstr "{persian}"\n' for english, persian in PERSIAN.items())
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    (place / "django.po").write_text(head + entries, "utf-8")
    subprocess.run(["msgfmt", "-o", place / "django.mo", place / "django.po"], check=True)
    return made


def test_a_language_by_a_file(hotline: Callable[..., Hotline], chromium: Browser, folder: Path) -> None:
    base = hotline("portal", DISRUPT_LOCALE_FOLDER=str(folder)).url("portal")
    context = chromium.new_context(viewport=PHONE, locale="fa")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(base)
    expect(page).to_have_url(f"{base}/fa/")
    assert page.get_attribute("html", "dir") == "rtl"
    # What has no translation yet is English, and says so, so that it is neither read nor written backwards.
    # A line that is closed at this hour says when it opens instead.
    answering = page.locator(".few li:not(.shut) .line").count()
    assert answering >= 4
    expect(page.locator(".few span[lang=en][dir=auto]")).to_have_count(answering)
    expect(page.locator(".exit")).to_contain_text("Leave this site")
    page.goto(f"{base}/fa/steps/ways/")
    expect(page.locator("h1")).to_have_text(PERSIAN["What has happened?"])
    page.check("#id_ways_0")
    page.click("#continue")
    expect(page.locator("#url-1")).to_be_visible()
    assert page.evaluate(WIDER) <= 0
    _turned_round(page)
    page.goto(base + str(page.get_attribute("footer li:nth-last-child(4) a", "href")))
    page.click(".pages a")
    expect(page.locator("article[lang=en]")).to_have_count(1)
    assert page.evaluate(WIDER) <= 0
    context.close()


def _turned_round(page: Page) -> None:
    left = page.evaluate("document.querySelector('#url-1').getBoundingClientRect().left")
    label = page.locator("label[for=url-1]").evaluate("one => getComputedStyle(one).direction")
    assert (label, left > 0) == ("rtl", True)
