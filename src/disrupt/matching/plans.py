"""Which views of an upload to take: the order of guesses about what was done to it, likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from disrupt.matching import quads, regions, warps

Level = Literal["fast", "standard", "thorough"]

BUDGET: dict[Level, int] = {"fast": 10, "standard": 40, "thorough": 1000}
"""Views a level may take of one upload, the whole upload among them; each is hashed in eight orientations."""

RADIUS: dict[Level, int] = {"fast": 40, "standard": 60, "thorough": 64}
"""The largest distance of a view to an entry that is reported. No two of the reference photographs are within
80 bits of one another, nor any view of an edited one within 68 of another: see docs/robustness.md."""

_REGIONS: dict[Level, int] = {"fast": 5, "standard": 16, "thorough": 40}

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Guess:
    """One view: an upright rectangle `box` (in units of the upload's sides), or any `warp` (3, 3)."""

    name: str
    radius: int
    box: Box | None = None
    warp: NDArray[np.float64] | None = None


def widened(box: Box, left: float, top: float, right: float, bottom: float) -> Box:
    """A rectangle with each side moved out by that part of its own width or height."""
    width, height = box[2] - box[0], box[3] - box[1]
    return (box[0] - left * width, box[1] - top * height, box[2] + right * width, box[3] + bottom * height)


WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def _even(box: Box, by: float) -> Box:
    return widened(box, by / 2, by / 2, by / 2, by / 2)


def guesses(working: warps.Luma, aspect: float, level: Level) -> Iterator[Guess]:
    """Every view worth taking at this level after the whole upload, likeliest first.

    `working` is the working picture, `aspect` the upload's width over its height.
    """
    radius = RADIUS[level]
    found: list[Box] = [
        (b[0], b[1], b[2], b[3]) for b in regions.regions_of(working, _REGIONS[level]).tolist()
    ]
    for number, box in enumerate(found, 1):
        yield Guess(f"region {number}", radius, box)
    quad = quads.quad_of(working)
    if quad is not None:
        yield Guess("straightened", radius, warp=quad)
    for by in (0.06, 0.12, 0.22):
        yield Guess(f"widened {by:.2f}", radius, _even(WHOLE, by))
    for degrees in (3.0, -3.0):
        yield Guess(f"turned {degrees:+.0f}", radius, warp=warps.turn_map(degrees, aspect))
    if level == "fast":
        return
    for side, (name, by) in enumerate(
        (name, by) for by in (0.12, 0.25) for name in ("left", "top", "right", "bottom")
    ):
        out = [0.0] * 4
        out[side % 4] = by
        yield Guess(f"widened {name} {by:.2f}", radius, widened(WHOLE, *out))
    for degrees in (5.5, -5.5, 9.0, -9.0, 13.0, -13.0):
        yield Guess(f"turned {degrees:+.0f}", radius, warp=warps.turn_map(degrees, aspect))
    for number, box in enumerate(found[:4], 1):
        yield Guess(f"region {number} widened 0.06", radius, _even(box, 0.06))
