"""The pages behind the code, for everybody: axe finds nothing, nothing is cut off, all goes by keyboard."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.console_scene import shell
from tests.functional.looks import DESKTOP, PHONE
from tests.functional.servers import Hotline
from tests.functional.test_access import faults

OPEN = """
import json
from django.db import transaction
from disrupt.hotline.cases.models import AgeWhenTaken, Reporter, SealedNote
from disrupt.hotline.cases import messages
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.intake.asking.opening import Answers, send
from tests.hotline.intake.following.test_wording import PRINT, URLS, drive
from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.common.store import vault
files = tuple(DepositedFile(vault.deposit([b"x"]), 1) for _ in range(3))
answers = Answers(Reporter.SELF, AgeWhenTaken.ADULT, URLS, email="jane@example.org", email_safe=True,
                  declared=(PRINT, PRINT | {{"sha256": "cd" * 32}}))
opened = send(answers, files, {token!r}, {language!r})
if {full!r}:
    with transaction.atomic():
        drive(opened.case)
    SealedNote.objects.filter(case=opened.case).update(bounced_at=clock.now(), bounce="5.1.1")
messages.write(opened.case, "Bonjour,\\n\\nnous avons écrit au site.", analyst(1), {token!r})
print(json.dumps(opened.code))
"""
Visit = Callable[..., tuple[Page, str]]


@pytest.fixture(scope="module")
def portal(hotline: MakeHotline) -> Iterator[Hotline]:
    site = hotline("portal")
    yield site
    site.stop()


@pytest.fixture
def visit(chromium: Browser, portal: Hotline) -> Iterator[Visit]:
    """`visit("fr", PHONE, "dark")`: a clean browser, and the code of a new case."""
    contexts: list[BrowserContext] = []

    def make(language: str, size: Any, scheme: Any, *, full: bool = True) -> tuple[Page, str]:
        script = OPEN.format(token=os.urandom(16).hex(), language=language, full=full)
        code = json.loads(shell(portal, script).strip().splitlines()[-1])
        context = chromium.new_context(
            viewport=size, color_scheme=scheme, locale=language, reduced_motion="reduce"
        )
        contexts.append(context)
        return context.new_page(), code

    yield make
    for context in contexts:
        context.close()


def pages(page: Page, base: str, code: str, tmp_path: Path) -> Iterator[str]:
    """Go to every page behind the code, as it looks when something is wrong as well; yield its name."""

    def post(path: str, button: str) -> None:
        page.goto(f"{base}/{path}")
        page.click(button)

    post("follow/", "main form .button")
    yield "follow-wrong"
    page.goto(f"{base}/follow/")
    yield "follow"
    page.fill("#code", code)
    page.click("main form .button")
    yield "status"
    post("follow/now/messages/", "main form .button")
    yield "messages-wrong"
    page.fill("#text", "Une question ?\n\nUne autre.")
    page.click("main form .button")
    yield "messages"
    page.goto(f"{base}/follow/now/add/")
    page.set_input_files("#files", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": os.urandom(9000)})
    expect(page.locator("#chosen > li[data-state=done]")).to_have_count(1)
    yield "add-received"
    page.fill("#id_urls", "hello")
    page.click("button.button[value=add]")
    yield "add-wrong"
    post("follow/now/device/", "#continue")
    yield "device-wrong"
    page.goto(f"{base}/follow/now/contact/")
    yield "contact"
    page.check("#tell-tell")
    page.fill("#id_email", "jane")
    page.fill("#id_telephone", "call me")
    page.click("main form .button >> nth=0")
    yield "contact-wrong"
    for path in ("1", "all", "end"):
        page.goto(f"{base}/follow/now/{path}/")
        yield f"confirm-{path}"
    page.goto(f"{base}/follow/now/")
    with page.expect_download() as download:
        page.click("a[download='notes.html']")
    held = tmp_path / "notes.html"
    download.value.save_as(held)
    page.goto(f"file://{held}")
    yield "everything"


@pytest.mark.parametrize(
    ("language", "size", "scheme"),
    [
        ("fr", PHONE, "light"),
        ("en", DESKTOP, "dark"),
        pytest.param("fr", DESKTOP, "dark", marks=pytest.mark.fuzz),
        pytest.param("en", PHONE, "light", marks=pytest.mark.fuzz),
    ],
)
def test_axe_finds_nothing(
    visit: Visit, portal: Hotline, shoot: Shoot, tmp_path: Path, language: str, size: Any, scheme: str
) -> None:
    page, code = visit(language, size, scheme)
    wrong: dict[str, Any] = {}
    for name in pages(page, f"{portal.url('portal')}/{language}", code, tmp_path):
        shoot(page, f"portal/behind-{name}-{language}-{size['width']}-{scheme}")
        if found := faults(page):
            wrong[name] = found
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def reach(page: Page, selector: str) -> None:
    """Press Tab until this element has the focus, and see that it can be seen."""
    for _ in range(80):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            box = page.evaluate(
                "() => { const b = document.activeElement.getBoundingClientRect();"
                " const top = document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2);"
                " return [b.top, b.bottom, innerHeight, document.activeElement.contains(top)"
                " || document.activeElement.matches('textarea, input')]; }"
            )
            # Of a large field browsers show the line of the cursor.
            seen = box[0] >= 0 and min(box[1], box[0] + 40) <= box[2] and box[3]
            assert seen, f"{selector} has the focus where nobody sees it: {box}"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector} on {page.url}")


def press(page: Page, selector: str, key: str = "Enter") -> None:
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press(key)


@pytest.mark.parametrize(("language", "size"), [("fr", PHONE), ("en", DESKTOP)])
def test_every_path_goes_by_keyboard(visit: Visit, portal: Hotline, language: str, size: Any) -> None:
    page, code = visit(language, size, "light", full=False)
    page.goto(f"{portal.url('portal')}/{language}/follow/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "exit", "the way out comes first"
    reach(page, "#code")
    page.keyboard.type(code)
    press(page, "#code")
    expect(page.locator(".items .item")).to_have_count(15)
    # A message.
    press(page, "a.door[href$='messages/']")
    reach(page, "#text")
    page.keyboard.type("Une question")
    press(page, "main form .button")
    expect(page.locator(".said.reporter")).to_contain_text("Une question")
    # Something more.
    press(page, ".back a")
    press(page, "a.door[href$='add/']")
    reach(page, "#id_urls")
    page.keyboard.type("https://example.org/by-keyboard")
    press(page, "button.button[value=add]")
    expect(page.locator(".items .item")).to_have_count(16)
    # How to be reached: arrows choose, the space bar ticks.
    press(page, "a.door[href$='contact/']")
    reach(page, "#tell-tell")
    page.keyboard.press("ArrowUp")
    assert page.is_checked("#tell-code")
    press(page, "main form button.button")
    expect(page.locator(".notice.good")).to_be_visible()
    press(page, "a.door[href$='contact/']")
    reach(page, "#tell-code")
    page.keyboard.press("ArrowDown")
    reach(page, "#id_email")
    page.keyboard.type("jane@example.org")
    reach(page, "#id_email_safe")
    page.keyboard.press("Space")
    press(page, "main form button.button")
    expect(page.locator(".notice.good")).to_be_visible()
    # One back, all back, everything gone.
    reach(page, ".item summary")
    page.keyboard.press("Enter")
    press(page, ".item a.button")
    press(page, "main form button.button")
    expect(page.locator(".item.over")).to_have_count(1)
    press(page, "a[href$='now/all/']")
    press(page, "main form button.button")
    expect(page.locator(".item.over")).to_have_count(16)
    press(page, "a[href$='now/end/']")
    press(page, "main form button.button")
    assert page.url.endswith("/done/")
