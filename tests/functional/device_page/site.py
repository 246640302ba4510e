"""A loopback site with the portal's own headers that serves the on-device module and a page to try it on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

from playwright.sync_api import Browser, Page
from tests.loopback import answering

import disrupt.hotline.intake
from disrupt.hotline.common.headers import HEADERS
from disrupt.hotline.intake.visit.policy import of_static_file

HERE = Path(__file__).parent
STATIC = Path(disrupt.hotline.intake.__file__).parent / "static"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
# What docs/adr/0006-on-device.md asks of the page that makes fingerprints, and no more.
POLICY = "default-src 'none'; script-src 'self'; worker-src 'self'; media-src blob:; connect-src 'none'"


class Site:
    """Where it listens, and every path it was asked for, in order."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.asked: list[str] = []


@contextmanager
def serve() -> Iterator[Site]:
    """The site, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            root = STATIC if self.path.startswith("/static/") else HERE
            path = root / self.path.removeprefix("/static").lstrip("/")
            found = path.suffix in TYPES and path.is_file()
            self.send_response(200 if found else 404)
            headers = Headers([*{**HEADERS, "Content-Security-Policy": POLICY}.items()])
            of_static_file(headers, self.path, self.path)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", TYPES.get(path.suffix, "text/plain"))
            body = path.read_bytes() if found else b""
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent: the paths are in `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_address[1]}/index.html")
    with answering(server):
        yield site


@contextmanager
def bench(chromium: Browser, site: Site, ready: str = "bench.devices.all.ready()") -> Iterator[Page]:
    """The page of the site in a clean browser, its devices ready."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site.address)
    page.wait_for_function("window.bench")
    page.evaluate(ready)
    yield page
    context.close()


def choose(page: Page, *contents: bytes | Path) -> None:
    """Choose files as a person would; bytes get a name and a type that say nothing."""
    if all(isinstance(content, Path) for content in contents):
        page.set_input_files("#files", [str(path) for path in contents])
        return
    files: list[Any] = [
        {"name": f"{n}.bin", "mimeType": "application/octet-stream", "buffer": content}
        for n, content in enumerate(contents)
    ]
    page.set_input_files("#files", files)


def hash_on_device(page: Page, *contents: bytes | Path, route: str = "all") -> list[dict[str, Any]]:
    """The JSON that the module gives for each content."""
    page.evaluate("document.getElementById('files').value = ''")
    choose(page, *contents)
    found: list[dict[str, Any]] = page.evaluate("route => bench.hashChosen(route)", route)
    return found
