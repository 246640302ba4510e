"""Figures and reports on real processes: pages for everybody, in both languages, without a script."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.console_scene import PASSWORD, Scene, add_analyst, shell, sign_in
from tests.functional.looks import DESKTOP, FAINT, PHONE
from tests.functional.servers import Hotline

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
RUN = """async () => (await axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
})).violations.map((v) => [v.id, v.nodes.map((n) => n.html.slice(0, 160))])"""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
PAGES = ("", "time/?period=2025", "years/?year=2025", "mine/", "reports/")
YEARS = """
from benchmarks.years import Year, write
write([Year(2024, 1200, 900, 500, 400, 60), Year(2025, 2400, 1800, 1000, 700, 200)], sites=9)
"""

A_DAY = """
import datetime as dt
from dataclasses import asdict, replace
from benchmarks.years import Year, rows
from disrupt.hotline.bank.models import BankReader
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.tally.facts import day_of
from disrupt.hotline.tally.models import Fresh
today = day_of(clock.now())
found = rows(Year(2025, 12_000, 8_000, 4_600, 3_500, 460), sites=9)
day = [(key, n) for key, n in found.items() if key.day == dt.date(2025, 6, 1)]
Fresh.objects.bulk_create([Fresh(**asdict(replace(key, day=today)), n=n) for key, n in day])
for name, ago in (("Platform One", 0), ("Platform Two", 3), ("Platform Three", None)):
    partner = Partner.objects.create(name=name, created_at=clock.now())
    if ago is not None:
        read_on = clock.now().date() - dt.timedelta(days=ago)
        BankReader.objects.create(reader=partner.pk, sight="", sees={}, seq=0, read_on=read_on)
"""


@pytest.fixture(scope="module")
def scene(hotline: MakeHotline) -> Iterator[Scene]:
    site = hotline(DISRUPT_ANALYST_PASSWORD=PASSWORD, DISRUPT_SMTP_PORT="1")
    secret = add_analyst(site)
    shell(site, YEARS)
    shell(site, A_DAY)
    site.run("manage", "seed", "--cases", "120")
    site.start("console", "portal")
    yield Scene(site, secret, {})
    site.stop()


def faults(page: Page) -> list[Any]:
    """What axe finds, what is too faint to read, and whether something is wider than the screen."""
    page.evaluate(AXE)
    found: list[Any] = page.evaluate(RUN)
    found += [("faint", text) for text in page.evaluate(FAINT)]
    if page.evaluate(WIDER) > 0:
        found.append(("wider than the screen", page.evaluate(WIDER)))
    return found


def look(
    page: Page, shoot: Shoot, name: str, path: str, wrong: dict[str, Any], sizes: Any = (DESKTOP, PHONE)
) -> None:
    """Open a page on a desk and on a phone, look at it, and note what is wrong."""
    page.goto(path)
    for size in sizes:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        shoot(page, f"figures/{name}-{size['width']}")
        if found := faults(page):
            wrong[f"{name}-{size['width']}"] = found
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_lead_publishes_a_report_and_everybody_reads_it(
    scene: Scene, chromium: Browser, shoot: Shoot
) -> None:
    wrong: dict[str, Any] = {}
    context = chromium.new_context(locale="fr", viewport=DESKTOP, base_url=scene.site.url("console"))  # type: ignore[arg-type]
    page = context.new_page()
    sign_in(scene, page)
    for name in PAGES:
        look(page, shoot, f"{name.partition('/')[0] or 'today'}-fr", f"/figures/{name}", wrong)
    page.goto("/figures/reports/")
    page.fill("[name=period]", "2025")
    page.click("main form button.main")
    expect(page.locator("h1")).to_contain_text("article 22")
    place = page.url
    look(page, shoot, "draft-fr", place, wrong)
    page.fill("[name=procedures_fr]", "Aucun hébergeur ne finance le dispositif.")
    page.fill("[name=procedures_en]", "No host funds the hotline.")
    page.click("button:has-text('Garder les mots')")
    page.click("button:has-text('Valider')")
    page.click("button:has-text('Publier')")
    expect(page.locator("[role=status]")).to_contain_text("Publié")
    look(page, shoot, "published-fr", place, wrong, sizes=(DESKTOP,))
    page.click("button:has-text('English')")
    look(page, shoot, "published-en", place, wrong, sizes=(DESKTOP,))
    page.goto("/figures/reports/")
    page.fill("[name=period]", "2024")
    page.click("main form button.main")
    look(page, shoot, "draft-en", page.url, wrong)
    for name in PAGES:
        look(
            page,
            shoot,
            f"{name.partition('/')[0] or 'today'}-en",
            f"/figures/{name}",
            wrong,
        )
    in_grey_and_on_paper(page)
    without_a_script(chromium, context.storage_state(), scene.site)
    context.close()
    everybody(scene.site, chromium, shoot, wrong)
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def in_grey_and_on_paper(page: Page) -> None:
    """Series differ without colour, on a screen and on paper, where every table is open."""
    page.goto("/figures/time/?period=2025")
    expect(page.locator(".chart details table").first).to_be_hidden()
    for media in ("screen", "print"):
        page.emulate_media(media=media)  # type: ignore[arg-type]
        for legend in page.locator(".legend").all():
            shades = []
            for mark in legend.locator("svg").all():
                picture = Image.open(io.BytesIO(mark.screenshot())).convert("L")
                shades.append(int(picture.getpixel((picture.width // 2, picture.height // 2))))  # type: ignore[arg-type]
            assert all(abs(a - b) >= 40 for a, b in itertools.combinations(shades, 2)), (media, shades)
    for table in page.locator(".chart details table").all():
        expect(table).to_be_visible()
    page.emulate_media(media="screen")


def without_a_script(chromium: Browser, signed_in: Any, site: Hotline) -> None:
    """Every page of the console's figures is whole where scripts are switched off."""
    context = chromium.new_context(
        storage_state=signed_in, base_url=site.url("console"), java_script_enabled=False
    )
    page = context.new_page()
    for name in PAGES:
        page.goto(f"/figures/{name}")
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("main table").first).to_be_attached()
    page.goto("/figures/time/?period=2025")
    page.locator("details summary").first.click()
    expect(page.locator("details table").first).to_be_visible()
    context.close()


def everybody(site: Hotline, chromium: Browser, shoot: Shoot, wrong: dict[str, Any]) -> None:
    """The public page, with scripts switched off."""
    for language in ("fr", "en"):
        context = chromium.new_context(
            locale=language, base_url=site.url("portal"), java_script_enabled=False
        )
        page = context.new_page()
        page.goto("/published/")
        page.click("main a")
        expect(page.locator("h1")).to_contain_text("22")
        expect(page.locator("main")).to_contain_text("instagram.com")
        with page.expect_download() as got:
            page.click("a:has-text('report.json')")
        assert json.loads(got.value.path().read_text("utf-8"))["period"]["name"] == "2025"
        context.close()
        context = chromium.new_context(locale=language, base_url=site.url("portal"))
        page = context.new_page()
        look(page, shoot, f"public-{language}", f"/published/{language}/2025/", wrong)
        context.close()
