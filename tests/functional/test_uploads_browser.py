"""Uploads in a real browser on a bad line: cut, reloaded, paused, waited for; and without JavaScript."""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.functional.conftest import MakeHotline
from tests.functional.cutting import CuttingProxy
from tests.functional.servers import Hotline
from tests.functional.test_uploads import contents

MIB = 1024 * 1024
NAME = "holiday-jane.jpg"


@pytest.fixture(scope="module")
def portal(hotline: MakeHotline) -> Hotline:
    return hotline("portal")


@pytest.fixture
def line(portal: Hotline) -> Iterator[CuttingProxy]:
    proxy = CuttingProxy(portal.ports["portal"], rate=2 * MIB)
    yield proxy
    proxy.close()


OpenForm = Callable[..., Page]


@pytest.fixture
def open_form(chromium: Browser, line: CuttingProxy) -> Iterator[OpenForm]:
    """`open_form(language="en")`: the form in a clean browser, over the bad line; errors of the page fail."""
    contexts = []
    problems: list[str] = []

    def open_it(language: str = "en", **options: object) -> Page:
        context = chromium.new_context(**options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(f"{line.url}/{language}/form/")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert problems == []


def _file(folder: Path, size: int, name: str = NAME) -> tuple[Path, str]:
    content = os.urandom(size)
    path = folder / name
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def _at_least(page: Page, share: float) -> None:
    page.wait_for_function(
        "share => [...document.querySelectorAll('#chosen progress')].some(p => p.value >= share)", arg=share
    )


def _state(page: Page, number: int = 0) -> str:
    return str(page.locator("#chosen > li").nth(number).get_attribute("data-state"))


def _done(page: Page, count: int = 1, timeout: float = 60_000) -> None:
    expect(page.locator("#chosen > li[data-state=done]")).to_have_count(count, timeout=timeout)


def test_it_goes_on_after_the_line_was_cut(
    open_form: OpenForm, line: CuttingProxy, portal: Hotline, tmp_path: Path
) -> None:
    path, digest = _file(tmp_path, 6 * MIB)
    page = open_form()
    page.set_input_files("#files", path)
    _at_least(page, 0.2)
    line.refuse = True
    line.cut()
    expect(page.locator("#chosen")).to_contain_text("goes on by itself")
    line.refuse = False
    _at_least(page, 0.5)
    line.cut()
    _done(page)
    assert line.sent < 9 * MIB, "what had arrived was not sent again"
    assert contents(portal)[digest] == 6 * MIB
    assert page.evaluate("JSON.stringify(localStorage)") == "{}"
    assert NAME not in page.evaluate("JSON.stringify(sessionStorage)")


def test_it_goes_on_after_a_reload(
    open_form: OpenForm, line: CuttingProxy, portal: Hotline, tmp_path: Path
) -> None:
    path, digest = _file(tmp_path, 8 * MIB)
    page = open_form("fr")
    page.on("dialog", lambda dialog: dialog.accept())
    page.set_input_files("#files", path)
    _at_least(page, 0.5)
    page.reload()
    expect(page.locator("#chosen")).to_contain_text("Choisissez de nouveau le même fichier")
    assert _state(page) == "known"
    assert NAME not in page.content(), "the name was not kept"
    page.set_input_files("#files", path)
    _done(page)
    assert page.locator("#chosen > li").count() == 1
    assert line.sent < 11 * MIB, "what had arrived was not sent again"
    assert contents(portal)[digest] == 8 * MIB
    page.reload()
    _done(page)


def test_the_portal_is_killed_meanwhile(open_form: OpenForm, portal: Hotline, tmp_path: Path) -> None:
    path, digest = _file(tmp_path, 6 * MIB)
    page = open_form()
    page.set_input_files("#files", path)
    _at_least(page, 0.3)
    portal.kill("portal")
    portal.start("portal")
    _done(page)
    assert contents(portal)[digest] == 6 * MIB


def test_sending_waits_for_the_files(open_form: OpenForm, portal: Hotline, tmp_path: Path) -> None:
    files = [_file(tmp_path, 2 * MIB, f"{n}.jpg") for n in range(3)]
    page = open_form()
    page.set_input_files("#files", [path for path, _ in files])
    page.fill("input[name=url] >> nth=0", "https://example.org/photo")
    page.check("input[name=reporter][value=self]")
    page.check("input[name=age][value=adult]")
    page.check("#id_statement")
    page.click("#send")
    expect(page.locator("#sending")).to_contain_text(
        re.compile("Files received: [0-2] of 3. The form goes by itself")
    )
    page.wait_for_url("**/code/**", timeout=60_000)
    code = (
        "from disrupt.hotline.cases.models import Item; from disrupt.hotline.common.store import vault\n"
        "from hashlib import sha256\n"
        "for item in Item.objects.filter(kind='file'):\n"
        "    print(sha256(vault.read_content(item.vault_id)).hexdigest())\n"
    )
    out = portal.run("manage", "shell", "--no-imports", "-c", code).stdout
    assert all(digest in out for _, digest in files)
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"


def test_pause_go_on_and_take_out_by_keyboard(open_form: OpenForm, portal: Hotline, tmp_path: Path) -> None:
    path, _ = _file(tmp_path, 6 * MIB)
    page = open_form()
    page.set_input_files("#files", path)
    _at_least(page, 0.1)
    page.get_by_role("button", name=f"Pause {NAME}").press("Enter")
    expect(page.locator("#chosen")).to_contain_text("Paused at")
    expect(page.get_by_role("button", name=f"Go on {NAME}")).to_be_focused()
    bar = page.get_by_role("progressbar", name=NAME)
    before = bar.evaluate("bar => bar.value")
    time.sleep(1)
    assert bar.evaluate("bar => bar.value") == before
    page.keyboard.press("Enter")
    _at_least(page, before + 0.1)
    with page.expect_response(lambda response: response.request.method == "DELETE") as answer:
        page.get_by_role("button", name=f"Take out {NAME}").press("Enter")
    assert answer.value.status == 204
    assert page.locator("#chosen > li").count() == 0
    expect(page.locator("#files")).to_be_focused()


def test_what_cannot_be_taken_is_said_at_once(open_form: OpenForm, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jpg"
    empty.touch()
    page = open_form()
    page.set_input_files("#files", empty)
    expect(page.locator("#chosen")).to_contain_text("This file is empty")
    path, _ = _file(tmp_path, 1000)
    page.set_input_files("#files", path)
    _done(page)
    page.set_input_files("#files", path)
    expect(page.locator("#uploads-news")).to_have_text("This file is in the list already.")
    assert page.locator("#chosen > li").count() == 2


def test_leaving_warns_but_the_quick_exit_never_does(
    open_form: OpenForm, line: CuttingProxy, tmp_path: Path
) -> None:
    path, _ = _file(tmp_path, 8 * MIB)
    page = open_form()
    asked: list[str] = []

    def stay(dialog: object) -> None:
        asked.append(dialog.type)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", stay)
    page.set_input_files("#files", path)
    _at_least(page, 0.1)
    page.click("a.name", no_wait_after=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert "/form/" in page.url
    page.route("https://www.wikipedia.org/**", lambda route: route.fulfill(body="elsewhere"))
    page.click("#exit")
    page.wait_for_url("https://www.wikipedia.org/**")
    assert asked == ["beforeunload"]


def test_without_javascript_the_form_brings_the_files(
    open_form: OpenForm, portal: Hotline, tmp_path: Path
) -> None:
    path, _ = _file(tmp_path, 3 * MIB)
    page = open_form(java_script_enabled=False)
    assert "each file may weigh at most 100 MB" in page.inner_text("#deposit")
    page.set_input_files("#files", path)
    page.click("noscript button[value=keep]")
    expect(page.locator("#received-title")).to_contain_text("1 file received safely")


def test_files_are_numbered_as_they_were_chosen(
    open_form: OpenForm, line: CuttingProxy, portal: Hotline, tmp_path: Path
) -> None:
    """The largest is chosen first and arrives last: it is no. 1 here, and no. 1 of the report."""
    page = open_form()
    sizes = (3_000_000, 2000, 4000, 6000)
    files = [_file(tmp_path, size, f"{size}.bin")[0] for size in sizes]
    page.set_input_files("#files", [str(path) for path in files])
    _done(page, len(files))
    numbers = page.locator("#chosen [data-part=number]").all_inner_texts()
    assert numbers == [f"Photo or video no. {n}" for n in range(1, 5)]
    listed = page.evaluate(
        """async () => {
          const from = document.getElementById("files").dataset.uploads;
          const answer = await fetch(from, {headers: {"Tus-Resumable": "1.0.0"}});
          return (await answer.json()).uploads.map((one) => one.length);
        }"""
    )
    assert listed == list(sizes)
    page.click("#chosen li:nth-child(2) [data-act=remove]")
    expect(page.locator("#chosen [data-part=number]").nth(1)).to_have_text("Photo or video no. 2")
