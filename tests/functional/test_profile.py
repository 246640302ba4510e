"""What Chromium keeps: after the exit, on every path, no canary is anywhere in its whole profile."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect, sync_playwright
from tests.functional.conftest import CHROMIUM, FLAGS
from tests.functional.servers import Hotline

WORDS, ACCOUNT, MAIL = "Ophelia-words-canary", "Laertes-account-canary", "horatio-canary@example.org"
ADDRESS, PHONE = "https://yorick-canary.example/photo/7", "0698712345"
CANARIES = (WORDS, ACCOUNT, MAIL, ADDRESS, PHONE)
# A browser that runs on writes what its tabs hold at intervals: two and a half seconds in Chromium.
_WRITTEN_AFTER = 3.5
Way = Callable[[Page, str], list[str]]


@pytest.fixture(scope="module")
def portal(hotline: Callable[..., Hotline], neutral: str) -> Hotline:
    return hotline("portal", "worker", DISRUPT_EXIT_URL=neutral)


@pytest.fixture
def browse(tmp_path: Path) -> Iterator[Callable[[], BrowserContext]]:
    """A browser with a profile of its own on the disk, as a person's is."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt install chromium)")
    with sync_playwright() as playwright:
        opened: list[BrowserContext] = []

        def make() -> BrowserContext:
            opened.append(
                playwright.chromium.launch_persistent_context(
                    str(tmp_path / "profile"), executable_path=str(CHROMIUM), args=list(FLAGS)
                )
            )
            return opened[-1]

        yield make
        for context in opened:
            context.close()


def form_with_problems(page: Page, here: str) -> list[str]:
    page.goto(f"{here}form/")
    page.fill("#url-1", ADDRESS)
    page.fill("#id_description", WORDS)
    page.fill("#id_email", MAIL)
    page.fill("#id_telephone", PHONE)
    page.click("#send")
    page.wait_for_selector("#problems")
    return [*CANARIES]


def left_in_the_midst_of_typing(page: Page, here: str) -> list[str]:
    page.goto(f"{here}steps/now/")
    page.fill("#id_account", ACCOUNT)
    page.fill("#id_description", WORDS)
    time.sleep(_WRITTEN_AFTER)
    return [*CANARIES]


def steps_with_problems(page: Page, here: str) -> list[str]:
    page.goto(f"{here}steps/now/")
    page.fill("#id_account", ACCOUNT)
    page.fill("#id_description", WORDS)
    page.click("#continue")
    page.wait_for_selector("#problems")
    page.check("#id_reporter_0")
    page.click("#continue")
    page.fill("#id_email", "horatio-canary@")
    page.fill("#id_telephone", PHONE)
    page.click("#send")
    page.wait_for_selector("#problems")
    return [*CANARIES, "horatio-canary"]


def sent_and_followed(page: Page, here: str) -> list[str]:
    page.goto(f"{here}form/")
    page.fill("#url-1", ADDRESS)
    page.check("#id_reporter_0")
    page.check("#id_age_1")
    page.fill("#id_description", WORDS)
    page.fill("#id_email", MAIL)
    page.check("#id_statement")
    page.click("#send")
    page.wait_for_selector("#code", timeout=20_000)
    code = str(page.get_attribute("#code", "data-code"))
    page.check("#saved")
    page.click("button[value=continue]")
    page.goto(f"{here}follow/now/messages/")
    page.fill("#text", WORDS)
    page.click("main button.button")
    expect(page.locator(".said")).to_have_count(1)
    page.goto(f"{here}follow/now/contact/")
    time.sleep(_WRITTEN_AFTER)
    return [*CANARIES, code, code.replace("-", "")]


def code_typed(page: Page, here: str) -> list[str]:
    canaries = sent_and_followed(page, here)
    page.goto(f"{here}follow/now/")
    page.click(".choices-end form button")
    page.goto(f"{here}follow/")
    page.fill("#code", canaries[-2])
    page.click("form.narrow .button")
    page.wait_for_url(re.compile("/follow/now/$"))
    return canaries


@pytest.mark.parametrize(
    "way",
    [form_with_problems, left_in_the_midst_of_typing, steps_with_problems, sent_and_followed, code_typed],
    ids=lambda way: way.__name__,
)
@pytest.mark.parametrize("exit_by", ["link", "shift"])
def test_nothing_of_it_is_in_the_profile_after_the_exit(
    browse: Callable[[], BrowserContext],
    portal: Hotline,
    neutral: str,
    tmp_path: Path,
    way: Way,
    exit_by: str,
) -> None:
    context = browse()
    page = context.pages[0] if context.pages else context.new_page()
    canaries = way(page, f"{portal.url('portal')}/en/")
    if exit_by == "link":
        page.click("#exit")
    else:
        for _ in range(3):
            page.keyboard.press("Shift")
    page.wait_for_url(f"{neutral}**", timeout=10_000)
    time.sleep(_WRITTEN_AFTER)
    page.go_back()
    time.sleep(0.5)
    assert not [one for one in canaries if one in page.content()], "what “back” shows"
    context.close()
    found = [
        (str(file.relative_to(tmp_path)), one)
        for file in (tmp_path / "profile").rglob("*")
        if file.is_file() and not file.is_symlink()
        for data in [file.read_bytes()]
        for one in canaries
        if one.encode() in data or one.encode("utf-16-le") in data
    ]
    assert found == []


def test_the_search_finds_what_a_page_that_asks_for_it_leaves(
    browse: Callable[[], BrowserContext], neutral: str, tmp_path: Path
) -> None:
    """The same search on an address with a canary in it, which a history keeps."""
    context = browse()
    page = context.pages[0] if context.pages else context.new_page()
    page.goto(f"{neutral}{WORDS}")
    time.sleep(_WRITTEN_AFTER)
    context.close()
    kept = [file.read_bytes() for file in (tmp_path / "profile").rglob("*") if file.is_file()]
    assert any(WORDS.encode() in data or WORDS.encode("utf-16-le") in data for data in kept)
