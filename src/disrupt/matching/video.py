"""Which seconds of an upload are which seconds of a banked video: frames that match, strung into segments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SLACK = 1.5
"""Seconds by which the offset between two films may drift within a segment: sampling is once a second."""
GAP = 6.0
"""Seconds without a matching frame that do not end a segment (a caption over it, a cut of a few frames)."""


@dataclass(frozen=True, slots=True)
class FramePair:
    """A frame of the upload, at `second`, and its match: a banked video at `banked`, or a picture (None)."""

    second: float
    banked: float | None
    distance: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Seconds `start` to `end` of the upload show `banked_start` to `banked_end` of the banked video.

    The latter are None where a picture is banked. `frames` of the upload were recognised, best at `distance`.
    """

    start: float
    end: float
    banked_start: float | None
    banked_end: float | None
    frames: int
    distance: int


def segments(pairs: Iterable[FramePair]) -> tuple[Segment, ...]:
    """String pairs of frames of one upload and one banked content into segments, in order of time.

    A segment keeps its offset (within SLACK seconds) and has no hole longer than GAP seconds. Where one frame
    of the upload resembles several of the video (a still scene), the pair that continues a segment is taken.
    """
    return tuple(_segment(run) for run in _runs(pairs))


def in_step(pairs: Iterable[FramePair], alone: int) -> frozenset[FramePair]:
    """The pairs to believe: those within `alone` bits, and those further that another frame bears out.

    Two frames of an upload that resemble two of a film the same time apart are better evidence than one
    nearer frame is: that is what finds an edited film by a few of its frames (docs/benchmarks.md).
    """
    pairs = list(pairs)
    borne_out = {pair for run in _runs(pairs) if len(run) > 1 for pair in run}
    return frozenset(borne_out | {pair for pair in pairs if pair.distance <= alone})


def _runs(pairs: Iterable[FramePair]) -> list[list[FramePair]]:
    by_second: dict[float, list[FramePair]] = defaultdict(list)
    for pair in pairs:
        by_second[pair.second].append(pair)
    runs: list[list[FramePair]] = []
    for second in sorted(by_second):
        here = sorted(by_second[second], key=lambda pair: (pair.distance, pair.banked or 0.0))
        run = next((run for run in reversed(runs) if any(_continues(run[-1], pair) for pair in here)), None)
        if run is None:
            runs.append([here[0]])
        else:
            last = run[-1]
            fitting = [pair for pair in here if _continues(last, pair)]
            run.append(min(fitting, key=lambda pair: (round(_drift(last, pair)), pair.distance)))
    return runs


def _drift(last: FramePair, pair: FramePair) -> float:
    if pair.banked is None or last.banked is None:
        return 0.0
    return abs((pair.banked - pair.second) - (last.banked - last.second))


def _continues(last: FramePair, pair: FramePair) -> bool:
    return pair.second - last.second <= GAP and _drift(last, pair) <= SLACK


def _segment(run: Sequence[FramePair]) -> Segment:
    banked = [pair.banked for pair in run if pair.banked is not None]
    return Segment(
        start=run[0].second,
        end=run[-1].second,
        banked_start=min(banked, default=None),
        banked_end=max(banked, default=None),
        frames=len(run),
        distance=min(pair.distance for pair in run),
    )
