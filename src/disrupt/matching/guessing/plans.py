"""Which views of an upload to take: the order of guesses about what was done to it, likeliest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from disrupt.matching.guessing import bands, covers, quads, regions, warps
from disrupt.matching.guessing.crops import crops

Level = Literal["gate", "fast", "standard", "thorough"]

BUDGET: dict[Level, int] = {"gate": 1, "fast": 16, "standard": 240, "thorough": 1500}
"""Views a level may take of one upload, the whole upload among them; each is hashed in eight orientations."""

RADIUS: dict[Level, int] = {"gate": 31, "fast": 58, "standard": 58, "thorough": 48}
"""The largest distance of a view to an entry that is reported; docs/robustness.md says what that costs.

Calibrated on false matches: the more views (and derived entries), the more chances for one. At the thorough
level, those views that the standard level has too keep its radius.
"""

POOR_RADIUS = 40
"""The largest for a view of a quality under RICH: pictures with few features resemble one another."""

NARROW_RADIUS = 42
"""The largest for a view that fits well or not at all: a cell of a collage is where its seams are. Of what
was found by one (8 edits of 24 photographs) nothing lay further than 40 bits; what was false, at 44 to 58."""

RICH = 80

REACH, POOR_REACH = 84, 62
"""Distances up to which a view is near enough to an entry to be moved to where it fits; of poor views."""

FAR, FAR_RADIUS = 76, 48
"""What comes near from further than the first must fit within the second: so far off chance helps most."""

LIGHT = 0.125
"""The most that the bits may weigh (`Placed`) in which a view further off than NARROW_RADIUS is otherwise.

Of 21 false pairs 14 weigh more. Of 133 uploads whose picture was found so far off only, by which this was
chosen, 12 do."""

CANDIDATES: dict[Level, int] = {"gate": 0, "fast": 4, "standard": 8, "thorough": 24}
"""How many of the nearest entries are worth that: each costs a millisecond or two."""

WAYS: dict[Level, int] = {"gate": 0, "fast": 608, "standard": 512, "thorough": 224}
"""How many changes of its words are tried to find what is near a view (see `_likely`); at the thorough level
those views that the standard level has too are tried in as many as there."""

_REGIONS: dict[Level, int] = {"gate": 0, "fast": 5, "standard": 16, "thorough": 40}

_GRID_SCALES = (0.98, 1.1, 0.87, 0.77, 0.68, 1.25, 0.6)
_GRID_STEP = 0.065
_GRID_WITHIN = 0.85
"""The part of each axis of a grid view that must lie within the upload: little more can be guessed at."""

Box = tuple[float, float, float, float]

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Guess:
    """One view: an upright `box` (in units of the upload's sides), a `warp` (3, 3), or another `picture`."""

    name: str
    box: Box | None = None
    warp: NDArray[np.float64] | None = None
    picture: warps.Luma | None = None  # shown instead of the upload
    negative: bool = False  # with black for white: each bit of a PDQ turns over
    deep: bool = False  # one of the thorough level's hundreds
    straight: bool = False  # looked for as it is and mirrored, never turned
    narrow: bool = False  # counts within NARROW_RADIUS only


def widened(box: Box, left: float, top: float, right: float, bottom: float) -> Box:
    """A rectangle with each side moved out by that part of its own width or height."""
    width, height = box[2] - box[0], box[3] - box[1]
    return (box[0] - left * width, box[1] - top * height, box[2] + right * width, box[3] + bottom * height)


def _even(box: Box, by: float) -> Box:
    return widened(box, by / 2, by / 2, by / 2, by / 2)


@cache
def grid() -> tuple[Box, ...]:
    """Upright windows of every size and place, in steps that PDQ tolerates."""
    boxes = []
    for scale in _GRID_SCALES:
        low = -(1 - _GRID_WITHIN) * scale if scale <= 1 else _GRID_WITHIN - scale
        count = round((1 - scale - 2 * low) / (_GRID_STEP * scale)) + 1
        places = np.linspace(low, 1 - scale - low, count).tolist()
        boxes += [(x, y, x + scale, y + scale) for y in places for x in places]
    return tuple(sorted(boxes, key=lambda b: abs(b[0] + b[2] - 1) + abs(b[1] + b[3] - 1)))


@cache
def shaped_grid() -> tuple[Box, ...]:
    """Windows narrower or lower than the upload is: what a crop to another shape leaves."""
    boxes = []
    for ratio, scale in product((0.67, 0.75, 1.33, 1.5), (0.72, 0.92)):
        width, height = min(scale, scale * ratio), min(scale, scale / ratio)
        across = np.linspace(0, 1 - width, round((1 - width) / (0.15 * width)) + 1).tolist()
        along = np.linspace(0, 1 - height, round((1 - height) / (0.15 * height)) + 1).tolist()
        boxes += [(x, y, x + width, y + height) for y in along for x in across]
    return tuple(boxes)


def guesses(working: warps.Luma, aspect: float, level: Level) -> Iterator[Guess]:
    """Every view worth taking at this level after the whole upload, likeliest first.

    `working` is the working picture, `aspect` the upload's width over its height.
    """
    found: list[Box] = [
        (b[0], b[1], b[2], b[3]) for b in regions.regions_of(working, _REGIONS[level]).tolist()
    ]
    quad = quads.quad_of(working)
    for number, box in enumerate(found, 1):
        yield Guess(f"region {number}", box)
    if quad is not None:
        yield Guess("straightened", warp=quad)
    yield from _without_covers(working, found[:2])
    yield Guess("negative", WHOLE, negative=True)
    yield from _turned(aspect, 3.0)
    if level == "fast":
        yield from (Guess("uncropped", box) for box in crops())
        return
    yield from _filled(working)
    yield from _standard(working, found, quad, aspect)
    if level == "thorough":
        yield from (replace(guess, deep=True) for guess in _thorough(found, quad, aspect))


def _inside(working: warps.Luma, quad: NDArray[np.float64]) -> list[Box]:
    """The rectangles within a leaning picture: a frame that was photographed askew."""
    upright = np.empty((1, warps.SIDE, warps.SIDE), np.float32)
    warps.sample(warps.pyramid(working), quad[None], upright)
    return [(b[0], b[1], b[2], b[3]) for b in regions.regions_of(upright[0], 3).tolist()]


def _without_covers(working: warps.Luma, found: list[Box]) -> Iterator[Guess]:
    """The upload, and the pictures in it, with what lies over them filled in, if anything does."""
    picture = covers.uncovered(working)
    if picture is not None:
        yield Guess("covers filled", picture=picture)
        for number, box in enumerate(found, 1):
            yield Guess(f"covers filled, region {number}", box, picture=picture)


def _filled(working: warps.Luma) -> Iterator[Guess]:
    """The upload without plain bands across it, if there are any."""
    across, picture = bands.filled(working)
    if across:
        yield Guess("bands across filled", picture=picture)
    along, picture = bands.filled(np.ascontiguousarray(working.T))
    if along:
        yield Guess("bands along filled", picture=np.ascontiguousarray(picture.T))


def _turned(aspect: float, *angles: float) -> Iterator[Guess]:
    for degrees in (sign * angle for angle in angles for sign in (1, -1)):
        yield Guess(f"turned {degrees:+g}", warp=warps.turn_map(degrees, aspect))


_SIDES = ("left", "top", "right", "bottom")


def _side(side: str, by: float) -> Guess:
    """A side cut off, guessed back: `by` is a part of what is left."""
    return Guess(f"widened {side} {by:.2f}", widened(WHOLE, *(by * (side == one) for one in _SIDES)))


def _standard(
    working: warps.Luma, found: list[Box], quad: NDArray[np.float64] | None, aspect: float
) -> Iterator[Guess]:
    if quad is not None:
        for box in _inside(working, quad):
            yield Guess("straightened, region", warp=quad @ warps.box_map(*box))
    yield from _turned(aspect, 9.0, 5.5, 13.0)
    if quad is not None:
        yield Guess("straightened, widened 0.06", warp=quad @ warps.box_map(*_even(WHOLE, 0.06)))
    for number, box in enumerate(found[:3], 1):
        yield Guess(f"region {number} widened 0.06", _even(box, 0.06))
    for number, box in enumerate(found[:2], 1):
        yield from (Guess(f"region {number} with bars", one, straight=True) for one in _barred(box, aspect))
    yield from (_side(side, by) for by, side in product((0.24, 0.12), _SIDES))
    for by in (0.055, 0.115, 0.17, 0.23):
        yield Guess(f"widened {by:.2f}", _even(WHOLE, by))
    yield from (Guess("uncropped", box, straight=True) for box in crops()[:_CROPS])
    for number, box in enumerate(found[:3], 1):
        for crop in crops()[:12]:
            yield Guess(f"region {number}, uncropped", _within(box, crop), straight=True)
    for columns, rows in _GRIDS:
        yield from (Guess("cell", box, narrow=True) for box in _cells(columns, rows))


def _within(box: Box, part: Box) -> Box:
    """A rectangle in units of the sides of another."""
    width, height = box[2] - box[0], box[3] - box[1]
    left, top, right, bottom = part
    return box[0] + left * width, box[1] + top * height, box[0] + right * width, box[1] + bottom * height


_SHAPES = (16 / 9, 4 / 3)
"""Width over height of screens that films are made for."""


def _barred(box: Box, aspect: float) -> Iterator[Box]:
    """A rectangle with the black bars that it was banked with, which more of them around it hide."""
    shape = aspect * (box[2] - box[0]) / (box[3] - box[1])
    for screen in _SHAPES:
        wider, higher = (screen / shape - 1) / 2, (shape / screen - 1) / 2
        left, top, right, bottom = widened(box, *(max(0.0, by) for by in (wider, higher, wider, higher)))
        least, most = min(left, top), max(right, bottom)
        if abs(wider) > _SAME_SHAPE and least > -_SAME_SHAPE and most < 1 + _SAME_SHAPE:
            yield left, top, right, bottom


_SAME_SHAPE = 0.02
"""What is so little wider or higher is no other rectangle, and what reaches so far out still lies within."""


_CROPS = 100
"""Guesses at crops that the standard level takes: those chosen, and their mirror images."""

_GRIDS = ((2, 2), (3, 3))
"""Columns and rows of collages without gutters, whose seams are hard to see."""


def _cells(columns: int, rows: int) -> Iterator[Box]:
    for row, column in product(range(rows), range(columns)):
        yield column / columns, row / rows, (column + 1) / columns, (row + 1) / rows


def _thorough(found: list[Box], quad: NDArray[np.float64] | None, aspect: float) -> Iterator[Guess]:
    if quad is not None:
        for more in product((0.0, 0.05), repeat=4):
            yield Guess("straightened, widened", warp=quad @ warps.box_map(*widened(WHOLE, *more)))
    for number, region in enumerate(found[:12], 1):
        for by in (-0.04, 0.05, 0.11):
            yield Guess(f"region {number} widened {by:.2f}", _even(region, by))
    yield from (_side(side, by) for by, side in product((0.06, 0.32, 0.42), _SIDES))
    for by in (0.12, 0.25, 0.4):
        yield Guess(f"widened at the sides {by:.2f}", widened(WHOLE, by / 2, 0, by / 2, 0))
        yield Guess(f"widened above and below {by:.2f}", widened(WHOLE, 0, by / 2, 0, by / 2))
    yield from (Guess("uncropped", box, straight=True) for box in crops()[_CROPS:])
    for box in (*grid(), *shaped_grid()):
        yield Guess("window", box, straight=True)
    yield from _turned(aspect, 16.0, 20.0, 25.0, 30.0, 37.0, 45.0)
    for angle in (3.0, 5.5, 9.0, 13.0, 18.0):
        for degrees, zoom in product((angle, -angle), (0.85, 0.93, 1.08)):
            yield Guess(f"turned {degrees:+g}", warp=warps.turn_map(degrees, aspect, zoom))
