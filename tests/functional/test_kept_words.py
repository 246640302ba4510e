"""What an analyst types is there again whatever happened; a content is clear only while a key is held."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.console_scene import PASSWORD, Scene, add_analyst, loaded, shell, sign_in

MINUTE = 60_000
DEPOSIT = """
from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.common.store import vault
from tests.hotline.processing.working import jpeg
from tests.hotline.review.pages import film

for name in ("out", "net", "elsewhere"):
    address = (f"https://example.org/{name}",)
    case = open_case(Report(name, "fr", Reporter.SELF, AgeWhenTaken.ADULT, urls=address, files=())).case
    print(case.items.get().pk)
photo = jpeg(1, 900)
file = (DepositedFile(vault.deposit([photo]), len(photo)),)
print(open_case(Report("file", "fr", Reporter.SELF, AgeWhenTaken.ADULT, files=file)).case.items.get().pk)
moving = film(12)
file = (DepositedFile(vault.deposit([moving]), len(moving)),)
print(open_case(Report("film", "fr", Reporter.SELF, AgeWhenTaken.ADULT, files=file)).case.items.get().pk)
"""


@pytest.fixture(scope="module")
def scene(hotline: MakeHotline) -> Scene:
    site = hotline(DISRUPT_ANALYST_PASSWORD=PASSWORD)
    secret = add_analyst(site)
    made_keys = re.findall(r"^[0-9a-f-]{36}$", shell(site, DEPOSIT), re.MULTILINE)
    sent = dict(zip(("out", "net", "elsewhere", "file", "film"), made_keys, strict=True))
    return Scene(site.start("console"), secret, sent)


@pytest.fixture(scope="module")
def browser(scene: Scene, chromium: Browser) -> Iterator[BrowserContext]:
    """The analyst's browser: a code of her authenticator works once, so that it stays signed in."""
    context = chromium.new_context(locale="en", base_url=scene.site.url("console"))
    context.set_default_timeout(MINUTE)
    yield context
    context.close()


@pytest.fixture
def page(scene: Scene, browser: BrowserContext) -> Iterator[Page]:
    """A window of it, in which she is signed in."""
    window = browser.new_page()
    window.goto("/")
    if window.locator("[name=login]").count():
        sign_in(scene, window)
    yield window
    window.close()


def write(page: Page, text: str) -> None:
    """Write it, until the page was told that this is kept."""
    with page.expect_response(lambda one: of_draft(one.request, text) and one.ok, timeout=MINUTE):
        page.fill("#id_reasoning", text)


def of_draft(request: Request, text: str) -> bool:
    """Whether this asks to keep these words."""
    return request.url.endswith("/draft/") and text in (request.post_data or "")


def sign_out(page: Page) -> None:
    page.click(".who form[action$='logout/'] button")
    expect(page.locator("[name=login]")).to_be_visible(timeout=MINUTE)


def test_after_a_sign_out(scene: Scene, page: Page) -> None:
    page.goto(f"/items/{scene.sent['out']}/")
    page.check("[name=person][value=adult]")
    write(page, "She says no in the film.")
    sign_out(page)
    sign_in(scene, page)
    page.goto(f"/items/{scene.sent['out']}/")
    expect(page.locator("#id_reasoning")).to_have_value("She says no in the film.")
    expect(page.locator("[name=person][value=adult]")).to_be_checked()


def test_through_a_lost_network_and_a_closed_window(
    scene: Scene, browser: BrowserContext, page: Page
) -> None:
    page.goto(f"/items/{scene.sent['net']}/")
    write(page, "Before, ")
    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda one: of_draft(one, "meanwhile"), timeout=MINUTE):
        page.fill("#id_reasoning", "Before, meanwhile, ")
    expect(page.locator("#id_reasoning")).to_have_value("Before, meanwhile, ")
    page.context.set_offline(False)
    write(page, "Before, meanwhile, after.")
    page.close()
    again = browser.new_page()
    again.goto(f"/items/{scene.sent['net']}/")
    expect(again.locator("#id_reasoning")).to_have_value("Before, meanwhile, after.")


def test_where_the_session_ended_in_another_window(scene: Scene, page: Page) -> None:
    page.goto(f"/items/{scene.sent['elsewhere']}/")
    page.check("[name=category][value=NCII-DIF]")
    page.check("[name=person][value=adult]")
    write(page, "He wrote it beneath.")
    other = page.context.new_page()
    other.goto("/")
    sign_out(other)
    page.click("#qualify button.main")
    expect(page.locator("textarea[readonly]")).to_have_value("He wrote it beneath.", timeout=MINUTE)


def test_a_click_or_a_key_on_a_still_fills_in_its_second(scene: Scene, page: Page) -> None:
    page.goto(f"/items/{scene.sent['film']}/")
    strip, times = page.locator("img.strip"), page.locator("[data-second]")
    if not strip.count():
        with page.expect_navigation():
            page.click("button[value=blurred]")
    loaded(page, "img.strip")
    second, said = page.locator("#id_jot_second"), times.all_inner_texts()
    assert len(set(said)) > 5
    box = strip.bounding_box()
    assert box
    # The second still of the second row: there are four in each.
    rows = -(-len(said) // 4)
    strip.click(position={"x": box["width"] * 3 / 8, "y": box["height"] * 1.5 / rows})
    expect(second).to_have_value(said[5])
    expect(page.locator("#id_jot_text")).to_be_focused()
    times.nth(2).locator("button").focus()
    page.keyboard.press("Enter")
    expect(second).to_have_value(said[2])
    page.fill("#id_jot_text", "the window behind her")
    with page.expect_navigation():
        page.click(".jottings details button")
    expect(page.locator(".jottings li")).to_contain_text([f"{said[2]} the window"])


@pytest.mark.parametrize("by", ["key", "pointer"])
def test_a_content_is_clear_while_it_is_held(scene: Scene, page: Page, shoot: Shoot, by: str) -> None:
    page.goto(f"/items/{scene.sent['file']}/")
    button, clear = page.locator("button.hold"), page.locator("figure img.held")
    expect(button).to_be_visible()
    expect(clear).to_have_count(0)
    if by == "key":
        page.keyboard.down("v")
    else:
        button.hover()
        page.mouse.down()
    assert loaded(page, "figure img.held") > 400
    shoot(page, f"console/held-by-{by}-1280")
    with page.expect_response(lambda one: one.url.endswith("/let-go/"), timeout=MINUTE):
        if by == "key":
            page.keyboard.up("v")
        else:
            page.mouse.up()
    expect(clear).to_have_count(0)
