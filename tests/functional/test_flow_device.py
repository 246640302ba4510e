"""Fingerprints made on the person's own device: the file stays, and so does the way out."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import FileChooser, Page, Request, expect
from playwright.sync_api import TimeoutError as TookTooLong
from tests.functional.portal_walk import chosen, photo
from tests.functional.questions import Open, finish, to
from tests.functional.servers import Hotline


@pytest.fixture(scope="module")
def portal(hotline: Callable[..., Hotline], neutral: str) -> Hotline:
    return hotline("portal", "worker", DISRUPT_EXIT_URL=neutral)


def test_the_page_for_the_device_says_plainly_that_it_needs_a_script(opened: Open) -> None:
    page = opened("en/steps/ways/", java_script_enabled=False)
    page.check("#id_ways_2")
    to(page, "device")
    expect(page.get_by_text("This needs JavaScript")).to_be_visible()
    expect(page.locator("#device-files")).not_to_be_visible()
    page.click("#continue")
    expect(page.locator("#problems")).to_contain_text("go back and choose another way")


def test_a_fingerprint_is_made_and_the_file_stays(opened: Open, portal: Hotline) -> None:
    """All traffic is watched: the only thing that leaves is the form, and it holds no piece of the file."""
    page = opened("en/steps/ways/")
    data = photo(7)
    page.check("#id_ways_2")
    to(page, "device")
    page.wait_for_selector("form[data-ready]")
    seen: list[Request] = []
    page.context.on("request", lambda request: seen.append(request))
    files = [
        *chosen("holiday-jane.jpg", data),
        *chosen("page.txt", b"no picture"),
        *chosen("again.jpg", data),
    ]
    page.set_input_files("#device-files", files)
    expect(page.locator("#device-chosen li .good")).to_have_count(2, timeout=20_000)
    expect(page.locator("#device-chosen li .good").first).to_contain_text(
        "Your file has not left this device"
    )
    expect(page.locator("#device-chosen li .no")).to_contain_text("cannot open this kind of file")
    # What is taken is numbered, and looked at in the page only.
    numbers = page.locator("#device-chosen [data-part=number]").all_inner_texts()
    assert numbers == ["Photo or video no. 1", "", "Photo or video no. 2"]
    expect(page.locator("#device-chosen canvas:visible")).to_have_count(2)
    assert [request.url for request in seen] == [], "nothing is asked for while fingerprints are made"
    assert "refused" in page.evaluate("fetch('/en/').then(() => 'sent', () => 'refused')")
    seen.clear()
    to(page, "who")
    posts = [request for request in seen if request.method == "POST"]
    assert [request.url for request in posts] == [f"{portal.url('portal')}/en/steps/device/"]
    body = posts[0].post_data_buffer or b""
    assert b"prints=" in body
    assert b"jane" not in body
    assert len(body) < 3000
    for start in range(0, len(data) - 16, 1024):
        assert data[start : start + 16] not in body
    finish(page)
    page.check("#saved")
    page.click("button[value=continue]")
    expect(page.locator(".item")).to_have_count(1)
    for _ in range(40):
        if "Offered to our partners" in page.locator(".item").inner_text():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".item")).to_contain_text("who take fingerprints that nobody has looked at")


def test_behind_the_code_a_file_chosen_again_is_shown_beside_its_number(opened: Open) -> None:
    """One was sent, of the other the fingerprint was made; neither goes anywhere now."""
    page = opened("en/steps/ways/")
    page.check("#id_ways_1")
    page.check("#id_ways_2")
    to(page, "files")
    page.set_input_files("#files", chosen("sent.jpg", photo(11)))
    expect(page.locator("#chosen li[data-state=done]")).to_have_count(1)
    to(page, "device")
    page.wait_for_selector("form[data-ready]")
    page.set_input_files("#device-files", chosen("kept.jpg", photo(12)))
    expect(page.locator("#device-chosen li .good")).to_have_count(1, timeout=20_000)
    to(page, "who")
    finish(page)
    page.check("#saved")
    page.click("button[value=continue]")
    page.click("summary:has-text('Which file is which')")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(f"{request.method} {request.url}"))
    files = [*chosen("a.jpg", photo(12)), *chosen("b.jpg", photo(11)), *chosen("c.jpg", photo(13) + b"-")]
    page.set_input_files("#which-files", files)
    expect(page.locator("#which-found li")).to_have_text(
        [
            "a.jpg – Fingerprint no. 1",
            "b.jpg – Photo or video no. 1",
            "c.jpg – not in this report, or another copy of it",
        ]
    )
    expect(page.locator("canvas.look:visible")).to_have_count(2)
    assert all(one.startswith("GET ") and one.endswith(".js") for one in sent), sent
    assert page.evaluate("document.getElementById('which-files').form") is None


def test_the_fingerprints_are_those_of_the_page_before(opened: Open) -> None:
    page = opened("fr/steps/ways/")
    page.check("#id_ways_2")
    to(page, "device")
    page.wait_for_selector("form[data-ready]")
    page.set_input_files("#device-files", chosen("a.jpg", photo(8)))
    expect(page.locator("#device-chosen li .good")).to_have_count(1, timeout=20_000)
    to(page, "who")
    page.click("button[value=back]")
    expect(page.locator(".received li")).to_have_count(1)
    page.click("button[value=remove-1]")
    expect(page.locator(".received")).to_have_count(0)


@pytest.mark.parametrize("how", ["click", "shift"])
def test_leaving_from_the_page_that_opens_no_connection(opened: Open, neutral: str, how: str) -> None:
    page = opened("en/steps/ways/")
    page.check("#id_ways_2")
    to(page, "device")
    if how == "click":
        page.click("#exit")
    else:
        for _ in range(3):
            page.keyboard.press("Shift")
    page.wait_for_url(neutral)
    assert page.context.cookies() == []
    page.go_back()
    expect(page.locator("#device-files")).to_have_count(0)


def by_key(page: Page, field: str) -> FileChooser:
    """The chooser that the space bar opens; a page that has just come may need a second press."""
    for last in (False, False, True):
        try:
            with page.expect_file_chooser(timeout=8000) as chooser:
                page.locator(field).press("Space")
            return chooser.value
        except TookTooLong:
            if last:
                raise
    raise AssertionError


@pytest.mark.parametrize(("language", "words"), [("fr", "Choisir des photos"), ("en", "Choose photos")])
def test_the_file_field_speaks_our_language_and_answers_to_keys(
    opened: Open, language: str, words: str
) -> None:
    """The browser's own field says “no file chosen” beside a file that has just arrived.

    What the page said was missing goes when it is there.
    """
    page = opened(f"{language}/steps/ways/")
    page.check("#id_ways_1")
    page.check("#id_ways_2")
    to(page, "files")
    for field, arrived, step in (
        ("#files", "#chosen li[data-state=done]", "device"),
        ("#device-files", "#device-chosen .good", "who"),
    ):
        page.click("#continue")
        expect(page.locator("#problems")).to_be_visible()
        page.wait_for_load_state("networkidle")
        expect(page.locator(".pick-words").first).to_contain_text(words)
        expect(page.locator(field)).to_have_css("opacity", "0")
        chooser = by_key(page, field)
        chooser.set_files(chosen("one.jpg", photo(3)))
        page.wait_for_selector(arrived)
        expect(page.locator("#problems, .error, [aria-invalid]")).to_have_count(0)
        to(page, step)


def test_a_file_that_this_browser_cannot_open_is_told_what_to_do(opened: Open) -> None:
    """Telephones save HEIC, which few browsers open: an exact copy is all that its digests recognise."""
    page = opened("en/steps/ways/")
    page.check("#id_ways_2")
    to(page, "device")
    page.wait_for_selector("form[data-ready]")
    heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + bytes(2000)
    page.set_input_files("#device-files", {"name": "a.heic", "mimeType": "image/heic", "buffer": heic})
    expect(page.locator("#device-chosen .warned")).to_contain_text("Save it as JPEG")
    flat = io.BytesIO()
    Image.new("RGB", (640, 480), (9, 9, 9)).save(flat, "PNG")
    page.set_input_files(
        "#device-files", {"name": "b.png", "mimeType": "image/png", "buffer": flat.getvalue()}
    )
    said = page.locator("#device-chosen li:last-child .warned")
    expect(said).to_contain_text("only an exact copy")
    expect(said).not_to_contain_text("send it")
