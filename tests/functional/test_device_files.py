"""Digests, progress, cancelling and the rules of the module: what holds for every file, picture or film."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from tests.fingerprint.media import encode, scene
from tests.functional.device_page.site import STATIC, bench, hash_on_device, serve

MIB = 1 << 20
DEVICE = STATIC / "intake" / "device"
VENDOR = STATIC / "intake" / "vendor" / "noble-hashes"
SENDS = re.compile(
    r"\bfetch\s*\(|XMLHttpRequest|WebSocket|EventSource|WebTransport|RTCPeerConnection|sendBeacon|importScripts"
    r"|\bimport\s*\(|\bnew\s+Image\b|serviceWorker|BroadcastChannel|localStorage|sessionStorage|indexedDB"
    r"|\bcaches\b|document\.cookie|\beval\b|new Function|WebAssembly|innerHTML|https?://(?!www\.w3\.org)"
)
COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*|(?<=\s)// [^\n]*", re.DOTALL | re.MULTILINE)

# Made in the page: Playwright hands over 50 MB at most, and a Blob of shared parts costs little memory.
REPEATED = """async ([part, times]) => {
  const piece = new Uint8Array(part).map((_, n) => (n * 31 + (n >> 8)) & 255);
  const file = new Blob(Array(times).fill(new Blob([piece])));
  const began = performance.now();
  const found = await bench.attempt(bench.devices.all, new Blob(["RIFF0000AVI ", file]), {});
  return {...found, seconds: (performance.now() - began) / 1000};
}"""


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with serve() as site, bench(chromium, site) as one:
        yield one


def test_the_digests_are_those_of_the_bytes(page: Page) -> None:
    """The module's own digest of every length around a block, media or not."""
    sizes = [0, 1, 55, 56, 63, 64, 65, 127, 128, MIB - 1, MIB, MIB + 1]
    steps = [np.arange(size, dtype=np.uint64) for size in sizes]
    contents = [((n * 7 + n // 251) & 255).astype(np.uint8).tobytes() for n in steps]
    found: list[dict[str, str]] = page.evaluate(
        """async sizes => {
          const { digest } = await import("/static/intake/device/hashing/digest.js");
          const byte = (_, n) => (n * 7 + Math.floor(n / 251)) & 255;
          const bytes = length => Uint8Array.from({length}, byte);
          return Promise.all(sizes.map(size => digest(new Blob([bytes(size)]), () => {})));
        }""",
        sizes,
    )
    for content, digests in zip(contents, found, strict=True):
        assert digests["sha256"] == hashlib.sha256(content).hexdigest()
        assert digests["md5"] == hashlib.md5(content).hexdigest()


def piece(size: int) -> bytes:
    n = np.arange(size, dtype=np.uint64)
    return ((n * 31 + (n >> 8)) & 255).astype(np.uint8).tobytes()


def resident() -> int:
    """Bytes of their own that this test's Chromium processes keep in memory."""
    statuses: dict[int, tuple[int, str]] = {}
    for path in Path("/proc").glob("[0-9]*/status"):
        try:
            text = path.read_text()
        except OSError:
            continue  # it ended meanwhile
        parent = re.search(r"^PPid:\s+(\d+)", text, re.MULTILINE)
        statuses[int(path.parent.name)] = (int(parent[1]) if parent else 0, text)

    def ours(pid: int) -> bool:
        while pid in statuses and pid != os.getpid():
            pid = statuses[pid][0]
        return pid == os.getpid()

    sizes = [
        re.search(r"^RssAnon:\s+(\d+) kB", text, re.MULTILINE)
        for pid, (_, text) in statuses.items()
        if text.startswith("Name:\tchrom") and ours(pid)
    ]
    return sum(int(size[1]) * 1024 for size in sizes if size)


def test_a_long_file_does_not_fill_the_memory(page: Page) -> None:
    part, times = 4 * MIB, 50
    page.evaluate(REPEATED, [part, 1])
    before = peak = resident()
    page.evaluate(
        f"args => {{ globalThis.done = null; ({REPEATED})(args).then(v => globalThis.done = v); }}",
        [part, times],
    )
    while not (found := page.evaluate("globalThis.done")):
        peak = max(peak, resident())
        page.wait_for_timeout(100)
    whole = b"RIFF0000AVI " + piece(part) * times
    assert found["sha256"] == hashlib.sha256(whole).hexdigest()
    assert found["md5"] == hashlib.md5(whole).hexdigest()
    print(f"200 MB: {found['seconds']:.1f} s, {(peak - before) / MIB:.0f} MiB more at most")
    assert peak - before < 60 * MIB


def test_a_collection_of_garbage_does_not_end_a_reading(page: Page) -> None:
    """Chromium collects a Blob's stream in the middle of a read, unless something holds it."""
    collector = page.context.new_cdp_session(page)
    page.evaluate(
        """async times => {
          const { digest } = await import("/static/intake/device/hashing/digest.js");
          globalThis.rounds = 0;
          const file = new Blob(Array(times).fill(new Blob([new Uint8Array(1 << 20)])));
          const again = () => digest(file, () => {}).then(() => ++globalThis.rounds < 4 && again());
          again();
        }""",
        17,
    )
    for _ in range(400):
        collector.send("HeapProfiler.collectGarbage")
        if page.evaluate("globalThis.rounds") == 4:
            break
    page.wait_for_function("globalThis.rounds === 4", timeout=20_000)


def test_progress_rises_to_the_end(page: Page) -> None:
    told: list[dict[str, Any]] = page.evaluate(
        """async size => {
          const told = [];
          const file = new Blob(["RIFF0000AVI ", new Uint8Array(size)]);
          await bench.attempt(bench.devices.all, file, {onProgress: one => told.push(one)});
          return told;
        }""",
        8 * MIB,
    )
    fractions = [one["fraction"] for one in told]
    assert len(fractions) >= 5
    assert fractions == sorted(fractions)
    assert all(0 <= one <= 1 for one in fractions)
    hash_on_device(page, encode(scene(300, 400)))


def test_a_person_can_stop_and_start_again(page: Page) -> None:
    codes, seconds = page.evaluate(
        """async size => {
          const part = new Blob([new Uint8Array(1 << 22)]);
          const file = new Blob(["RIFF0000AVI ", ...Array(size).fill(part)]);
          const stop = new AbortController();
          const began = performance.now();
          const options = {signal: stop.signal, onProgress: () => stop.abort()};
          const first = bench.attempt(bench.devices.all, file, options);
          const waiting = bench.attempt(bench.devices.all, file, {signal: stop.signal});
          const codes = [(await first).error, (await waiting).error];
          codes.push((await bench.attempt(bench.devices.all, new Blob([]), {signal: stop.signal})).error);
          codes.push((await bench.attempt(bench.devices.all, new Blob([]), {})).error);
          return [codes, (performance.now() - began) / 1000];
        }""",
        100,
    )
    assert codes == ["cancelled", "cancelled", "cancelled", "empty"]
    assert seconds < 5


def test_many_files_at_once_wait_for_each_other(page: Page) -> None:
    content = list(encode(scene(120, 160), "PNG"))
    found: list[dict[str, Any]] = page.evaluate(
        """bytes => {
          const file = new Blob([new Uint8Array(bytes)]);
          return Promise.all(Array.from({length: 12}, () => bench.devices.all.fingerprint(file)));
        }""",
        content,
    )
    assert len({one["pdq"]["hex"] for one in found}) == 1
    assert len(page.workers) == 1


def test_a_worker_that_dies_is_replaced(page: Page) -> None:
    codes = page.evaluate(
        """async () => {
          const one = new bench.Fingerprinter();
          await one.ready();
          const lost = bench.attempt(one, new Blob(["RIFF0000AVI ", new Uint8Array(1 << 26)]), {});
          await new Promise(resolve => setTimeout(resolve, 30));
          one.close();
          const codes = [(await lost).error, (await bench.attempt(one, new Blob([]), {})).error];
          one.close();
          return codes;
        }"""
    )
    assert codes == ["failed", "empty"]


def test_the_module_has_no_means_of_sending() -> None:
    files = [*DEVICE.rglob("*.js"), *VENDOR.glob("*.js")]
    assert len(files) > 15
    for path in files:
        code = COMMENT.sub("", path.read_text(encoding="utf-8"))
        assert not SENDS.search(code), path.name


def test_the_rule_would_notice() -> None:
    for line in ("await fetch('/x')", "navigator.sendBeacon(u)", "new WebSocket(u)", "import('./x.js')"):
        assert SENDS.search(COMMENT.sub("", f"/* calm */ {line} // note"))


def test_the_library_is_the_one_that_is_documented() -> None:
    """VENDORED.md lists each file's SHA-256, so that a change is seen."""
    listed = dict(
        re.findall(
            r"^\| `([^`]+)` \| `([0-9a-f]{64})` \|$", (VENDOR / "VENDORED.md").read_text(), re.MULTILINE
        )
    )
    there = {path.name for path in VENDOR.iterdir()} - {"VENDORED.md"}
    assert set(listed) == there
    for name, digest in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name
