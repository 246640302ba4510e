"""A telephone's HEIC in a browser that cannot open it: the server's fingerprint, by a decoder of our own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from tests.fingerprint.media import distance, encode, heic, scene
from tests.functional.device_page.site import STATIC, Site, bench, hash_on_device, serve

from disrupt.fingerprint import fingerprint_file
from disrupt.partner.hash import as_json

CALL = """new Promise((resolve, reject) => {
  const call = new XMLHttpRequest();
  [call.onload, call.onerror] = [resolve, reject];
  call.open("GET", address);
  call.send();
})"""
BUNDLE = "/static/intake/vendor/libheif/libheif-bundle.js"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve() as one:
        yield one


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    with bench(chromium, site) as one:
        yield one


def test_a_heic_has_the_servers_fingerprint(page: Page, site: Site) -> None:
    """Landscape, portrait, odd sides; the decoder is asked for once it is needed, and not before."""
    asked = len(site.asked)
    hash_on_device(page, encode(scene(96, 128)))
    assert BUNDLE not in site.asked[asked:]
    contents = [heic(scene(600, 800, 3)), heic(scene(1024, 768, 4)), heic(scene(301, 407, 5))]
    for content, found in zip(contents, hash_on_device(page, *contents), strict=True):
        expected = as_json("", fingerprint_file(content, trusted=True))
        assert "error" not in found
        assert distance(found["pdq"]["hex"], expected["pdq"]["hex"]) <= 10
        assert abs(found["pdq"]["quality"] - expected["pdq"]["quality"]) <= 1
        for same in ("sha256", "md5", "width", "height", "kind"):
            assert found[same] == expected[same]
    assert BUNDLE in site.asked[asked:]


def test_a_damaged_heic_is_told_of_and_the_next_file_is_hashed(page: Page) -> None:
    whole = heic(scene(200, 260, 6))
    damaged = whole[:120] + bytes(len(whole) - 120)
    cut, after = hash_on_device(page, damaged, whole)
    assert cut["error"] == "unsupported"
    assert cut["sha256"] == hashlib.sha256(damaged).hexdigest()
    assert after["pdq"]["quality"] > 50


def test_the_decoder_can_open_no_connection(page: Page, site: Site) -> None:
    """Its library could fetch: the policy of its worker is what forbids it, so the policy is tried."""
    with page.expect_worker() as started:
        page.evaluate("new Worker('/static/intake/device/heif/worker.js', {type: 'module'})")
    asked = len(site.asked)
    for attempt in ("fetch(address)", CALL):
        tried = f"address => ({attempt}).then(() => 'went', () => 'refused')"
        assert started.value.evaluate(tried, "/static/intake/portal.js") == "refused"
    assert not [path for path in site.asked[asked:] if path.endswith("portal.js")]


def test_the_bundle_is_the_one_that_its_page_names() -> None:
    folder = STATIC / "intake" / "vendor" / "libheif"
    page = (folder / "VENDORED.md").read_text("utf-8")
    for name in ("LICENSE", "libheif-bundle.js"):
        assert f"| `{name}` | `{hashlib.sha256((folder / name).read_bytes()).hexdigest()}` |" in page
