"""vPDQ for `tx` and HMA without the C++ package `vpdq`, in the same notation: `TX_MANIFEST`.

    tx config extensions add disrupt.partner.tx_vpdq

Do not add it beside `threatexchange.extensions.vpdq.manifest`, which has a signal type of the same name and
notation: a JSON list of "hex,quality,timestamp". Two videos match when 80 % of one's frames (quality
50 or more, each hash once) lie within 31 bits of some frame of the other; that extension's defaults.
"""

from __future__ import annotations

import json
import pathlib
import typing as t
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from threatexchange.content_type.content_base import ContentType
from threatexchange.content_type.video import VideoContent
from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest
from threatexchange.signal_type import signal_base
from threatexchange.signal_type.index import IndexMatch, SignalSimilarityInfo, SignalTypeIndex

from disrupt.fingerprint import fingerprint_video
from disrupt.matching import RADIUS, HammingIndex
from disrupt.protocol.feed import BadChange, VpdqPrint

MIN_QUALITY = 50
MIN_PERCENT = 80.0
_Entry = t.TypeVar("_Entry")


def parse_frames(signal: str) -> list[VpdqPrint]:
    """The frames of a vPDQ in this notation. Raises ValueError."""
    listed = json.loads(signal or "[]")
    if not isinstance(listed, list):
        raise ValueError("a vPDQ is a JSON list of hex,quality,timestamp")
    frames = []
    for number, text in enumerate(listed):
        parts = text.split(",") if isinstance(text, str) else []
        if len(parts) != 3 or not parts[1].isdecimal():
            raise ValueError(f"frame {number} of a vPDQ is hex,quality,timestamp, not {str(text)[:80]!r}")
        try:
            frames.append(VpdqPrint(number, float(parts[2]), int(parts[1]), parts[0].lower()))
        except BadChange as error:
            raise ValueError(f"frame {number} of a vPDQ: {error}") from None
    return frames


def _moments(signal: str, quality: int) -> dict[bytes, float]:
    """The second of each hash of that quality or more; a frame that is shown turned has two."""
    good = (frame for frame in parse_frames(signal) if frame.quality >= quality)
    found: dict[bytes, float] = {}
    for frame in good:
        found.setdefault(bytes.fromhex(frame.hex), frame.timestamp)
    return found


@dataclass
class FramesMatched(SignalSimilarityInfo):  # type: ignore[misc]  # threatexchange is untyped here
    """How much of the asked video, and of the banked one, was found in the other (per cent)."""

    query_percent: float
    banked_percent: float

    def pretty_str(self) -> str:
        return f"{self.query_percent:.0f}%[{self.banked_percent:.0f}%]"


class FrameIndex(SignalTypeIndex):  # type: ignore[misc]  # as above
    """Videos by their frames, looked up exactly.

    `radius` in bits. The thresholds are called as those of the index of `threatexchange.extensions.vpdq`, and
    are the same where nobody says: the quality from which on a frame counts, the per cent of the asked and of
    the banked video's frames that must be found in the other.
    """

    def __init__(
        self,
        entries: t.Iterable[tuple[str, t.Any]] = (),
        *,
        radius: int = RADIUS,
        quality_threshold: int = MIN_QUALITY,
        query_match_threshold_pct: float = MIN_PERCENT,
        index_match_threshold_pct: float = 0.0,
    ) -> None:
        self._radius, self._quality = radius, quality_threshold
        self._percent, self._banked_percent = query_match_threshold_pct, index_match_threshold_pct
        self._videos: list[tuple[list[bytes], t.Any]] = []
        self._index: HammingIndex | None = None
        for signal, entry in entries:
            self.add(signal, entry)

    @classmethod
    def build(cls, entries: t.Iterable[tuple[str, t.Any]], **thresholds: t.Any) -> FrameIndex:
        return cls(entries, **thresholds)

    def __len__(self) -> int:
        return len(self._videos)

    def __getstate__(self) -> dict[str, t.Any]:
        return self.__dict__ | {"_index": None}

    def add(self, signal_str: str, entry: t.Any) -> None:
        """Bank a video; one without a frame worth matching is kept out."""
        hashes = list(_moments(signal_str, self._quality))
        if hashes:
            self._videos.append((hashes, entry))
            self._index = None

    def _frames(self) -> HammingIndex:
        if self._index is None:
            owners = [number for number, (hashes, _) in enumerate(self._videos) for _ in hashes]
            self._owners = owners
            self._index = HammingIndex.from_hashes(_array([h for hashes, _ in self._videos for h in hashes]))
        return self._index

    def query(self, hash_: str) -> list[IndexMatch]:
        """The videos in which at least the needed part of this one's frames is found, each in any form."""
        moments = _moments(hash_, self._quality)
        asked = list(moments)
        if not asked or not self._videos:
            return []
        found = self._frames().query(_array(asked), self._radius)
        asked_in: dict[int, set[float]] = defaultdict(set)
        banked_in: dict[int, set[int]] = defaultdict(set)
        for query, row in zip(found.query.tolist(), found.entry.tolist(), strict=True):
            asked_in[self._owners[row]].add(moments[asked[query]])
            banked_in[self._owners[row]].add(row)
        matches = []
        for number, frames in sorted(asked_in.items()):
            hashes, entry = self._videos[number]
            percent = 100 * len(frames) / len(set(moments.values()))
            banked_percent = 100 * len(banked_in[number]) / len(hashes)
            if percent >= self._percent and banked_percent >= self._banked_percent:
                matched = FramesMatched(percent, banked_percent)
                matches.append(IndexMatch(matched, entry))
        return matches


def _array(hashes: list[bytes]) -> np.ndarray[t.Any, np.dtype[np.uint8]]:
    return np.frombuffer(b"".join(hashes), np.uint8).reshape(-1, 32)


class VpdqSignal(signal_base.SignalType, signal_base.FileHasher):  # type: ignore[misc]  # as above
    """vPDQ as `threatexchange.extensions.vpdq` writes it, hashed by disrupt in its sandbox."""

    @classmethod
    def get_name(cls) -> str:
        return "vpdq"

    @classmethod
    def get_content_types(cls) -> list[type[ContentType]]:
        return [VideoContent]

    @classmethod
    def get_index_cls(cls) -> type[FrameIndex]:
        return FrameIndex

    @classmethod
    def validate_signal_str(cls, signal_str: str) -> str:
        parse_frames(signal_str)
        return signal_str

    @classmethod
    def hash_from_file(cls, file: pathlib.Path) -> str:
        found = fingerprint_video(file)
        frames = (*found.vpdq, *found.upright)
        return json.dumps([f"{f.hex},{f.quality},{f.timestamp:.3f}" for f in frames])

    @classmethod
    def compare_hash(cls, hash1: str, hash2: str) -> signal_base.SignalComparisonResult:
        matches = FrameIndex([(hash2, None)]).query(hash1)
        if matches:
            return signal_base.SignalComparisonResult(True, matches[0].similarity_info)
        return signal_base.SignalComparisonResult(False, FramesMatched(0.0, 0.0))

    @staticmethod
    def get_examples() -> list[str]:
        return [json.dumps([f"{n * 0x1F1F:064x},100,{n}.0" for n in range(1, 4)])]


TX_MANIFEST = ThreatExchangeExtensionManifest(signal_types=(VpdqSignal,))
