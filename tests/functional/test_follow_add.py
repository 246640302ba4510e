"""Adding to a case in Chromium: a large file over a bad line, a fingerprint from the device, no script."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.console_scene import shell
from tests.functional.cutting import CuttingProxy
from tests.functional.looks import PHONE
from tests.functional.servers import Hotline
from tests.functional.test_follow import OPEN
from tests.hotline.processing.working import jpeg

from disrupt.fingerprint import ImageFingerprint, fingerprint_file

MIB = 1024 * 1024
CONTENTS = """
import hashlib, json
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common.store import vault
held = [vault.read_content(item.vault_id) for item in Item.objects.exclude(vault_id="")]
found = [hashlib.sha256(content).hexdigest() for content in held]
print(json.dumps(found))
"""


def contents(site: Hotline) -> set[str]:
    """SHA-256 of every deposited file, opened with the review key."""
    return set(json.loads(shell(site, CONTENTS).strip().splitlines()[-1]))


@pytest.fixture(scope="module")
def portal(hotline: MakeHotline) -> Iterator[Hotline]:
    site = hotline("portal")
    yield site
    site.stop()


@pytest.fixture
def line(portal: Hotline) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(portal.ports["portal"], rate=3 * MIB)
    yield proxy
    proxy.close()


Inside = Callable[..., Page]


@pytest.fixture
def inside(chromium: Browser, portal: Hotline, line: CuttingProxy) -> Iterator[Inside]:
    """`inside("fr")`: a new case, open in a clean browser; errors of the page fail."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def open_it(language: str, **options: object) -> Page:
        script = OPEN.format(
            urls=("https://example.org/a",), email="", token=os.urandom(16).hex(), language="fr"
        )
        code, _pk, _reference = json.loads(shell(portal, script).strip().splitlines()[-1])
        context = chromium.new_context(viewport=PHONE, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{line.url}/{language}/follow/")
        page.fill("#code", code)
        page.click("main form .button")
        expect(page.locator(".items .item")).to_have_count(1)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert problems == []


def test_a_large_file_goes_on_after_the_line_was_cut_and_the_page_reloaded(
    inside: Inside, line: CuttingProxy, portal: Hotline, shoot: Shoot, tmp_path: Path
) -> None:
    content = os.urandom(8 * MIB)
    path = tmp_path / "holiday-jane.jpg"
    path.write_bytes(content)
    page = inside("fr")
    page.click("a.door[href$='add/']")
    page.set_input_files("#files", path)
    bar = "share => [...document.querySelectorAll('#chosen progress')].some(p => p.value >= share)"
    page.wait_for_function(bar, arg=0.2)
    shoot(page, "portal/add-sending-fr-360")
    line.cut()
    page.wait_for_function(bar, arg=0.5)
    page.reload()
    expect(page.locator("#chosen > li")).to_have_attribute("data-state", "known")
    page.set_input_files("#files", path)
    page.click("button.button[value=add]")  # before all has arrived: the form waits
    expect(page.locator(".items .item")).to_have_count(2, timeout=60_000)
    assert hashlib.sha256(content).hexdigest() in contents(portal)


def test_a_fingerprint_is_made_on_the_device_and_nothing_else_leaves_it(
    inside: Inside, portal: Hotline, shoot: Shoot
) -> None:
    photo = jpeg(31, 640)
    page = inside("en")
    page.click("a.door[href$='add/']")
    page.click("a[href$='device/']")
    page.wait_for_selector("#report[data-ready=yes]")
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request))
    page.set_input_files("#device-files", {"name": "jane.jpg", "mimeType": "image/jpeg", "buffer": photo})
    expect(page.locator("#device-chosen")).to_contain_text("Fingerprint made")
    shoot(page, "portal/add-device-en-360")
    assert [r.url for r in sent if not r.url.startswith("blob:")] == [], "nothing is sent while it is made"
    page.click("#continue")
    expect(page.locator(".items .item")).to_have_count(2)
    expect(page.locator(".items")).to_contain_text("Fingerprint no. 1")
    (post,) = [request for request in sent if request.method == "POST"]
    body = post.post_data or ""
    assert photo[200:260].hex() not in body
    assert len(body) < 4000
    assert "jane.jpg" not in body
    found = fingerprint_file(photo)
    assert isinstance(found, ImageFingerprint)
    assert found.sha256 in body
    kept = shell(portal, "from disrupt.hotline.cases.models import Item\n"
                 "print([i.declared['sha256'] for i in Item.objects.filter(kind='declared')])")  # fmt: skip
    assert found.sha256 in kept


@pytest.mark.parametrize("language", ["fr", "en"])
def test_without_javascript_the_plain_form_does_it(inside: Inside, portal: Hotline, language: str) -> None:
    page = inside(language, java_script_enabled=False)
    page.click("a.door[href$='add/']")
    page.fill("#id_urls", "https://example.org/b")
    first, second = os.urandom(100_000), os.urandom(5000)
    page.set_input_files("#files", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": first})
    page.click("noscript button")
    expect(page.locator(".received li")).to_have_count(1)
    expect(page.locator("#id_urls")).to_have_value("https://example.org/b")
    page.set_input_files("#files", {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": second})
    page.click("button.button[value=add]")
    expect(page.locator(".items .item")).to_have_count(4)
    assert {hashlib.sha256(one).hexdigest() for one in (first, second)} <= contents(portal)
    page.goto(re.sub(r"follow/.*", "follow/now/device/", page.url))
    expect(page.locator("main .notice").first).to_contain_text("JavaScript")
