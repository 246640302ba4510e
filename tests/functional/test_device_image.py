"""Pictures hashed by a real browser: the same fingerprint as the server's, and not one request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from tests.fingerprint.media import animation, distance, encode, png_bomb, scene, with_orientation
from tests.functional.device_page.site import Site, bench, hash_on_device, serve

from disrupt.fingerprint import fingerprint_file
from disrupt.fingerprint.kinds.pdf import sample
from disrupt.hotline.common.possession import BEGINNING
from disrupt.partner.hash import as_json

ROUTES = ("all", "worker-canvas", "page-canvas")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve() as one:
        yield one


@pytest.fixture(scope="module")
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    every = "Promise.all(Object.values(bench.devices).map(device => device.ready()))"
    with bench(chromium, site, every) as one:
        yield one


def on_server(content: bytes | Path) -> dict[str, Any]:
    """What `disrupt hash` prints, without the path; and the digest that shows that one has the file."""
    line = as_json("", fingerprint_file(content, trusted=True))
    del line["path"]
    whole = content if isinstance(content, bytes) else content.read_bytes()
    return {**line, "possession": hashlib.sha256(BEGINNING + whole).hexdigest()}


def transparent(mode: str) -> bytes:
    pixels = np.dstack([scene(200, 260, 3), np.full((200, 260), 200, np.uint8)])
    pixels[:, :100, 3] = 0
    return encode(Image.fromarray(pixels, "RGBA").convert(mode), "PNG")


def picture(seed: int = 5) -> Image.Image:
    return Image.fromarray(scene(203, 261, seed))


def flat() -> bytes:
    return encode(Image.new("RGB", (210, 333), (90, 45, 90)), "PNG")


def halves() -> bytes:
    """Black and white: most coefficients are equal, so that rounding decides their bits."""
    pixels = np.zeros((300, 500, 3), np.uint8)
    pixels[:, 250:] = 255
    return with_orientation(pixels, 5, "PNG")


SAME: dict[str, Callable[[], bytes]] = {
    **{f"jpeg, orientation {n}": lambda n=n: with_orientation(scene(300, 407, n), n) for n in range(1, 9)},
    "jpeg, 12 MP": lambda: with_orientation(scene(3000, 4000, 2), 6),
    "jpeg, grey": lambda: encode(picture().convert("L"), quality=80),
    "jpeg, full colour": lambda: encode(picture(), quality=90, subsampling=0),
    "jpeg, four inks": lambda: encode(picture().convert("CMYK")),
    "png": lambda: encode(picture(), "PNG"),
    "png, orientation 6": lambda: with_orientation(scene(301, 407, 6), 6, "PNG"),
    "png, transparent": lambda: transparent("RGBA"),
    "png, grey and transparent": lambda: transparent("LA"),
    "png, palette": lambda: encode(picture().quantize(20), "PNG"),
    "png, one bit": lambda: encode(picture().convert("1"), "PNG"),
    "png, grey": lambda: encode(picture().convert("L"), "PNG"),
    "png, 64x64": lambda: encode(scene(64, 64, 9), "PNG"),
    "png, five pixels high": lambda: encode(scene(5, 300, 9), "PNG"),
    "png, rounding decides": halves,
    "webp": lambda: encode(picture(), "WEBP", quality=70),
    "webp, lossless": lambda: encode(picture(), "WEBP", lossless=True),
    "webp, orientation 8": lambda: with_orientation(scene(301, 407, 6), 8, "WEBP"),
    "gif": lambda: encode(picture(), "GIF"),
    "gif, animated": lambda: animation("GIF"),
    "bmp": lambda: encode(picture(), "BMP"),
    "avif": lambda: encode(picture(), "AVIF", quality=80),
}


# A canvas loses what is under transparency and cannot count frames; twelve megapixels take their time.
NOT_FOR_CANVASES = ("transparent", "animated", "12 MP")


def near(found: dict[str, Any], expected: dict[str, Any], bits: int) -> None:
    """The same JSON, but that each PDQ may be a few bits away."""
    assert ("upright" in found) == ("upright" in expected)
    pairs = [(found["pdq"], expected["pdq"])]
    if "upright" in expected:
        pairs.append((found["upright"]["pdq"], expected["upright"]["pdq"]))
    for ours, theirs in pairs:
        assert distance(ours["hex"], theirs["hex"]) <= bits
        assert abs(ours["quality"] - theirs["quality"]) <= (1 if bits else 0)
    forms = [[form["form"] for form in one.get("shown", [])] for one in (found, expected)]
    assert forms[0] == forms[1]
    for ours, theirs in zip(found.get("shown", []), expected.get("shown", []), strict=True):
        assert distance(ours["pdq"]["hex"], theirs["pdq"]["hex"]) <= max(bits, 4)
    left_out = {"pdq": 0, "upright": 0, "shown": 0}
    assert {**found, **left_out} == {**expected, **left_out}


@pytest.mark.parametrize("name", SAME)
def test_the_device_and_the_server_agree_exactly(page: Page, name: str) -> None:
    content = SAME[name]()
    near(hash_on_device(page, content)[0], on_server(content), bits=0)


def test_a_turned_avif_is_hashed_as_stored_and_upright(page: Page) -> None:
    content = with_orientation(scene(301, 407, 6), 6, "AVIF")
    near(hash_on_device(page, content)[0], on_server(content), bits=4)


@pytest.mark.parametrize("route", ROUTES[1:])
def test_browsers_with_canvases_only_agree_within_four_bits(page: Page, route: str) -> None:
    names = [name for name in SAME if not any(word in name for word in NOT_FOR_CANVASES)]
    contents = [SAME[name]() for name in names]
    for name, content, found in zip(
        names, contents, hash_on_device(page, *contents, route=route), strict=True
    ):
        assert "error" not in found, name
        near(found, on_server(content), bits=4)


@pytest.mark.parametrize("route", ROUTES)
def test_a_file_that_cannot_be_recognised_says_why(page: Page, route: str) -> None:
    whole = encode(picture())
    bad = {
        "empty": b"",
        "unsupported": b"Dear diary, " * 100,
        "unreadable": whole[: len(whole) // 2],
        "too_small": encode(scene(4, 300, 9), "PNG"),
        "low_quality": flat(),
        "too_large": png_bomb(),
    }
    for code, found in zip(bad, hash_on_device(page, *bad.values(), route=route), strict=True):
        assert found["error"] == code
    assert hash_on_device(page, whole, route=route)[0]["pdq"] == on_server(whole)["pdq"]  # still at work


def test_what_is_known_all_the_same_comes_with_the_error(page: Page) -> None:
    plain, foreign, paper = flat(), encode(scene(96, 128), "TIFF"), sample(picture())
    found, unknown, printed = hash_on_device(page, plain, foreign, paper)
    assert found == {"error": "low_quality", **on_server(plain)}
    assert unknown["error"] == "unsupported"
    assert unknown["sha256"] == on_server(foreign)["sha256"]
    assert printed["error"] == "unsupported"


def test_hashing_asks_the_network_for_nothing(chromium: Browser, site: Site) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(site.address)
    page.wait_for_function("window.bench")
    page.evaluate("bench.devices.all.ready()")
    asked, seen = len(site.asked), list[str]()
    assert "/static/intake/device/worker.js" in site.asked
    context.on("request", lambda request: seen.append(request.url))
    page.on("websocket", lambda socket: seen.append(socket.url))
    content = with_orientation(scene(300, 407, 6), 6)
    assert hash_on_device(page, content)[0] == on_server(content)
    context.set_offline(True)
    assert hash_on_device(page, encode(picture(), "PNG"))[0]["pdq"]["quality"] == 100
    assert [url for url in seen if not url.startswith("blob:")] == []
    assert site.asked[asked:] == []
    context.close()


@pytest.mark.reference
def test_reference_photographs_agree(page: Page, reference: Path) -> None:
    """All of them are slow to hash twice: an even sample in the default run."""
    every = sorted(p for p in reference.rglob("*") if p.suffix in (".jpg", ".png", ".webp"))
    files = every[::12]
    bits = [
        distance(found["pdq"]["hex"], on_server(path)["pdq"]["hex"])
        for path, found in zip(files, hash_on_device(page, *files), strict=True)
    ]
    assert len(bits) > 20
    assert sum(b <= 4 for b in bits) >= 0.99 * len(bits)
    assert sum(b == 0 for b in bits) >= 0.95 * len(bits)


@pytest.mark.fuzz
@pytest.mark.reference
def test_every_reference_photograph_agrees(page: Page, reference: Path) -> None:
    files = sorted(p for p in reference.rglob("*") if p.suffix in (".jpg", ".png", ".webp"))
    bits: list[int] = []
    for start in range(0, len(files), 40):
        batch = files[start : start + 40]
        for path, found in zip(batch, hash_on_device(page, *batch), strict=True):
            bits.append(distance(found["pdq"]["hex"], on_server(path)["pdq"]["hex"]))
    print(
        f"{len(bits)} photographs, {sum(b == 0 for b in bits)} the same, {sum(b <= 4 for b in bits)} within 4"
    )
    assert sum(b <= 4 for b in bits) >= 0.99 * len(bits)
