"""Somebody is invited by a link, joins, adds a passkey and signs in with it: real console, real Chromium."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.console_scene import PASSWORD, Scene, add_analyst, sign_in, totp

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def scene(hotline: MakeHotline) -> Scene:
    site = hotline(DISRUPT_ANALYST_PASSWORD=PASSWORD)
    secret = add_analyst(site)
    return Scene(site.start("console"), secret, {})


def sign_out(page: Page) -> None:
    page.click(".who form[action$='logout/'] button")
    expect(page.locator("[name=login]")).to_be_visible()


def test_from_an_invitation_to_a_passkey(scene: Scene, chromium: Browser, shoot: Shoot) -> None:
    # A passkey belongs to a name, never to a number.
    url = scene.site.url("console").replace("127.0.0.1", "localhost")
    options: dict[str, Any] = {"base_url": url, "locale": "fr", "viewport": {"width": 1280, "height": 900}}
    leads, bobs = chromium.new_context(**options), chromium.new_context(**options)
    lead = leads.new_page()
    sign_in(scene, lead)
    lead.goto("/admin/people/")
    lead.fill("[name=name]", "bob")
    lead.check("[value=analyst]")
    lead.click("button.main")
    link = lead.inner_text("code.secret")
    shoot(lead, "console/people-fr-1280")

    page = bobs.new_page()
    devtools = bobs.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(link)
    shoot(page, "console/invited-fr-1280")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=again]", PASSWORD)
    page.click("button.main")
    secret = page.inner_text("code.secret")
    page.fill("[name=code]", totp(secret))
    page.click("main button.main")
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto("/accounts/2fa/webauthn/add/")
    shoot(page, "console/passkey-fr-1280")
    page.click("main button.main")
    expect(page.locator("h1")).to_contain_text(re.compile("Votre compte|Clés d’accès|Your account"))
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator(".notices li strong")).to_have_count(1)
    shoot(page, "console/passkeys-fr-1280")

    sign_out(page)
    shoot(page, "console/sign-in-passkey-fr-1280")
    page.click("form[data-passkey] button")
    expect(page.locator("h1")).to_contain_text("File d’attente")

    sign_out(page)
    page.fill("[name=login]", "bob")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.click("form[data-passkey] button")
    expect(page.locator("h1")).to_contain_text("File d’attente")

    # A closed account's passkey opens nothing.
    sign_out(page)
    scene.site.run("manage", "analyst", "disable", "bob")
    with page.expect_navigation():
        page.click("form[data-passkey] button")
    page.goto("/")
    expect(page.locator("[name=login]")).to_be_visible()
    for context in (leads, bobs):
        context.close()
