"""The example sites refuse an altered copy of what is banked, hold what cannot be read, and take the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import playwright
import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import bank_of, photo
from tests.partner.guarding import jpeg
from tests.partner.serving import SOURCE, free_port, serving
from tests.waiting import until

from disrupt.matching import Bank, Withdraw

pytestmark = pytest.mark.slow

EXAMPLES = Path(__file__).parents[2] / "examples" / "refuse"
NODE = Path(str(playwright.__file__)).parent / "driver" / "node"
"""A Node.js that is there wherever the browser's tests run."""

ONE, OTHER = photo(1, 320, 240), photo(2, 320, 240)
KNOWN = jpeg(ImageOps.mirror(Image.fromarray(ONE)))
UNREADABLE = b"\xff\xd8\xff\xe0 not much of a picture"

Post = Callable[[bytes], int]


@contextmanager
def site(command: list[str], port: int, **environment: str) -> Iterator[str]:
    """A site as a process of its own, from when it answers."""
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(SOURCE), **environment})
    url = f"http://127.0.0.1:{port}"
    try:
        until(lambda: process.poll() is not None or _answers(url))
        assert process.poll() is None, "the site ended"
        yield url
    finally:
        process.terminate()
        process.wait(60)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/nothing", timeout=10).status_code == 404
    except httpx.TransportError:
        return False


def tried(post: Post, bank: Bank) -> None:
    """What every site must do."""
    assert post(KNOWN) == 451
    assert post(jpeg(OTHER)) == 201
    assert post(UNREADABLE) == 202
    bank.apply([Withdraw("one"), Withdraw("two")])

    def closed() -> bool:
        return post(jpeg(OTHER)) == 503

    until(closed)  # an empty bank finds nothing: that is no reason to take everything


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return bank_of(tmp_path / "bank", {"one": ONE, "two": photo(3, 320, 240)})


def test_django(bank: Bank) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--pythonpath", str(EXAMPLES), "--bind", f"127.0.0.1:{port}"]
    with site([*command, "django_site:application"], port, DISRUPT_BANK=str(bank.path)) as url:

        def post(content: bytes) -> int:
            return httpx.post(f"{url}/upload", files={"file": ("a.jpg", content)}, timeout=120).status_code

        assert httpx.post(f"{url}/upload", timeout=60).status_code == 400
        tried(post, bank)


def test_fastapi(bank: Bank) -> None:
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--app-dir", str(EXAMPLES), "--port", str(port)]
    with site([*command, "fastapi_site:app"], port, DISRUPT_BANK=str(bank.path)) as url:
        tried(lambda content: httpx.post(f"{url}/upload", content=content, timeout=120).status_code, bank)


def test_node_over_serve(bank: Bank) -> None:
    port = free_port()
    with serving("--bank", f"one={bank.path}", "--workers", "1") as client:
        matcher = str(client.base_url)
        with site([str(NODE), str(EXAMPLES / "node_site.mjs")], port, MATCHER=matcher, PORT=str(port)) as url:
            tried(lambda content: httpx.post(f"{url}/upload", content=content, timeout=120).status_code, bank)
    with site([str(NODE), str(EXAMPLES / "node_site.mjs")], port, MATCHER=matcher, PORT=str(port)) as url:
        assert httpx.post(f"{url}/upload", content=KNOWN, timeout=60).status_code == 503
