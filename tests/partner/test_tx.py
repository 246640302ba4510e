"""The plugins for `tx`: records keyed by entry, withdrawals that delete, vPDQ as the public one matches."""

from __future__ import annotations

import json
import pickle
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.fingerprint.media import distance, encode, scene
from tests.partner.feed_server import FeedServer, hex_of, id_of
from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest
from threatexchange.signal_type.md5 import VideoMD5Signal
from threatexchange.signal_type.pdq.signal import PdqSignal
from threatexchange.signal_type.sha256 import VideoSHA256Signal
from threatexchange.utils import dataclass_json

from disrupt.fingerprint import fingerprint_image
from disrupt.partner.tx import DisruptCheckpoint, DisruptConfig, DisruptExchangeAPI, DisruptRecord
from disrupt.partner.tx_vpdq import FrameIndex, VpdqSignal, parse_frames

TYPES = (PdqSignal, VideoMD5Signal, VideoSHA256Signal, VpdqSignal)


@pytest.fixture
def config(server: FeedServer, tmp_path: Path) -> DisruptConfig:
    file = tmp_path / "key"
    file.write_text("dsr_key")
    file.chmod(0o600)
    return DisruptConfig(url=server.url, key_file=str(file), name="ours")


class Store:
    """What `tx` does with an exchange: fetch from the checkpoint, merge, convert."""

    def __init__(self, config: DisruptConfig) -> None:
        self.config, self.checkpoint = config, None
        self.records: dict[str, Any] = {}

    def fetch(self) -> None:
        for delta in DisruptExchangeAPI.for_collab(self.config).fetch_iter(TYPES, self.checkpoint):
            DisruptExchangeAPI.naive_fetch_merge(self.records, delta.updates)
            self.checkpoint = delta.checkpoint

    def signals(self) -> dict[str, set[str]]:
        found = DisruptExchangeAPI.naive_convert_to_signal_type(TYPES, self.config, self.records)
        return {kind.get_name(): set(values) for kind, values in found.items()}


def film(name: str) -> list[dict[str, Any]]:
    return [{"frame": n, "timestamp": n / 2, "quality": 90, "hex": hex_of((name, n))} for n in range(5)]


def test_the_manifests_load_as_tx_loads_them() -> None:
    for module in ("disrupt.partner.tx", "disrupt.partner.tx_vpdq"):
        ThreatExchangeExtensionManifest.load_from_module_name(module)


def test_pictures_and_videos_become_signals_and_withdrawals_delete(
    server: FeedServer, config: DisruptConfig
) -> None:
    server.add("picture")
    server.add("flat", pdq=[{"hex": hex_of(1), "quality": 49, "role": "stored"}])
    server.add("film", kind="video", pdq=[], vpdq=film("film"))
    server.page_size = 2
    store = Store(config)
    store.fetch()
    signals = store.signals()
    assert signals["pdq"] == {hex_of(("pdq", "picture"))}
    assert signals["video_md5"] == {hex_of("film", 32)}
    assert signals["video_sha256"] == {hex_of("film")}
    assert len(parse_frames(*signals["vpdq"])) == 5
    assert store.checkpoint == DisruptCheckpoint(3, server.url)
    server.withdraw("film")
    server.withdraw("picture")
    store.fetch()
    assert set(store.records) == {id_of("flat")}
    assert not any(store.signals().values())


def test_parts_of_pictures_are_left_out(server: FeedServer, config: DisruptConfig) -> None:
    roles = ("stored", "derived")
    server.add("one", pdq=[{"hex": hex_of(role), "quality": 90, "role": role} for role in roles])
    store = Store(config)
    store.fetch()
    assert store.signals()["pdq"] == {hex_of("stored")}


def test_two_entries_of_one_hash_stay_until_both_are_withdrawn(
    server: FeedServer, config: DisruptConfig
) -> None:
    same = [{"hex": hex_of("same"), "quality": 90, "role": "stored"}]
    server.add("declared", pdq=same, origin="declared")
    server.add("examined", pdq=same)
    store = Store(config)
    store.fetch()
    found = DisruptExchangeAPI.naive_convert_to_signal_type(TYPES, config, store.records)
    assert found[PdqSignal][hex_of("same")].origin == "examined"
    assert str(found[PdqSignal][hex_of("same")]).startswith("POSITIVE_CLASS")
    server.withdraw("examined")
    store.fetch()
    found = DisruptExchangeAPI.naive_convert_to_signal_type(TYPES, config, store.records)
    assert str(found[PdqSignal][hex_of("same")]).startswith("INVESTIGATION_SEED")


def test_another_exchange_is_not_mixed_in(server: FeedServer, config: DisruptConfig) -> None:
    store = Store(config)
    store.fetch()
    store.config.url = "http://127.0.0.1:1"
    with pytest.raises(ValueError, match="--clear"):
        store.fetch()


def test_records_and_settings_survive_the_stores_of_tx_and_hma(config: DisruptConfig) -> None:
    record = DisruptRecord("ADU-DNCI", "examined", {"pdq": [hex_of(1)]})
    for value in (record, config, DisruptCheckpoint(3, "https://exchange.example")):
        assert dataclass_json.dataclass_loads(dataclass_json.dataclass_dumps(value), type(value)) == value


def test_every_signal_is_valid_to_its_own_type(server: FeedServer, config: DisruptConfig) -> None:
    server.add("picture")
    server.add("film", kind="video", pdq=[], vpdq=film("film"))
    store = Store(config)
    store.fetch()
    for kind in TYPES:
        for signal in store.signals()[kind.get_name()]:
            kind.validate_signal_str(signal)


def vpdq(hashes: list[int], quality: int = 90) -> str:
    return json.dumps([f"{value:064x},{quality},{n}.0" for n, value in enumerate(hashes)])


def brute(asked: list[int], banked: list[int]) -> float:
    near = [any((a ^ b).bit_count() <= 31 for b in banked) for a in dict.fromkeys(asked)]
    return 100 * sum(near) / len(near)


def test_the_frame_index_equals_brute_force() -> None:
    chance = random.Random(1)
    frames = [chance.getrandbits(256) for _ in range(40)]

    def flipped(value: int) -> int:
        for bit in chance.sample(range(256), chance.choice((0, 20, 31, 32, 40))):
            value ^= 1 << bit
        return value

    videos = [[flipped(v) for v in chance.choices(frames, k=8)] for _ in range(30)]
    index = FrameIndex.build((vpdq(video), number) for number, video in enumerate(videos))
    index = pickle.loads(pickle.dumps(index))  # as `tx` stores it
    matched = 0
    for asked in [*videos, *([flipped(v) for v in video] for video in videos)]:
        found = {m.metadata: m.similarity_info.query_percent for m in index.query(vpdq(asked))}
        expected = {n: brute(asked, video) for n, video in enumerate(videos)}
        assert found == pytest.approx({n: percent for n, percent in expected.items() if percent >= 80})
        matched += len(found)
    assert matched >= 30


def test_frames_of_low_quality_do_not_match() -> None:
    assert not VpdqSignal.compare_hash(vpdq([1], quality=49), vpdq([1])).match
    assert VpdqSignal.compare_hash(vpdq([1], quality=50), vpdq([3])).match
    assert FrameIndex([(vpdq([1], quality=49), "x")]).query(vpdq([1])) == []


@pytest.mark.parametrize(
    ("thresholds", "found"),
    [
        ({}, True),
        ({"query_match_threshold_pct": 50.0, "index_match_threshold_pct": 25.0}, True),
        ({"index_match_threshold_pct": 26.0}, False),
        ({"quality_threshold": 91}, False),
        ({"quality_threshold": 0, "query_match_threshold_pct": 0, "index_match_threshold_pct": 0}, True),
    ],
)
def test_the_thresholds_are_called_as_those_of_the_other_index(
    thresholds: dict[str, float], found: bool
) -> None:
    """`VPDQIndex.build(entries, quality_threshold=…)`: a clip of two frames of eight, and the same names."""
    frames = [random.Random(seed).getrandbits(256) for seed in range(8)]
    index = FrameIndex.build([(vpdq(frames), "film")], **thresholds)
    assert [match.metadata for match in index.query(vpdq(frames[:2]))] == ["film"] * found


def test_half_a_clip_is_enough_where_half_is_asked_for() -> None:
    frames = [random.Random(seed).getrandbits(256) for seed in range(8)]
    assert FrameIndex.build([(vpdq(frames[:1]), "film")]).query(vpdq(frames[:2])) == []
    half = FrameIndex.build([(vpdq(frames[:1]), "film")], query_match_threshold_pct=50.0)
    assert [match.similarity_info.query_percent for match in half.query(vpdq(frames[:2]))] == [50.0]


def test_sixteen_bits_of_grey_are_scaled_here_and_clipped_there(tmp_path: Path) -> None:
    """What the engine's notes say of `threatexchange`: it is seen here, so that a change there is noticed."""
    grey = scene(96, 128).mean(axis=2).astype(np.uint16)
    content = encode(grey * 257, "PNG")
    (tmp_path / "deep.png").write_bytes(content)
    plain = fingerprint_image(encode(grey.astype(np.uint8), "PNG")).pdq.hex
    assert distance(fingerprint_image(content).pdq.hex, plain) <= 4
    # All that is lighter than 255 of 65,535 is white to it: too flat to have a hash.
    assert PdqSignal.hash_from_file(tmp_path / "deep.png") == ""


@pytest.mark.parametrize(
    "bad", ["{}", "x", '["a"]', "[1]", f'["{"0" * 64},101,0"]', f'["{"0" * 64},9,-1"]', f'["{"g" * 64},9,1"]']
)
def test_malformed_vpdq_is_a_value_error(bad: str) -> None:
    with pytest.raises(ValueError):
        VpdqSignal.validate_signal_str(bad)
