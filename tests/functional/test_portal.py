"""A person at the portal, in Chromium: phone and desktop, both languages, with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.functional.servers import Hotline

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){4}")
CANARY = "a-word-that-must-not-be-on-any-disk"

# Contrast of every piece of text against what is behind it, by the formula of WCAG 2.2.
FAINT = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const e of document.querySelectorAll("body *")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
    const style = getComputedStyle(e);
    const [a, b] = [light(rgb(style.color)), light(behind(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${e.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return faint;
}"""
SMALL = """() => [...document.querySelectorAll("a, button, input, textarea, summary")]
  .filter((e) => e.checkVisibility() && e.type !== "hidden" && !e.closest(".unseen, .skip"))
  .filter((e) => !(e.tagName === "A" && getComputedStyle(e).display === "inline"))
  .map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"""


@pytest.fixture(scope="module")
def portal(hotline: Callable[..., Hotline], neutral: str) -> Hotline:
    return hotline("portal", DISRUPT_EXIT_URL=neutral, DISRUPT_MAX_UPLOAD_BYTES=str(4 * 1024**2))


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two photographs made in code."""
    folder = tmp_path_factory.mktemp("photos")
    made = []
    for seed in (1, 2):
        noise = np.random.default_rng(seed).integers(0, 255, (60, 80, 3), dtype=np.uint8)
        made.append(folder / f"{CANARY}-{seed}.jpg")
        Image.fromarray(noise).resize((800, 600)).save(made[-1])
    return made


class Phone:
    """One browser profile at the portal; takes pictures of what it sees and checks each page it takes."""

    def __init__(self, context: BrowserContext, base: str, language: str, shoot: Any, label: str) -> None:
        self.context, self.base, self.language = context, base, language
        self.page = context.new_page()
        self.problems: list[str] = []
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", self._only_ours)
        self._shoot, self._label = shoot, label

    def _only_ours(self, request: Any) -> None:
        if not request.url.startswith(self.base):
            self.problems.append(f"asked for {request.url}")

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.base}/{self.language}/{path}")
        return self.page

    def look(self, name: str) -> None:
        self._shoot(self.page, f"portal/{self._label}/{name}")
        wider = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, f"{name} is {wider} px wider than the screen"
        assert self.page.evaluate(FAINT) == [], name
        assert self.page.evaluate(SMALL) == [], name


@pytest.fixture
def phone(chromium: Browser, portal: Hotline, shoot: Any) -> Iterator[Callable[..., Phone]]:
    contexts: list[BrowserContext] = []

    def make(language: str = "en", size: Any = PHONE, js: bool = True, scheme: Any = "light") -> Phone:
        context = chromium.new_context(
            viewport=size, java_script_enabled=js, color_scheme=scheme, locale=language
        )
        contexts.append(context)
        label = f"{language}-{size['width']}-{scheme}{'' if js else '-no-js'}"
        return Phone(context, portal.url("portal"), language, shoot, label)

    yield make
    for context in contexts:
        context.close()


def answer(page: Page) -> None:
    page.check("#id_reporter_0")
    page.check("#id_age_1")
    page.fill("#id_email", "person@example.org")
    page.check("#id_email_safe")
    page.check("#id_statement")


@pytest.mark.parametrize(
    ("language", "size", "js"),
    [
        ("fr", PHONE, True),
        ("en", PHONE, True),
        ("fr", DESKTOP, True),
        ("en", DESKTOP, True),
        ("fr", PHONE, False),
        ("en", DESKTOP, False),
    ],
    ids=["fr-phone", "en-phone", "fr-desktop", "en-desktop", "fr-phone-no-js", "en-desktop-no-js"],
)
def test_from_the_first_page_to_a_withdrawal(
    phone: Callable[..., Phone], photos: list[Path], language: str, size: Any, js: bool
) -> None:
    person = phone(language, size, js)
    page = person.go("")
    person.look("1-home") if js else None
    page.click("main .hero .button:not(.second)")
    page.click(".stopping a[href$='/form/']")
    person.look("2-form") if js else None

    page.fill("#url-1", "example.org/photo/1")
    page.click("#add-url")
    page.fill("#url-2", "https://example.org/photo/2")
    page.set_input_files("#files", [str(photo) for photo in photos])
    page.check("#id_reporter_0")
    page.click("#send")
    expect(page.locator("#problems")).to_be_visible()
    expect(page.locator("#problems")).to_be_focused() if js else None
    expect(page.locator(".received li")).to_have_count(2)
    expect(page.locator("#url-2")).to_have_value("https://example.org/photo/2")
    person.look("3-problems") if js else None

    answer(page)
    page.click("#send")
    expect(page).to_have_url(f"{person.base}/{language}/code/")
    code = str(page.locator("#code").text_content()).strip()
    assert CODE.fullmatch(code)
    person.look("4-code") if js else None
    page.reload()
    assert str(page.locator("#code").text_content()).strip() == code
    page.click("button[value=continue]")
    expect(page.locator("button[value=anyway]")).to_be_visible()
    page.check("#saved")
    page.click("button[value=continue]")
    expect(page).to_have_url(f"{person.base}/{language}/follow/now/")
    expect(page.locator(".item")).to_have_count(4)
    person.look("5-status") if js else None

    page.click(".choices-end form button")
    page.goto(f"{person.base}/{language}/follow/now/")
    expect(page).to_have_url(f"{person.base}/{language}/follow/")
    page.fill("#code", "hello")
    page.keyboard.press("Enter")
    expect(page.locator("#code-error")).to_be_visible()
    person.look("6-wrong-code") if js else None
    page.fill("#code", code.lower())
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{person.base}/{language}/follow/now/")

    page.click("a[href$='/now/3/']")
    person.look("7-confirm") if js else None
    page.click("main .button.danger")
    expect(page.locator(".notice.good")).to_be_visible()
    expect(page.locator(".item.over")).to_have_count(1)
    person.look("8-cancelled") if js else None
    page.click("a[href$='/now/end/']")
    page.click("main .button.danger")
    expect(page).to_have_url(f"{person.base}/{language}/done/")
    person.look("9-deleted") if js else None
    person.go("follow/")
    page.fill("#code", code)
    page.keyboard.press("Enter")
    expect(page.locator("#code-error")).to_be_visible()
    assert [text for text in person.problems if "422" not in text] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_in_the_dark(phone: Callable[..., Phone], language: str) -> None:
    person = phone(language, scheme="dark")
    for name, path in (("1-home", ""), ("2-form", "form/"), ("6-follow", "follow/")):
        person.go(path)
        person.look(name)
    person.go("form/").click("#send")
    person.look("3-problems")


def test_large_text_and_a_tiny_screen(phone: Callable[..., Phone]) -> None:
    """400 % on a screen of 1280 px (WCAG 1.4.10, Reflow)."""
    person = phone("fr", {"width": 320, "height": 370})
    for path in ("", "form/", "follow/"):
        person.go(path)
        wider = person.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wider <= 0, path


def test_changing_the_language_keeps_what_was_typed(phone: Callable[..., Phone], photos: list[Path]) -> None:
    person = phone("en", js=False)
    page = person.go("form/")
    page.fill("#id_description", "my words")
    page.set_input_files("#files", [str(photos[0])])
    page.click("button.tongue")
    expect(page).to_have_url(f"{person.base}/fr/form/")
    expect(page.locator("#id_description")).to_have_value("my words")
    expect(page.locator(".received")).to_contain_text("1 fichier bien reçu")


def test_enter_sends_and_changes_no_language(phone: Callable[..., Phone]) -> None:
    person = phone("fr", js=False)
    page = person.go("form/")
    page.fill("#url-1", "https://example.org/1")
    page.press("#url-1", "Enter")
    expect(page).to_have_url(f"{person.base}/fr/form/")
    expect(page.locator("#problems")).to_be_visible()


def test_by_keyboard_alone(phone: Callable[..., Phone]) -> None:
    person = phone("en", DESKTOP)
    page = person.go("form/")
    page.keyboard.press("Tab")
    expect(page.locator("#exit")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("main a[href$='/steps/ways/']")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#url-1")).to_be_focused()
    page.keyboard.type("example.org/1")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#url-2")).to_be_focused()
    page.keyboard.type("example.org/2")
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        here = page.evaluate(
            """() => { const e = document.activeElement, b = e.getBoundingClientRect();
              return [e.id, b.top >= document.querySelector('.bar').getBoundingClientRect().bottom - 1,
                      b.bottom <= innerHeight + 1, getComputedStyle(e).outlineStyle]; }"""
        )
        if here[0] == "send":
            break
        seen.append(here)
        if here[0] in {"id_reporter_0", "id_age_0", "id_statement"}:
            page.keyboard.press("Space")
    assert here[0] == "send"
    assert [element for element in seen if not (element[1] and element[2])] == [], "the focus never hides"
    assert {element[3] for element in seen} == {"solid"}, "the focus is always seen"
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{person.base}/en/code/")
    page.focus("#saved")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".item")).to_have_count(2)


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
