"""Every page of the console, with the oddest matter: whole, readable, and all of it within reach."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.console_matter import AFTER, MATTER
from tests.functional.console_scene import PASSWORD, Scene, add_analyst, shell, sign_in
from tests.functional.looks import FAINT
from tests.functional.test_access import CONTROLS, SMALL, WIDER, axe

PHONE, DESK, WIDE = (
    {"width": 390, "height": 800},
    {"width": 1280, "height": 900},
    {"width": 1920, "height": 1080},
)
ZOOMED = {"width": 320, "height": 225}  # 1280 × 900 at 400 %
PATHS = {
    "queue": "/?kind=file",
    "search": "/search/",
    "correspondence": "/messages/",
    "second": "/second/",
    "rules": "/rules/",
    "agreement": "/agreement/",
    "partners": "/partners/",
    "lists": "/partners/lists/",
    "proposals": "/partners/proposals/",
    "accesses": "/accesses/",
    "today": "/figures/",
    "mine": "/figures/mine/",
    "time": "/figures/time/?period=2025",
    "years": "/figures/years/?year=2025",
    "reports": "/figures/reports/",
    "holds": "/holds/",
    "switches": "/admin/switches/",
    "keys": "/admin/keys/",
    "people": "/admin/people/",
    "in-force": "/admin/in-force/",
    "audit": "/admin/audit/",
    "change-setting": "/admin/in-force/change/?kind=setting&key=undo_minutes",
    "change-category": "/admin/in-force/change/?kind=category&key=VOY",
    "change-own-category": "/admin/in-force/change/?kind=own_category",
    "change-words": "/admin/in-force/change/?kind=words&key=host.request",
    "change-letter": "/admin/in-force/change/?kind=letter",
    "change-host": "/admin/in-force/change/?kind=host",
    "disputed": "/partners/disputed/",
    "looks": "/looks/",
    "precedents": "/precedents/?category=NCII-DIF",
    "notices": "/takedown/",
    "answers": "/takedown/answers/",
    "hosts": "/takedown/hosts/",
    "host": "/takedown/hosts/one/?name=Example%20Images",
    "stops": "/takedown/stops/",
    "watch": "/takedown/watch/",
    "notice": "/takedown/{notice}/",
    "mandates": "/takedown/mandates/{links}/",
    "account": "/accounts/2fa/",
    "passkeys": "/accounts/2fa/webauthn/",
    "password": "/accounts/password/change/",
    "sign-out": "/accounts/logout/",
    "missing": "/nowhere/",
    "thread": "/cases/{written}/messages/",
    "ledger": "/cases/{links}/ledger/",
    "hold": "/cases/{written}/hold/",
    "evidence": "/cases/{written}/evidence/",
    "held": "/items/{held}/",
    "pending": "/items/{pending}/",
    **{f"case-{name}": f"/cases/{{{name}}}/" for name in ("odd", "family", "links", "waits", "written")},
    **{
        f"item-{name}": f"/cases/{{{name}}}/open/"
        for name in ("plain", "odd", "minor", "family", "film", "spoilt", "again", "written")
    },
}

# A console of its own, in which what was decided waits ten minutes: nothing else may run beside it.
pytestmark = [pytest.mark.alone, pytest.mark.slow]


@pytest.fixture(scope="module")
def scene(hotline: MakeHotline) -> Iterator[Scene]:
    site = hotline(DISRUPT_ANALYST_PASSWORD=PASSWORD, DISRUPT_SMTP_PORT="1", DISRUPT_UNDO_MINUTES="10")
    secret = add_analyst(site)
    add_analyst(site, "bob")
    site.run("manage", "seed", "--cases", "60", "--closed", "60")
    sent = json.loads(shell(site, MATTER).strip().splitlines()[-1])
    site.run("worker", "--once")
    sent |= json.loads(shell(site, AFTER).strip().splitlines()[-1])
    site.start("console")
    yield Scene(site, secret, sent)
    site.stop()


@pytest.fixture(scope="module")
def state(scene: Scene, chromium: Browser) -> Any:
    """Alice's cookies, so that she signs in once."""
    context = chromium.new_context(base_url=scene.site.url("console"))
    sign_in(scene, context.new_page())
    kept = context.storage_state()
    context.close()
    return kept


def as_alice(scene: Scene, chromium: Browser, state: Any, size: Any, **more: Any) -> BrowserContext:
    more.setdefault("reduced_motion", "reduce")
    return chromium.new_context(
        viewport=size, base_url=scene.site.url("console"), storage_state=state, **more
    )


def wrong_with(page: Page) -> list[Any]:
    found: list[Any] = axe(page)
    found += [f"faint: {one}" for one in page.evaluate(FAINT)]
    found += [f"small: {one}" for one in page.evaluate(SMALL, CONTROLS)]
    if page.evaluate(WIDER) > 0:
        found.append(f"{page.evaluate(WIDER)} px wider than the screen")
    return found


@pytest.mark.parametrize(
    ("language", "size", "scheme"),
    [
        ("fr", DESK, "light"),
        ("en", PHONE, "dark"),
        pytest.param("en", WIDE, "dark", marks=pytest.mark.fuzz),
        pytest.param("fr", PHONE, "light", marks=pytest.mark.fuzz),
        pytest.param("fr", ZOOMED, "dark", marks=pytest.mark.fuzz),
    ],
)
def test_every_page_is_whole(
    scene: Scene, chromium: Browser, state: Any, shoot: Shoot, language: str, size: Any, scheme: Any
) -> None:
    context = as_alice(scene, chromium, state, size, locale=language, color_scheme=scheme)
    page = context.new_page()
    wrong: dict[str, Any] = {}
    page.on("pageerror", lambda error: wrong.setdefault("scripts", []).append(str(error)))
    for name, path in PATHS.items():
        answer = page.goto(path.format(**scene.sent))
        assert answer is not None
        shoot(page, f"console-pages/{language}-{size['width']}-{scheme}/{name}")
        found = wrong_with(page)
        if answer.status != (404 if name == "missing" else 200):
            found.append(answer.status)
        if found:
            wrong[name] = found
    context.close()
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_words_that_turn_around_stay_where_they_are(scene: Scene, chromium: Browser, state: Any) -> None:
    """20,000 characters and a threat, full of marks that turn the writing: what follows is as it was."""
    context = as_alice(scene, chromium, state, DESK, locale="en")
    page = context.new_page()
    page.goto(f"/cases/{scene.sent['odd']}/open/")
    page.keyboard.press("w")
    expect(page.locator("blockquote.said").first).to_contain_text("je veux mourir")
    assert page.evaluate(WIDER) <= 0
    page.goto(f"/cases/{scene.sent['odd']}/")
    expect(page.locator(".item")).to_have_count(40)
    for code in page.locator(".address code").all():
        assert code.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"
    context.close()


def test_what_the_keyboard_reaches_is_seen(scene: Scene, chromium: Browser, state: Any) -> None:
    """Tab through a decision: what has the focus shows it, and the bar stands before none of it."""
    hidden = """() => {
      const one = document.activeElement, box = one.getBoundingClientRect();
      const at = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 12));
      const seen = at && (one.contains(at) || at.contains(one) || one.closest("label")?.contains(at));
      const line = getComputedStyle(one);
      return [one.outerHTML.slice(0, 90), Boolean(seen), parseFloat(line.outlineWidth) > 0];
    }"""
    for size in (DESK, ZOOMED):
        context = as_alice(scene, chromium, state, size, locale="en")
        page = context.new_page()
        page.goto(f"/cases/{scene.sent['family']}/open/")
        page.locator("main").focus()
        wrong, reached = [], set()
        for _ in range(60):
            page.keyboard.press("Tab")
            html, seen, outlined = page.evaluate(hidden)
            if html.startswith("<body"):
                break
            reached.add(re.sub(r'.*name="(\w+)".*', r"\1", html) if "name=" in html else html[:20])
            if not (seen and outlined):
                wrong.append(html)
        context.close()
        assert {"person", "category", "reasoning", "next"} <= reached
        assert wrong == [], (size, wrong)


def test_a_decision_by_forms_alone(scene: Scene, chromium: Browser, state: Any) -> None:
    """Without a script: taken, handed over, taken again, decided, held by a lead, let go, undone."""
    context = as_alice(scene, chromium, state, DESK, locale="en", java_script_enabled=False)
    page = context.new_page()
    case = f"/cases/{scene.sent['plain']}/"
    page.goto(f"{case}open/")
    page.click(".claim summary")
    page.select_option("#to", label="bob")
    page.click(".claim details button")
    page.goto(f"{case}open/")
    expect(page.locator(".claim.taken")).to_contain_text("bob works on this case")
    page.click(".claim.taken button")
    page.goto(f"{case}open/")
    page.check("[name=person][value=adult]")
    page.check("[name=category][value=NCII-DIF]")
    page.locator(".bar button").nth(1).click()
    expect(page.locator(".message.success").first).to_contain_text("NCII-DIF")
    page.goto(case)
    page.click(".pending summary:has-text('Let it wait')")
    page.fill("#id_held_why", "a call is expected")
    page.click("button:has-text('Hold it until somebody lets it go')")
    page.goto(case)
    expect(page.locator(".pending")).to_contain_text("Held by alice: a call is expected")
    page.click(".pending summary:has-text('Let it go')")
    page.click("button:has-text('It goes its way again')")
    page.goto(case)
    expect(page.locator(".pending")).to_contain_text("It takes effect at")
    page.click(".pending form[action*='/undo/'] button")
    expect(page.locator(".message.success").first).to_contain_text("Undone")
    context.close()
