"""What a visit leaves: nothing on the screen after the exit, a code on paper, and no trace of the person."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.functional.looks import DESKTOP
from tests.functional.portal_phone import CANARY, Phone, answer
from tests.functional.servers import Hotline


@pytest.fixture(scope="module")
def portal(hotline: Callable[..., Hotline], neutral: str) -> Hotline:
    return hotline("portal", DISRUPT_EXIT_URL=neutral, DISRUPT_MAX_UPLOAD_BYTES=str(4 * 1024**2))


@pytest.mark.parametrize("how", ["click", "shift", "no-js", "no-beacon"])
def test_leaving_at_once(phone: Callable[..., Phone], neutral: str, how: str) -> None:
    person = phone("en", DESKTOP, js=how != "no-js")
    if how == "no-beacon":
        person.context.add_init_script("navigator.sendBeacon = () => false")
    page = person.go("")
    page = person.go("form/")
    page.fill("#url-1", "https://example.org/1")
    answer(page)
    page.click("#send")
    page.check("#saved")
    page.click("button[value=continue]")
    expect(page.locator(".item")).to_have_count(1)
    assert {"csrf", "session"} <= {cookie["name"] for cookie in person.context.cookies()}
    if how == "shift":
        page.keyboard.press("Shift")
        page.keyboard.press("a")
        page.keyboard.press("Shift")
        page.keyboard.press("Shift")
        expect(page).to_have_url(f"{person.base}/en/follow/now/")
        page.keyboard.press("Shift")
    else:
        page.click("#exit")
    page.wait_for_url(neutral)
    expect(page.locator("p")).to_have_text("Sunny. None", timeout=10_000)
    assert person.context.cookies() == []
    page.go_back()
    expect(page.locator(".item")).to_have_count(0)


def test_copy_print_and_the_file(phone: Callable[..., Phone], tmp_path: Path) -> None:
    person = phone("fr")
    person.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = person.go("form/")
    page.fill("#url-1", "https://example.org/1")
    answer(page)
    page.click("#send")
    code = str(page.locator("#code").text_content()).strip()
    page.click("#copy")
    expect(page.locator("#copied")).to_have_text("Copié")
    assert page.evaluate("navigator.clipboard.readText()") == code
    with page.expect_download() as download:
        page.click("a[download]")
    assert download.value.suggested_filename == "notes.txt"
    assert Path(download.value.path()).read_text() == f"{code}\n"
    page.emulate_media(media="print")
    assert not page.locator("#exit").is_visible()
    assert page.locator("#code").is_visible()
    # On paper: the code, and nothing that says what it opens.
    printed = " ".join(page.locator("body").inner_text().split())
    assert printed.replace(" ", "") == f"Votrecode{code}".replace(" ", "")
    assert "Votre code" in printed


def test_nothing_is_kept_of_the_visit(
    phone: Callable[..., Phone], portal: Hotline, photos: list[Path]
) -> None:
    person = phone("en")
    page = person.go("form/")
    page.set_input_files("#files", [str(photo) for photo in photos])
    page.fill("#id_description", CANARY)
    answer(page)
    page.click("#send")
    expect(page.locator("#code")).to_be_visible()
    kept = b""
    for path in sorted(portal.var.rglob("*")):
        kept += path.name.encode() + (path.read_bytes() if path.is_file() else b"")
    for word in (
        CANARY.encode(),
        b"Mozilla",
        b"HeadlessChrome",
        b"person@example.org",
        photos[0].read_bytes(),
    ):
        assert word not in kept
    assert "127.0.0.1:" not in re.sub(r"Listening at: \S+", "", portal.log("portal"))
    assert "/form" not in portal.log("portal")
