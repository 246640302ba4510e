"""One look settles a family, four keys decide: real console, worker and Chromium; and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.console_scene import PASSWORD, Scene, add_analyst, shell, sign_in

# One photograph in six forms from four people, and one that the bank knows.
DEPOSIT = """
import json
from disrupt.hotline.cases.adding import DepositedFile
from disrupt.hotline.cases.models import AgeWhenTaken, Item, Reporter
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions import services as decisions
from tests.hotline.processing.test_family import edited
from tests.hotline.processing.working import jpeg

def send(name, *files, age=AgeWhenTaken.ADULT):
    deposited = tuple(DepositedFile(vault.deposit([data]), len(data)) for data in files)
    return open_case(Report(name, "fr", Reporter.SELF, age, files=deposited)).case

photo, known = jpeg(81, 700), jpeg(82, 700)
before = send("before", known)
decisions.qualify(before.items.get(), "NCII-DIF", analyst(9))
first = send("first", photo, edited(photo, "mirrored"), edited(photo, "cropped"))
second = send("second", photo)
third = send("third", edited(photo, "bordered"))
again = send("again", edited(known, "smaller"))
minor = send("minor", edited(photo, "smaller"), age=AgeWhenTaken.MINOR)
print(json.dumps({name: str(case.pk) for name, case in zip(
    ("first", "again", "minor"), (first, again, minor), strict=True)}))
"""


# One way through a console, with a window of ten minutes in it: nothing else may run beside it.
pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def scene(hotline: MakeHotline) -> Iterator[Scene]:
    import json

    site = hotline(DISRUPT_ANALYST_PASSWORD=PASSWORD, DISRUPT_SMTP_PORT="1", DISRUPT_UNDO_MINUTES="10")
    secret = add_analyst(site)
    sent = json.loads(shell(site, DEPOSIT).strip().splitlines()[-1])
    shell(
        site,
        "from disrupt.hotline.cases.models import Qualification\n"
        "from disrupt.hotline.common.actors import analyst\n"
        "from disrupt.hotline.decisions.effect import put_in_force\n"
        "from django.db import transaction\n"
        "one = Qualification.objects.get()\n"
        "with transaction.atomic(): put_in_force(one.item, one, analyst(9))",
    )
    site.run("worker", "--once")
    site.start("console")
    yield Scene(site, secret, sent)
    site.stop()


def first_item(page: Page, case: str) -> None:
    page.goto(f"/cases/{case}/")
    page.click("a.button.main")


def test_one_look_and_one_key(scene: Scene, chromium: Browser, shoot: Shoot) -> None:
    context = chromium.new_context(
        locale="fr", viewport={"width": 1280, "height": 900}, base_url=scene.site.url("console")
    )
    page = context.new_page()
    sign_in(scene, page)
    first_item(page, scene.sent["again"])
    expect(page.locator(".known")).to_contain_text("dans la base")
    expect(page.locator("figure img")).to_have_count(0)
    shoot(page, "console/known-fr-1280")
    page.keyboard.press("c")
    expect(page.locator(".message.success").first).to_contain_text("NCII-DIF")

    first_item(page, scene.sent["first"])
    expect(page.locator(".stamp img")).to_have_count(3)
    assert page.locator(".stamp img").first.evaluate("i => i.naturalWidth") == 96
    expect(page.locator("[name=carry]:checked")).to_have_count(1)
    expect(page.locator(".family")).to_contain_text("regardez d’abord ce dossier")
    for box in page.locator(".stamp input[name=carry]").all():
        box.check()
    page.check("[value=NCII-DIF]")
    page.check("[name=person][value=adult]")
    shoot(page, "console/family-fr-1280")
    page.click("button:text-is('Enregistrer')")
    expect(page.locator(".message.success").nth(1)).to_contain_text("4")
    page.goto(f"/cases/{scene.sent['first']}/")
    expect(page.locator(".state.s-decided")).to_have_count(3)
    context.close()


def test_four_keys_from_the_queue_to_the_decision(scene: Scene, chromium: Browser, shoot: Shoot) -> None:
    context = chromium.new_context(
        locale="en", viewport={"width": 1280, "height": 900}, base_url=scene.site.url("console")
    )
    page = context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    sign_in(scene, page)
    shoot(page, "console/queue-keys-en-1280")
    page.keyboard.press("Enter")  # the minor's case is the most urgent
    expect(page.locator("h1")).to_contain_text("Item 1")
    expect(page.locator("[name=person]:checked, [name=category]:checked")).to_have_count(0)
    page.keyboard.press("a")
    page.keyboard.press("5")
    expect(page.locator(".category:has(:checked) .then")).to_be_visible()
    expect(page.locator(".law:visible")).to_have_count(2)
    shoot(page, "console/keys-en-1280")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".message.success")).to_contain_text("NCII-DIF")
    expect(page.locator(".undoable button").first).to_contain_text("Undo")
    page.locator("main").focus()
    page.keyboard.press("u")
    expect(page.locator(".message.success").first).to_contain_text("Undone")

    page.keyboard.press("Shift+?")
    expect(page.locator("#keys")).to_be_visible()
    shoot(page, "console/keys-list-en-1280")
    page.uncheck("#single-keys")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("[name=person]:checked")).to_have_count(0)
    page.reload()
    expect(page.locator("kbd:visible")).to_have_count(0)
    page.keyboard.press("a")
    expect(page.locator("[name=person]:checked")).to_have_count(0)
    page.keyboard.press("Control+k")
    page.keyboard.type("partners")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("What partners say")
    page.keyboard.press("Control+k")
    page.fill("#go-q", "D-" + scene.sent["first"][:8])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(scene.sent["first"][:8].upper())
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"/cases/{scene.sent['minor']}/open/")
    shoot(page, "console/keys-en-1920")
    assert problems == []
    context.close()


def test_without_javascript_on_a_telephone(scene: Scene, chromium: Browser, shoot: Shoot) -> None:
    """The minor's copy alone is left; a decision is undone, and waits beside it again."""
    context = chromium.new_context(
        locale="en",
        viewport={"width": 360, "height": 800},
        base_url=scene.site.url("console"),
        java_script_enabled=False,
    )
    page = context.new_page()
    sign_in(scene, page)
    page.goto(f"/cases/{scene.sent['first']}/")
    page.locator("main form[action*='/undo/'] button").first.click()
    first_item(page, scene.sent["first"])
    expect(page.locator(".family")).to_contain_text("look at that case first")
    expect(page.locator(".stamp")).to_have_count(0)
    shoot(page, "console/family-en-360")
    first_item(page, scene.sent["minor"])
    expect(page.locator("figure img")).to_have_count(0)
    expect(page.locator(".family")).to_be_visible()
    expect(page.locator(".family [name=carry]")).to_have_count(0)
    assert page.locator("body").bounding_box()["width"] <= 360  # type: ignore[index]
    context.close()
