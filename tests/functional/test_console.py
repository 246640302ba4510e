"""An analyst at work: real console, real worker, real Chromium; the worker does the rest."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.console_scene import (
    CANARY_CONTACT,
    CANARY_MESSAGE,
    DEPOSIT,
    PASSWORD,
    Scene,
    add_analyst,
    found,
    loaded,
    shell,
    sign_in,
    totp,
    wait_until,
)

TEMPORARY = Path(tempfile.gettempdir())
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 800}


@pytest.fixture(scope="module")
def scene(hotline: MakeHotline) -> Iterator[Scene]:
    import json

    site = hotline(DISRUPT_ANALYST_PASSWORD=PASSWORD, DISRUPT_SMTP_PORT="1")
    secret = add_analyst(site)
    sent = json.loads(shell(site, DEPOSIT).strip().splitlines()[-1])
    site.run("worker", "--once")  # what arrived is prepared before anybody looks
    site.start("console")
    yield Scene(site, secret, sent)
    site.stop()


@pytest.fixture
def visit(scene: Scene, chromium: Browser) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def open_page(locale: str = "fr", viewport: dict[str, int] = DESKTOP, **more: Any) -> Page:
        context = chromium.new_context(
            locale=locale, viewport=viewport, base_url=scene.site.url("console"), **more
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: asked.append(request.url))
        return page

    problems: list[str] = []
    asked: list[str] = []
    yield open_page
    for context in contexts:
        context.close()
    # No refused style, script or picture (the policy reports to the console), and nobody else was asked.
    assert [text for text in problems if "status of 4" not in text] == []
    assert [url for url in asked if not url.startswith(scene.site.url("console"))] == []


def test_a_day_at_the_console(scene: Scene, visit: Callable[..., Page], shoot: Shoot) -> None:
    page = visit("fr")
    page.goto("/")
    shoot(page, "console/sign-in-fr-1280")
    sign_in(scene, page)
    shoot(page, "console/queue-fr-1280")
    page.fill("#q", scene.sent["reference"])
    page.click(".search button")
    expect(page.locator("h1")).to_contain_text(scene.sent["reference"])
    shoot(page, "console/case-fr-1280")
    page.click("section form button:has-text('Ouvrir')")
    expect(page.locator("blockquote")).to_contain_text(CANARY_MESSAGE)
    shoot(page, "console/description-fr-1280")
    page.go_back()
    page.click("a.button:has-text('Ouvrir')")
    page.check("[value=outcome]")
    shoot(page, "console/motive-fr-1280")
    page.click("main button.main")
    expect(page.locator("blockquote")).to_contain_text(CANARY_CONTACT)
    page.click("a:has-text('Retour au dossier')")

    page.click("a.button.main")
    shoot(page, "console/url-fr-1280")
    page.check("[value=NCII-DIF]")
    page.check("[name=person][value=adult]")
    page.fill("[name=reasoning]", "Image à caractère sexuel, diffusée sans accord selon l’attestation.")
    page.click("button[name=next]")

    assert loaded(page, "figure img") <= 320
    shoot(page, "console/item-blurred-fr-1280")
    page.click("button[value=clear]")
    assert loaded(page, "figure.clear img") == 900
    shoot(page, "console/item-clear-fr-1280")
    page.click("button[name=next]")
    assert page.locator("[name=category]:invalid").count(), "the browser asks for a category first"
    page.check("[value=NCII-DIF]")
    # The same photograph waits in another case, and would be decided with it: it is left for later.
    page.uncheck("[name=carry]")
    page.check("[name=person][value=adult]")
    page.click("button[name=next]")

    expect(page.locator(".nothing")).to_contain_text("Ce fichier ne peut pas être affiché")
    shoot(page, "console/item-unreadable-fr-1280")
    page.check("[value=NCII-CAP]")
    page.check("[name=person][value=adult]")
    page.click("button:text-is('Enregistrer')")
    expect(page.locator(".message.success")).to_contain_text("NCII-CAP")

    scene.site.start("worker")
    # What cannot be decoded is destroyed by nobody but a person.
    wait_until(page, f"/cases/{scene.sent['case']}/", "Il ne peut pas être décodé", times=1)
    page.click("form[action$='/let-through/'] button")
    wait_until(page, f"/cases/{scene.sent['case']}/", "Contenu détruit.", times=2)
    shoot(page, "console/case-done-fr-1280")
    page.goto(f"/cases/{scene.sent['case']}/ledger/")
    expect(page.locator(".message.success")).to_contain_text("Chaîne vérifiée")
    page.locator("summary").last.click()
    shoot(page, "console/ledger-fr-1280")
    page.goto("/accesses/")
    shoot(page, "console/accesses-fr-1280")


def test_on_a_phone_in_english_without_javascript(
    scene: Scene, visit: Callable[..., Page], shoot: Shoot
) -> None:
    page = visit("en", PHONE, java_script_enabled=False, color_scheme="dark")
    sign_in(scene, page)
    shoot(page, "console/queue-en-390-dark")
    page.click("tbody a")
    shoot(page, "console/case-en-390-dark")
    page.click("a.button.main")
    expect(page.locator("figure img")).to_have_count(0)
    shoot(page, "console/item-minor-en-390-dark")
    page.check("[name=motive][value=decide]")
    page.click("button[value=blurred]")
    expect(page.locator("figure img")).to_be_visible()
    page.check("[value=OUT]")
    page.check("[name=person][value=adult]")
    page.click("button[name=next]")
    expect(page.locator("#id_reason_error")).to_contain_text("Say why")
    shoot(page, "console/item-error-en-390-dark")
    page.select_option("[name=reason]", "CONSENT")
    page.click("button[name=next]")
    # The next is the same photograph as one that is in the bank by now.
    expect(page.locator(".known")).to_contain_text("This very content is in the bank already.")
    expect(page.locator("figure img")).to_have_count(0)
    shoot(page, "console/item-known-en-390-dark")
    for path in ("/", "/accesses/", f"/cases/{scene.sent['case']}/", f"/cases/{scene.sent['case']}/ledger/"):
        page.goto(path)
        assert page.locator("main").bounding_box()["width"] <= 390  # type: ignore[index]
        overflow = page.locator("body").bounding_box()["width"]  # type: ignore[index]
        assert overflow <= 390
    shoot(page, "console/ledger-en-390-dark")


def test_setting_up_the_second_factor(scene: Scene, visit: Callable[..., Page], shoot: Shoot) -> None:
    scene.site.run("manage", "analyst", "add", "bob", "--no-totp")
    page = visit("fr")
    page.goto("/")
    page.fill("[name=login]", "bob")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    box = page.locator(".qr svg").bounding_box()
    assert box
    assert box["width"] > 150
    shoot(page, "console/totp-fr-1280")
    page.fill("[name=code]", totp(page.inner_text(".secret")))
    page.click("main button.main")
    expect(page.locator(".codes li")).to_have_count(10)
    shoot(page, "console/recovery-codes-fr-1280")
    page.goto("/accesses/")
    shoot(page, "console/forbidden-fr-1280")
    assert "Réservé" in page.inner_text("h1")


def test_the_canary_is_nowhere_after_destruction(scene: Scene, tmp_path_factory: Any) -> None:
    """Deposited bytes and their keys after the destruction; message and contact after the purge."""
    photo = bytes.fromhex(scene.sent["photo"])
    places = [scene.site.var, Path("/dev/shm"), *TEMPORARY.glob("disrupt*"), *TEMPORARY.glob("tmp*")]
    pieces = [photo[i : i + 64] for i in range(0, len(photo) - 64, 4096)]
    needles = pieces + [bytes.fromhex(key) for key in scene.sent["keys"]]
    needles += [key.encode() for key in scene.sent["keys"]]
    assert found([*needles[:1], b"SQLite format 3"], places) == {b"SQLite format 3"}, (
        "the search itself works"
    )
    assert shell(scene.site, "from disrupt.hotline.cases.models import Item; print(Item.objects.count())")
    assert found(needles, places) == set()
    scene.site.stop("worker")
    shell(
        scene.site,
        "from disrupt.hotline.cases import erasing, models\n"
        f"erasing.erase_case(models.Case.objects.get(pk='{scene.sent['case']}'))",
    )
    scene.site.start("worker")
    time.sleep(3)
    texts = [CANARY_MESSAGE.encode(), CANARY_CONTACT.encode(), b"example.org/forum/thread"]
    assert found(needles + texts[:2], places) == set()
