"""Fixtures of the functional tests: real processes, a real browser."""

from __future__ import annotations

import http.server
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.functional.looks import PHONE
from tests.functional.portal_phone import CANARY, Phone
from tests.functional.questions import Open
from tests.functional.servers import Hotline
from tests.loopback import answering

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENSHOTS = Path(__file__).resolve().parents[2] / "var" / "screenshots"
MakeHotline = Callable[..., Hotline]
Shoot = Callable[[Page, str], Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder starts real servers: mark it so."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("functional")


@pytest.fixture(scope="module")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeHotline]:
    """`hotline("portal", "worker", DISRUPT_SMTP_PORT="2525")`: a new hotline with these processes running.

    All are stopped at the end of the file; stop yours earlier with `.stop()`.
    """
    made: list[Hotline] = []

    def make(*names: str, **environment: str) -> Hotline:
        one = Hotline(tmp_path_factory.mktemp("hotline", numbered=True), **environment)
        made.append(one)
        return one.start(*names)

    yield make
    for one in made:
        one.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real, headless Chromium; `chromium.new_context(...)` gives a clean profile.

    One for each file: Playwright's event loop runs in this thread as long as the browser does, and Django
    refuses its database to a test that comes after it.
    """
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shoot() -> Shoot:
    """`shoot(page, "portal/home-fr-360")`: the whole page as a picture under var/screenshots/."""

    def take(page: Page, name: str) -> Path:
        path = SCREENSHOTS / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(path), full_page=True)
        return path

    return take


@pytest.fixture(scope="module")
def neutral() -> Iterator[str]:
    """Somewhere to go when one leaves: a site of its own on loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = f"<title>Weather</title><p>Sunny. {self.headers.get('Referer')}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *args: Any) -> None:
            return None

    with answering(http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as address:
        yield f"{address}/"


@pytest.fixture
def opened(chromium: Browser, portal: Hotline) -> Iterator[Open]:
    """`opened("en/steps/ways/", size=PHONE)`: a page of a clean browser at that address."""
    contexts: list[BrowserContext] = []

    def make(path: str, size: Any = PHONE, **more: Any) -> Page:
        contexts.append(chromium.new_context(viewport=size, **more))
        page = contexts[-1].new_page()
        page.goto(f"{portal.url('portal')}/{path}")
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two photographs made in code."""
    folder = tmp_path_factory.mktemp("photos")
    made = []
    for seed in (1, 2):
        noise = np.random.default_rng(seed).integers(0, 255, (60, 80, 3), dtype=np.uint8)
        made.append(folder / f"{CANARY}-{seed}.jpg")
        Image.fromarray(noise).resize((800, 600)).save(made[-1])
    return made


@pytest.fixture
def phone(chromium: Browser, portal: Hotline, shoot: Any) -> Iterator[Callable[..., Phone]]:
    contexts: list[BrowserContext] = []

    def make(language: str = "en", size: Any = PHONE, js: bool = True, scheme: Any = "light") -> Phone:
        context = chromium.new_context(
            viewport=size, java_script_enabled=js, color_scheme=scheme, locale=language
        )
        contexts.append(context)
        label = f"{language}-{size['width']}-{scheme}{'' if js else '-no-js'}"
        return Phone(context, portal.url("portal"), language, shoot, label)

    yield make
    for context in contexts:
        context.close()
