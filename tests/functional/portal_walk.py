"""Goes through every page of the portal as a person would, and stops at each for a test to look at it."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image
from playwright.sync_api import FilePayload, Page

# The help pages have their own tests; these stand for the kinds that there are.
HELP = ("help/", "help/faq/", "help/law/", "help/platforms/", "help/help-lines/")
HELP_FR = ("aide/", "aide/questions/", "aide/loi/", "aide/plateformes/", "aide/numeros/")


def photo(seed: int = 1) -> bytes:
    """A photograph made in code: smooth, with enough features for a good fingerprint."""
    small = np.random.default_rng(seed).integers(0, 255, (9, 12, 3), dtype=np.uint8)
    data = io.BytesIO()
    Image.fromarray(small).resize((640, 480), Image.Resampling.BICUBIC).save(data, "JPEG")
    return data.getvalue()


def chosen(name: str, data: bytes) -> list[FilePayload]:
    """A file for `set_input_files`."""
    return [{"name": name, "mimeType": "image/jpeg", "buffer": data}]


def walk(page: Page, base: str, language: str) -> Iterator[str]:
    """Every page once, in the order of a report; yields the name of each when it stands there."""
    here = f"{base}/{language}/"
    for name, path in (
        ("home", ""),
        ("nowhere", "nowhere/"),
        ("other", "steps/other/"),
        ("child", "steps/child/"),
        ("lost", "follow/lost/"),
        ("form", "form/"),
    ):
        page.goto(here + path)
        yield name
    page.click("#send")
    yield "form-wrong"
    yield from _report(page, here)
    yield from _follow(page, here)


def _report(page: Page, here: str) -> Iterator[str]:
    page.goto(f"{here}steps/now/")
    yield "step-now"
    page.click("#continue")
    page.wait_for_selector("#problems")
    yield "step-now-wrong"
    page.goto(f"{here}steps/ways/")
    yield "step-ways"
    page.uncheck("#id_ways_3")
    page.click("#continue")
    yield "step-ways-wrong"
    for number in range(3):
        page.check(f"#id_ways_{number}")
    for step, fill in (
        ("where", _where),
        ("files", _files),
        ("device", _device),
        ("who", lambda page: page.check("#id_reporter_1")),
    ):
        page.click("#continue")
        page.wait_for_url(f"**/{step}/")
        yield f"step-{step}"
        if step in {"where", "files", "device", "who"}:
            page.click("#continue")
            page.wait_for_selector("#problems")
            yield f"step-{step}-wrong"
        fill(page)
        if step in {"files", "device"}:
            yield f"step-{step}-done"
    page.click("#continue")
    page.wait_for_url("**/check/")
    yield "step-check"
    page.fill("#id_description", "Two\nlines.")
    page.click("main summary")
    page.fill("#id_email", "person@example.org")
    page.click("#send")
    page.wait_for_selector("#problems")
    yield "step-check-wrong"
    page.goto(f"{here}steps/stop/")
    yield "stop"
    page.goto(f"{here}steps/stopped/")
    yield "stopped"
    page.goto(f"{here}steps/check/")
    page.check("#id_statement")
    page.click("#send")
    page.wait_for_url("**/code/")


def _where(page: Page) -> None:
    page.fill("#url-1", "https://vm.tiktok.com/1")


def _files(page: Page) -> None:
    page.set_input_files("#files", chosen("one.jpg", photo(1)))  # type: ignore[arg-type]
    page.wait_for_selector("#chosen li[data-state=done]")


def _device(page: Page) -> None:
    page.wait_for_selector("form[data-ready]")
    page.set_input_files("#device-files", chosen("two.jpg", photo(2)))  # type: ignore[arg-type]
    page.wait_for_selector("#device-chosen .good")


def _follow(page: Page, here: str) -> Iterator[str]:
    yield "code"
    page.click("button[value=continue]")
    yield "code-not-saved"
    page.check("#saved")
    page.click("button[value=continue]")
    page.wait_for_url("**/follow/now/")
    yield "status"
    for name in ("messages", "add", "contact", "1", "all", "end"):
        page.goto(f"{here}follow/now/{name}/")
        yield f"follow-{name}"
    page.goto(f"{here}follow/")
    yield "follow"
    page.fill("#code", "hello")
    page.press("#code", "Enter")
    page.wait_for_selector("#problems-title")
    yield "follow-wrong"
