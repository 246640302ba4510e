"""The questions one by one in Chromium: by keyboard, without a script, on the device, until time is up."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from tests.functional.portal_walk import chosen, photo
from tests.functional.servers import Hotline

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def portal(hotline: Callable[..., Hotline], neutral: str) -> Hotline:
    return hotline("portal", "worker", DISRUPT_EXIT_URL=neutral)


Open = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, portal: Hotline) -> Iterator[Open]:
    """`opened("en/steps/ways/", size=PHONE)`: a page of a clean browser at that address."""
    contexts: list[BrowserContext] = []

    def make(path: str, size: Any = PHONE, **more: Any) -> Page:
        contexts.append(chromium.new_context(viewport=size, **more))
        page = contexts[-1].new_page()
        page.goto(f"{portal.url('portal')}/{path}")
        return page

    yield make
    for context in contexts:
        context.close()


def to(page: Page, step: str) -> None:
    """Continue to the page of this name."""
    page.click("#continue")
    expect(page).to_have_url(re.compile(rf"/{step}/$"))


def finish(page: Page) -> None:
    """From “who” to the code."""
    page.check("#id_reporter_0")
    to(page, "age")
    page.check("#id_age_1")
    to(page, "words")
    to(page, "contact")
    to(page, "check")
    page.check("#id_statement")
    page.click("#send")
    expect(page).to_have_url(re.compile(r"/code/$"), timeout=20_000)


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
    page.set_input_files("#device-files", files)  # type: ignore[arg-type]
    expect(page.locator("#device-chosen li .good")).to_have_count(2, timeout=20_000)
    expect(page.locator("#device-chosen li .good").first).to_contain_text(
        "Your file has not left this device"
    )
    expect(page.locator("#device-chosen li .no")).to_contain_text("cannot open this kind of file")
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
    expect(page.locator(".item")).to_contain_text("know that nobody has looked at the content")


def test_the_fingerprints_are_those_of_the_page_before(opened: Open) -> None:
    page = opened("fr/steps/ways/")
    page.check("#id_ways_2")
    to(page, "device")
    page.wait_for_selector("form[data-ready]")
    page.set_input_files("#device-files", chosen("a.jpg", photo(8)))  # type: ignore[arg-type]
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
                      b.bottom <= innerHeight + 1, getComputedStyle(e).outlineStyle]; }"""
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
    press("words")
    reach("#id_description")
    page.keyboard.type("words")
    press("contact")
    press("check")
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
    for path in ("fr/", "fr/form/", "fr/steps/ways/", "fr/steps/now/", "fr/steps/other/", "fr/steps/stop/"):
        for width in (320, 360):
            page = opened(path, {"width": width, "height": 500})
            assert page.evaluate(WIDER) <= 0, (path, width)
            page.context.close()


@pytest.mark.parametrize(("language", "words"), [("fr", "Choisir des photos"), ("en", "Choose photos")])
def test_the_file_field_speaks_our_language_and_answers_to_keys(
    opened: Open, language: str, words: str
) -> None:
    """The browser's own field says “no file chosen” beside a file that has just arrived."""
    page = opened(f"{language}/steps/ways/")
    page.check("#id_ways_1")
    page.check("#id_ways_2")
    to(page, "files")
    for field, arrived, step in (
        ("#files", "#chosen li[data-state=done]", "device"),
        ("#device-files", "#device-chosen .good", "who"),
    ):
        expect(page.locator(".pick-words")).to_contain_text(words)
        expect(page.locator(field)).to_have_css("opacity", "0")
        page.focus(field)
        page.focus(field)
        with page.expect_file_chooser(timeout=8000) as chooser:
            page.keyboard.press("Space")
        chooser.value.set_files(chosen("one.jpg", photo(3)))  # type: ignore[arg-type]
        page.wait_for_selector(arrived)
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
