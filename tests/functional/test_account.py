"""A partner's administrator in a real browser without JavaScript: programs' keys are made and ended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.functional.conftest import MakeHotline, Shoot
from tests.functional.exchange_scene import Exchange
from tests.functional.looks import PHONE
from tests.functional.servers import Hotline
from tests.hotline.exchange.hooks.receiver import Receiver, receiving
from tests.waiting import until

from disrupt.protocol.hooks.signed import read

WIDE = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as told:
        yield told


@pytest.fixture(scope="module")
def exchange(hotline: MakeHotline, receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Exchange:
    def make(*names: str) -> Hotline:
        return hotline(*names, DISRUPT_REACHABLE=receiver.address)

    return Exchange(make, tmp_path_factory.mktemp("account"))


@pytest.fixture(scope="module")
def admin_key(exchange: Exchange) -> str:
    file = exchange.folder / "admin"
    exchange.hotline.run(
        "manage", "partner", "key", "issue", "Platform",
        "--scopes", "exchange:account:manage", "--key-file", str(file),
    )  # fmt: skip
    exchange.hotline.run("manage", "test_entry", "on")
    return file.read_text().strip()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(java_script_enabled=False, viewport=PHONE, locale="en")
    yield context.new_page()
    context.close()


def status_of(exchange: Exchange, key: str) -> int:
    return httpx.get(
        f"{exchange.url}/v1/feed", headers={"Authorization": f"Bearer {key}"}, timeout=60
    ).status_code


def sign_in(page: Page, exchange: Exchange, key: str) -> None:
    page.goto(f"{exchange.url}/account/")
    page.get_by_label("The administrator’s key").fill(key)
    page.get_by_role("button", name="Sign in").click()


def test_keys_are_made_and_ended_on_the_page_and_programs_feel_it(
    exchange: Exchange, admin_key: str, page: Page, shoot: Shoot
) -> None:
    sign_in(page, exchange, exchange.key)
    expect(page.get_by_role("alert")).to_contain_text("does not open this page")
    sign_in(page, exchange, admin_key)
    expect(page.get_by_role("heading", level=1)).to_have_text("Platform")
    for name, size in (("360", PHONE), ("1280", WIDE)):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict
        shoot(page, f"account/account-en-{name}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    programs = page.locator("section.key").filter(has_not_text="you are signed in with it")
    programs.get_by_text("Replace it").click()
    programs.get_by_role("button", name="Make the new key").click()
    fresh = page.locator(".secret").inner_text()
    assert re.fullmatch(r"dsr_[0-9a-f]{12}_[0-9a-f]{64}", fresh)
    assert {status_of(exchange, key) for key in (exchange.key, fresh)} == {200}

    old = page.locator(f"#key-{exchange.key.split('_')[1]}")
    old.get_by_text("End it").click()
    old.get_by_label("I mean it").check()
    old.get_by_role("button", name="End this key now").click()
    expect(page.get_by_role("status")).to_have_text("The key works no more.")
    until(lambda: status_of(exchange, exchange.key) == 401, "the old key is refused")
    assert status_of(exchange, fresh) == 200
    exchange.key_file.write_text(fresh)
    assert exchange.sync().returncode == 0
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("heading", name="Ce que vous avez lu")).to_be_visible()
    for name, size in (("360", PHONE), ("1280", WIDE)):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict
        shoot(page, f"account/account-fr-{name}")

    with page.expect_download() as download:
        page.get_by_role("link", name="Télécharger l’image d’essai").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("status")).to_have_text("Vous êtes déconnecté.")
    page.goto(f"{exchange.url}/account/fr/")
    expect(page.get_by_role("button", name="Se connecter")).to_be_visible()
    shoot(page, "account/sign-in-fr-1280")
    log = exchange.hotline.log("exchange")
    assert admin_key not in log
    assert fresh not in log


def test_a_program_is_told_through_a_killed_worker_once_more_and_by_the_same_id(
    exchange: Exchange, receiver: Receiver, admin_key: str, page: Page, shoot: Shoot
) -> None:
    sign_in(page, exchange, admin_key)
    page.get_by_text("One more webhook").click()
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_role("button", name="Make the webhook").click()
    expect(page.get_by_role("status")).to_contain_text("The webhook is made")
    receiver.may_answer.clear()
    exchange.add("a picture")
    exchange.hotline.start("worker")
    until(lambda: receiver.came, "the worker calls")
    exchange.hotline.kill("worker")
    receiver.may_answer.set()
    exchange.hotline.move_clock(minutes=2)
    exchange.hotline.start("worker")
    until(lambda: len(receiver.came) > 1, "the worker calls again")
    assert len(set(receiver.ids)) == 1
    page.goto(f"{exchange.url}/account/en/")
    until(lambda: page.reload() and "Waiting</dt><dd>0" in page.content(), "it is taken")
    key = page.locator("code", has_text="whpk_").inner_text()
    headers, body = receiver.came[-1]
    told = read(headers, body, [key], int(headers["webhook-timestamp"]))
    assert (told.type, told.data["last"]) == ("list.news", told.data["after"] + 1)
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a plain dict
    shoot(page, "account/webhooks-en-1280")
    page.set_viewport_size(PHONE)
    page.goto(f"{exchange.url}/account/fr/")
    shoot(page, "account/webhooks-fr-360")
    exchange.withdraw("a picture")
    until(lambda: len(receiver.came) == 3, "the withdrawal is told")
    assert read(*receiver.came[-1], [key], int(receiver.came[-1][0]["webhook-timestamp"])).data["entries"]
