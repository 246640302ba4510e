"""One corpus of odd files, one referee: by every way in, what is hashed is what Chromium draws."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from tests.conftest import REFERENCE
from tests.fingerprint.media import U8, distance
from tests.functional.conftest import MakeHotline
from tests.functional.device_page.site import bench, hash_on_device, serve
from tests.functional.shown import corpus
from tests.functional.shown.received import own_hashes, send
from tests.functional.shown.referee import drawn
from tests.partner.feed_server import FeedServer
from threatexchange.signal_type.pdq.signal import PdqSignal

from disrupt.fingerprint import Pdq, VideoFingerprint, fingerprint_file, look
from disrupt.fingerprint.formats import FORMATS
from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.fingerprint.sniff import sniff
from disrupt.hotline.processing import prints
from disrupt.matching import Add, Bank, FrameValue, PdqValue, look_up
from disrupt.matching.entries import BankEntry
from disrupt.partner.bank.adding import own_entry
from disrupt.partner.tx import DisruptConfig, DisruptExchangeAPI
from disrupt.partner.tx_vpdq import VpdqSignal, parse_frames

NEAR = 10
"""Bits to what Chromium draws, at most."""
LOSSY = 31
"""The same of a file that is damaged, and of a film."""
COLLECTED = {path.name: path.read_bytes for path in corpus.collected(REFERENCE / "odd")}
EVERY: dict[str, Callable[[], bytes]] = {
    **corpus.DRAWN,
    **corpus.FILMS,
    **{name: make for name, (make, _) in corpus.FOREIGN.items()},
    **COLLECTED,
}


@dataclass(frozen=True)
class Seen:
    """A file, its kind, and what is seen of it: what Chromium draws, or what it was made of."""

    name: str
    content: bytes
    kind: str
    hashes: tuple[str, ...]
    by_chromium: bool

    @property
    def is_film(self) -> bool:
        return self.kind == "video"

    @property
    def near(self) -> int:
        """Bits that its hashes may be off."""
        return LOSSY if self.is_film or self.name in corpus.DAMAGED else NEAR


def nearest(wanted: str, found: Sequence[str]) -> int:
    return min((distance(wanted, one) for one in found), default=256)


def farthest(seen: Seen, found: Sequence[str]) -> int:
    """How far the picture that is found worst is from what was hashed."""
    return max(nearest(one, found) for one in seen.hashes)


def featured(pictures: Sequence[U8]) -> tuple[str, ...]:
    """Of those with features: on black there may be nothing to see."""
    every = [pdq_from_array(one, exact=False) for one in pictures]
    return tuple(dict.fromkeys(one.hex for one in every if one.quality >= 50))


def on_server(seen: Seen) -> list[str]:
    found = fingerprint_file(seen.content)
    if isinstance(found, VideoFingerprint):
        return [frame.hex for frame in (*found.vpdq, *found.upright)]
    upright = [found.upright.hex] if found.upright else []
    return [found.pdq.hex, *upright, *(one.pdq.hex for one in found.shown)]


def in_json(found: dict[str, Any]) -> list[str]:
    """Every hash in what the device says."""
    hashes = [frame["hex"] for frame in found.get("vpdq", [])]
    hashes += [one["pdq"]["hex"] for one in (found, *found.get("shown", [])) if "pdq" in one]
    return hashes + (in_json(found["upright"]) if "upright" in found else [])


@pytest.fixture(scope="module")
def every(chromium: Browser, neutral: str) -> dict[str, Seen]:
    """Each file of the corpus beside what is seen of it."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(neutral)
    known = {}
    for name, make in EVERY.items():
        content = make()
        kind = sniff(content)
        times: list[float] = []
        if kind == "video":
            found = fingerprint_file(content)
            assert isinstance(found, VideoFingerprint)
            times = [frame.timestamp + 0.02 for frame in found.vpdq]
        pictures = drawn(
            page, content, kind=kind, moves=kind in FORMATS and FORMATS[kind].moves, seconds=times
        )
        hashes = featured(pictures or ())
        if not hashes:
            hashes = featured(corpus.MADE_OF[name])
        known[name] = Seen(name, content, kind, hashes, pictures is not None)
    context.close()
    return known


@pytest.fixture(scope="module")
def device(chromium: Browser) -> Iterator[Page]:
    with serve() as site, bench(chromium, site) as page:
        yield page


@pytest.fixture(scope="module")
def folder(every: dict[str, Seen], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    place = tmp_path_factory.mktemp("odd")
    paths = {name: place / f"{number}.bin" for number, name in enumerate(every)}
    for name, path in paths.items():
        path.write_bytes(every[name].content)
    return paths


@pytest.fixture(scope="module")
def sketched(
    chromium: Browser, hotline: MakeHotline, folder: dict[str, Path], every: dict[str, Seen]
) -> dict[str, list[str]]:
    """What the worker compares of each file that came through the portal, by SHA-256."""
    one = hotline("portal", "worker")
    send(chromium, one, list(folder.values()))
    return own_hashes(one, len(every))


@pytest.fixture(scope="module")
def matched(
    every: dict[str, Seen], folder: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """The lines of `disrupt match`, with all that is seen banked under the names of the files."""
    place = tmp_path_factory.mktemp("seen") / "bank"
    Bank.create(place).apply([Add(entry_of(seen)) for seen in every.values()])
    command = [sys.executable, "-m", "disrupt.cli", "match", "--level", "fast", "--bank", str(place)]
    done = subprocess.run(
        [*command, *map(str, folder.values())], capture_output=True, text=True, timeout=300, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    by_path = {line["path"]: line for line in lines}
    return {name: by_path[str(path)] for name, path in folder.items()}


def entry_of(seen: Seen) -> BankEntry:
    if seen.is_film:
        frames = tuple(FrameValue(n, float(n), 100, one) for n, one in enumerate(seen.hashes))
        return BankEntry(seen.name, "video", "seen", vpdq=frames)
    return BankEntry(seen.name, "image", "seen", pdq=tuple(PdqValue(one, 100) for one in seen.hashes))


def by_tx(seen: Seen, folder: Path) -> list[str]:
    """What `tx` has of it, once the hotline has banked it and `tx` has fetched the feed."""
    found = fingerprint_file(seen.content)
    film = isinstance(found, VideoFingerprint)
    offered = prints.of_video(found) if isinstance(found, VideoFingerprint) else prints.of_image(found)
    server = FeedServer()
    try:
        rows = {
            "kind": "video" if film else "image",
            "pdq": [*offered.prints.pdq],
            "vpdq": [*offered.prints.vpdq],
        }
        server.add(seen.name, **rows)
        key = folder / "key"
        key.write_text("dsr_key")
        key.chmod(0o600)
        config = DisruptConfig(url=server.url, key_file=str(key), name="ours")
        records: dict[str, Any] = {}
        types = (PdqSignal, VpdqSignal)
        for delta in DisruptExchangeAPI.for_collab(config).fetch_iter(types, None):
            DisruptExchangeAPI.naive_fetch_merge(records, delta.updates)
        signals = DisruptExchangeAPI.naive_convert_to_signal_type(types, config, records)
    finally:
        server.close()
    if film:
        return [frame.hex for signal in signals[VpdqSignal] for frame in parse_frames(signal)]
    return list(signals[PdqSignal])


@pytest.mark.parametrize("name", EVERY)
def test_every_way_in_hashes_what_chromium_draws(
    name: str,
    every: dict[str, Seen],
    device: Page,
    sketched: dict[str, list[str]],
    matched: dict[str, dict[str, Any]],
    tmp_path: Path,
) -> None:
    seen = every[name]
    assert seen.hashes
    if seen.kind not in corpus.BY_SOME:
        assert seen.by_chromium == (name not in corpus.MADE_OF or name in corpus.DARK)
    # The server, and the picture that an analyst is shown.
    assert farthest(seen, on_server(seen)) <= seen.near
    looked = look(seen.content)
    cover = np.asarray(Image.open(io.BytesIO(looked.cover)).convert("RGB"))
    shown = [pdq_from_array(cover).hex]
    assert min(nearest(one, shown) for one in seen.hashes[: None if seen.is_film else 1]) <= seen.near
    # The person's own device.
    (found,) = hash_on_device(device, seen.content)
    if name in corpus.NOT_ON_DEVICES or (seen.kind in corpus.BY_SOME and not seen.by_chromium):
        assert found["error"] in ("unsupported", "unreadable")
        assert found["sha256"] == looked.digests.sha256
    elif name in corpus.FIRST_ON_DEVICES:
        assert nearest(seen.hashes[0], in_json(found)) <= seen.near
    else:
        assert farthest(seen, in_json(found)) <= seen.near
    # The portal's form, and the worker behind it.
    received = sketched[looked.digests.sha256]
    worst = min if seen.is_film else max
    assert worst(nearest(one, received) for one in seen.hashes) <= max(seen.near, NEAR)
    # `disrupt match`, against a bank of what is seen.
    line = matched[name]
    assert name in [one["entry"] for one in line["matches"] if one["certainty"] == "match"], line
    # A bank that this file was put into, asked about what is seen.
    bank = Bank.create(tmp_path / "bank")
    bank.apply([Add(own_entry(fingerprint_file(seen.content)))])
    for one in seen.hashes:
        assert [match.certainty for match in look_up(Pdq(one, 100), bank)] == ["match"]
    # The plug-in for `tx`.
    assert farthest(seen, by_tx(seen, tmp_path)) <= seen.near
