"""A partner's unmodified client proposes, a lead offers it, another partner has it; and it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect
from tests.functional.console_scene import PASSWORD, Scene, add_analyst, sign_in
from tests.functional.exchange_scene import Exchange
from tests.functional.fill_bank import hex_of
from tests.functional.servers import Hotline
from threatexchange.exchanges.clients.stopncii import api as client_api

from disrupt.protocol.feed import Added, Withdrawn, parse_page


@pytest.mark.slow
def test_from_the_client_through_the_console_to_the_feed(
    hotline: Callable[..., Hotline], chromium: Browser, tmp_path: Path
) -> None:
    def make(*names: str) -> Hotline:
        return hotline(*names, "console", DISRUPT_ANALYST_PASSWORD=PASSWORD)

    exchange = Exchange(make, tmp_path)
    site = exchange.hotline
    secret = add_analyst(site)
    other = tmp_path / "other"
    scopes = ["exchange:feed:read", "exchange:shared:read"]
    site.run("manage", "partner", "add", "Reader", "--key-file", str(other), "--scopes", *scopes)

    def changes() -> list[Added | Withdrawn]:
        key = {"Authorization": f"Bearer {other.read_text().strip()}"}
        page = parse_page(httpx.get(f"{exchange.url}/v1/feed", headers=key).json())
        return [one for one in page.changes if isinstance(one, Added | Withdrawn)]

    client, picture = exchange.client(), client_api.StopNCIISignalType.ImagePDQ
    client.submit_hash(picture, hex_of("proposed"))
    client.submit_hash(picture, hex_of("left alone"))
    assert changes() == []

    context = chromium.new_context(base_url=site.url("console"), locale="en-US", java_script_enabled=False)
    page = context.new_page()
    sign_in(Scene(site, secret, {}), page)
    page.goto("/figures/")
    with page.expect_navigation():
        page.get_by_role("link", name="2 fingerprints that partners propose wait for a decision").click()
    page.get_by_label(hex_of("proposed")[:12]).check()
    page.locator("[name=category]").select_option("NCII-DIF")
    page.locator("[name=motive]").fill("their team has seen it")
    with page.expect_navigation():
        page.get_by_role("button", name="Offer to partners").click()
    expect(page.get_by_text("1 fingerprint is offered with the next batch.")).to_be_visible()
    context.close()

    (added,) = changes()
    assert isinstance(added, Added)
    assert (added.origin, added.category, added.pdq[0].hex) == ("shared", "NCII-DIF", hex_of("proposed"))
    withdrawn = client_api.StopNCIICSPFeedbackValue.Withdrawn
    client.submit_hash(picture, hex_of("proposed"), reported_state=withdrawn)
    assert [type(one) for one in changes()] == [Withdrawn, Withdrawn]
    assert exchange.key not in site.log("exchange")
