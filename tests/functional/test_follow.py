"""Messages there and back: real portal, console, worker and mail server, and real Chromium."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.console_scene import PASSWORD, add_analyst, fresh_code, shell
from tests.functional.looks import DESKTOP, PHONE
from tests.functional.servers import Hotline
from tests.hotline.takedown.postmaster import Postmaster, running

QUESTION, ANSWER = "canary-question-19ce: is it gone?", "canary-answer-73bd: it is, since today."
JANE = "canary-jane-5ab1@example.org"
WITHIN = 40.0

OPEN = """
import json
from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.intake.asking.opening import Answers, send
from disrupt.hotline.common import keys
answers = Answers(Reporter.SELF, AgeWhenTaken.ADULT, {urls!r}, email={email!r}, email_safe=True,
                  description="A former friend shared it.")
opened = send(answers, (), {token!r}, {language!r})
print(json.dumps([opened.code, str(opened.case.pk), opened.case.reference]))
"""
QUALIFY = """
from disrupt.hotline.cases.models import Case
from disrupt.hotline.decisions.services import qualify
from disrupt.hotline.common.actors import analyst
for item, category in zip(Case.objects.get(pk={pk!r}).items.order_by("position"), ("NCII-DIF", "OUT")):
    qualify(item, category, analyst(1), reason="" if category != "OUT" else "NOT-INTIMATE")
"""


@pytest.fixture(scope="module")
def mail() -> Iterator[Postmaster]:
    with running() as one:
        yield one


@dataclass
class Scene:
    site: Hotline
    secret: str
    used: set[int] = field(default_factory=set)

    def open(self, language: str, token: str, email: str = JANE) -> tuple[str, str, str]:
        """A report as the portal takes it: code, number, reference."""
        urls = ("https://images.example.net/thread?id=4711", "https://forum.example.net/p/2")
        script = OPEN.format(urls=urls, email=email, token=token * 32, language=language)
        code, pk, reference = json.loads(shell(self.site, script).strip().splitlines()[-1])
        return code, pk, reference

    def totp(self) -> str:
        return fresh_code(self.secret, self.used)


@pytest.fixture(scope="module")
def scene(hotline: MakeHotline, mail: Postmaster) -> Iterator[Scene]:
    site = hotline(
        DISRUPT_ANALYST_PASSWORD=PASSWORD, DISRUPT_SMTP_HOST="127.0.0.1", DISRUPT_SMTP_PORT=str(mail.port)
    )
    secret = add_analyst(site, role="analyst")
    yield Scene(site.start("portal", "console", "worker"), secret)
    site.stop()


Visit = Callable[..., Page]


@pytest.fixture
def visit(scene: Scene, chromium: Browser) -> Iterator[Visit]:
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_page(process: str, viewport: Any = DESKTOP, **more: Any) -> Page:
        context = chromium.new_context(viewport=viewport, base_url=scene.site.url(process), **more)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [text for text in problems if "status of 4" not in text] == []


def enter(page: Page, language: str, code: str) -> None:
    page.goto(f"/{language}/follow/")
    page.fill("#code", code)
    page.click("main form .button")
    expect(page.locator(".items")).to_be_visible()


def sign_in(scene: Scene, page: Page) -> None:
    page.goto("/")
    page.fill("[name=login]", "alice")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.fill("[name=code]", scene.totp())
    page.click("main button.main")
    expect(page.locator("h1")).to_contain_text(re.compile("File d’attente|Queue"))


def wait_for_mail(mail: Postmaster, recipient: str, count: int = 1) -> None:
    limit = time.monotonic() + WITHIN
    while time.monotonic() < limit and len(mail.to(recipient)) < count:
        time.sleep(0.1)
    assert len(mail.to(recipient)) == count


@pytest.mark.parametrize(("language", "script"), [("fr", True), ("en", False)])
def test_a_message_there_and_back(
    scene: Scene, visit: Visit, mail: Postmaster, shoot: Shoot, language: str, script: bool
) -> None:
    email = f"{language}-{JANE}"
    code, pk, reference = scene.open(language, "a" if script else "b", email)
    portal = visit("portal", PHONE, java_script_enabled=script)
    enter(portal, language, code)
    portal.click("a.door[href$='messages/']")
    shoot(portal, f"portal/messages-empty-{language}-360")
    portal.fill("#text", QUESTION)
    portal.click("main form .button")
    expect(portal.locator(".said")).to_contain_text(QUESTION)

    console = visit("console", locale=language)
    sign_in(scene, console)
    console.click("nav a[href='/messages/']")
    shoot(console, f"console/correspondence-{language}-1280")
    console.click(f"a:has-text('{reference}')")
    shoot(console, f"console/messages-sealed-{language}-1280")
    console.click("form.card button.main >> nth=0")
    expect(console.locator(".letters")).to_contain_text(QUESTION)
    console.fill("[name=text]", ANSWER)
    shoot(console, f"console/messages-open-{language}-1280")
    console.click("form[action$='answer/'] button.main")
    expect(console.locator(".message.success")).to_be_visible()

    wait_for_mail(mail, email)
    (letter,) = mail.to(email)
    assert letter.message["Subject"] == {"fr": "Il y a du nouveau", "en": "Something is new"}[language]
    assert ANSWER not in letter.text

    enter(portal, language, code)
    expect(portal.locator("main")).to_contain_text(
        {"fr": "1 nouveau message", "en": "1 new message"}[language]
    )
    portal.click(".notice a")
    expect(portal.locator(".said.analyst")).to_contain_text(ANSWER)
    expect(portal.locator(".said.reporter")).to_contain_text({"fr": "Lu le", "en": "Read on"}[language])
    assert portal.evaluate("document.documentElement.scrollWidth") <= 360
    shoot(portal, f"portal/messages-{language}-360")
    portal.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    shoot(portal, f"portal/messages-{language}-1280")

    console.goto(f"/cases/{pk}/")
    shoot(console, f"console/case-messages-{language}-1280")
    console.goto(f"/cases/{pk}/messages/")
    console.click("form.card button.main >> nth=0")
    expect(console.locator(".letters .analyst")).to_contain_text(re.compile("lu le|read"))
    assert len(mail.to(email)) == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_pages_behind_the_code(
    scene: Scene, visit: Visit, shoot: Shoot, language: str, tmp_path: Path
) -> None:
    code, pk, reference = scene.open(language, "c" if language == "fr" else "d", "")
    shell(scene.site, QUALIFY.format(pk=pk))
    page = visit("portal", PHONE, accept_downloads=True)
    enter(page, language, code)
    page.click("a.door[href$='add/']")
    page.fill("#id_urls", "https://images.example.net/other\nhello")
    page.set_input_files("#files", {"name": "jane.jpg", "mimeType": "image/jpeg", "buffer": b"not a picture"})
    page.click("button.button[value=add]")
    expect(page.locator(".problems")).to_contain_text("hello")
    for viewport, width in ((PHONE, 360), (DESKTOP, 1280)):
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        page.goto(f"/{language}/follow/now/")
        expect(page.locator(".items .item")).to_have_count(4)
        shoot(page, f"portal/status-{language}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(f"/{language}/follow/now/contact/")
        page.check("#tell-tell")
        shoot(page, f"portal/contact-{language}-{width}")
        page.goto(f"/{language}/follow/now/add/")
        shoot(page, f"portal/add-{language}-{width}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.goto(f"/{language}/follow/now/")
    for name, kind in (("document.pdf", b"%PDF-"), ("notes.html", b"<!doctype html>")):
        with page.expect_download() as waiting:
            page.click(f"a[download='{name}']")
        assert waiting.value.suggested_filename == name
        path = tmp_path / name
        waiting.value.save_as(path)
        assert path.read_bytes().startswith(kind)
    held = visit("portal", PHONE)
    held.goto((tmp_path / "notes.html").as_uri())
    expect(held.locator("body")).to_contain_text(reference)
    expect(held.locator("body")).to_contain_text("A former friend shared it.")
    assert held.evaluate("JSON.parse(document.getElementById('data').textContent).items.length") == 4
    shoot(held, f"portal/everything-{language}-360")
    for value in [cookie["value"] for cookie in page.context.cookies()]:  # type: ignore[typeddict-item]
        assert code.replace("-", "") not in value
        assert pk.replace("-", "") not in page.url


def letters(one: Hotline) -> list[str]:
    with sqlite3.connect(one.var / "disrupt.sqlite3") as database:
        return [row[0] for row in database.execute("SELECT state FROM cases_letter ORDER BY id")]


def wait(condition: Callable[[], object]) -> None:
    limit = time.monotonic() + WITHIN
    while time.monotonic() < limit:
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")


ANSWERED = """
from disrupt.hotline.cases import messages
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common.actors import analyst
messages.write(Case.objects.get(pk={pk!r}), "words", analyst(1), "form")
"""


@pytest.mark.parametrize(
    ("stage", "after", "mails"), [("rcpt", "sent", 1), ("data", "uncertain", 0), ("accepted", "uncertain", 1)]
)
def test_killed_while_sending(hotline: MakeHotline, stage: str, after: str, mails: int) -> None:
    """SIGKILL before DATA: sent later, once. After DATA began: never again by itself."""
    mail = Postmaster(stall_at=stage)
    controller = mail.start()
    try:
        site = hotline(DISRUPT_SMTP_HOST="127.0.0.1", DISRUPT_SMTP_PORT=str(mail.port))
        _code, pk, _reference = Scene(site, "").open("en", "e")
        shell(site, ANSWERED.format(pk=pk))
        site.start("worker")
        assert mail.reached.wait(WITHIN)
        site.kill("worker")
        mail.stall_at = ""
        site.move_clock(minutes=16)
        site.start("worker")
        wait(lambda: letters(site) == [after])
        site.move_clock(hours=30)
        time.sleep(1.5)
        assert letters(site) == [after]
        assert len(mail.to(JANE)) == mails
        site.stop()
        logs = site.log("worker")
        assert "canary" not in logs
        assert "words" not in logs
    finally:
        mail.stall_at = ""
        controller.stop()


def test_the_canaries_are_nowhere_in_the_clear(scene: Scene) -> None:
    """After all of the above: not in the database, its journal, the stores or a log."""
    for path in scene.site.var.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for canary in ("canary-question", "canary-answer", "canary-jane", "A former friend"):
                assert canary.encode() not in data, f"{canary} in {path.name}"
