"""The working picture (an upload reduced once) and the samplers that take views of it as 64x64 pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint._jit import cached

SIDE = 256
"""Pixels a side of the working picture: PDQ looks at nothing finer than 1/16 of a picture's side, so that a
view of a quarter of the side still has its 64 pixels. Both axes are stretched to it, as PDQ does."""

LEVELS = 4
"""The working picture, its half, its quarter, its eighth."""

_SHIFT = 0.15
"""Working pixels by which PDQ's asymmetric boxes move a picture, on average over common sizes."""

_TAPS = 24
_COLUMNS = 16
"""Columns that are summed before they are put beside one another: whole cache lines are written."""

FADE = 0.2
"""Beyond its edges a picture is taken to go on as it ends, fading into its mean: to 1/e at this distance, in
units of its side. Of crops to 75 % that brings the hash 16 bits nearer than mirroring does (52 from 68)."""

Luma = NDArray[np.float32]


@cached(nogil=True, fastmath=True)
def _reduce_rows(pixels: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
    """Area-average the rows of `pixels` (H, W) down (or up) to `side` rows: (side, W)."""
    height, width = pixels.shape
    out = np.zeros((side, width), np.float32)
    step = height / side
    if 3 * side <= height <= 250 * side:
        # Whole rows: at most half a row off, a sixth of a working pixel; a third of the time.
        total = np.empty(width, np.uint16)
        for row in range(side):
            first, last = round(row * step), round((row + 1) * step)
            total[:] = 0
            for y in range(first, last):
                for x in range(width):
                    total[x] += pixels[y, x]
            share = np.float32(1.0 / (last - first))
            for x in range(width):
                out[row, x] = share * np.float32(total[x])
        return out
    for row in range(side):
        low, high = row * step, (row + 1) * step
        first, last = int(low), min(int(np.ceil(high)), height)
        for y in range(first, last):
            weight = np.float32((min(high, y + 1.0) - max(low, float(y))) / step)
            for x in range(width):
                out[row, x] += weight * np.float32(pixels[y, x])
    return out


@cached(nogil=True, fastmath=True)
def _reduce_columns(rows: Luma, side: int) -> Luma:
    """Area-average the columns of `rows` (side, W) to `side` columns: (side, side)."""
    height, width = rows.shape
    out = np.empty((height, side), np.float32)
    step = width / side
    weights = np.zeros((int(step) + 3, side), np.float32)
    starts = np.empty(side, np.int32)
    taps = 1
    for column in range(side):
        starts[column] = int(column * step)
        taps = max(taps, min(int(np.ceil((column + 1) * step)), width) - starts[column])
    for column in range(side):  # every column the same number of taps, those beyond with no weight
        starts[column] = min(starts[column], max(0, width - taps))
        low, high = column * step, (column + 1) * step
        for t in range(taps):
            x = starts[column] + t
            weights[t, column] = np.float32(max(0.0, min(high, x + 1.0) - max(low, float(x))) / step)
    for y in range(height):
        source, target = rows[y], out[y]
        for column in range(side):
            target[column] = weights[0, column] * source[starts[column]]
        for t in range(1, taps):
            weight, shifted = weights[t], source[t:]
            for column in range(side):
                target[column] += weight[column] * shifted[starts[column]]
    return out


@cached(nogil=True, fastmath=True)
def _luma(rows: NDArray[np.float32]) -> Luma:
    height, width, channels = rows.shape
    out = np.empty((height, width), np.float32)
    red, green, blue = np.float32(0.299), np.float32(0.587), np.float32(0.114)
    for y in range(height):
        for x in range(width):
            if channels == 3:
                out[y, x] = red * rows[y, x, 0] + green * rows[y, x, 1] + blue * rows[y, x, 2]
            else:
                out[y, x] = rows[y, x, 0]
    return out


_GAIN = 2.5
"""How much more contrast an upload may have had: more, and it is noise that would count as features."""


def stretched(working: Luma) -> Luma:
    """A working picture with its contrast as it may have been: a faded copy is as rich as its original."""
    low, high = np.percentile(working[::4, ::4], (1, 99)).tolist()
    gain = min(_GAIN, 235.0 / max(high - low, 1.0))
    return working * np.float32(gain) if gain > 1 else working


def working_picture(pixels: NDArray[np.uint8]) -> Luma:
    """Reduce an upload, (H, W) luma or (H, W, 3) RGB, to its (SIDE, SIDE) luma by averaging areas."""
    height, width = pixels.shape[:2]
    rows = _reduce_rows(pixels.reshape(height, -1), SIDE)
    reduced: Luma = _reduce_columns(_luma(rows.reshape(SIDE, width, -1)), SIDE)
    return reduced


@cached(nogil=True, fastmath=True)
def pyramid(working: Luma) -> Luma:
    """The working picture and its halvings, as (LEVELS, SIDE, SIDE); level k uses SIDE >> k pixels a side."""
    side = working.shape[0]
    stack = np.zeros((LEVELS, side, side), np.float32)
    stack[0] = working
    for level in range(1, LEVELS):
        side //= 2
        above, here = stack[level - 1], stack[level]
        for y in range(side):
            for x in range(side):
                pair = above[2 * y, 2 * x] + above[2 * y, 2 * x + 1]
                here[y, x] = 0.25 * (pair + above[2 * y + 1, 2 * x] + above[2 * y + 1, 2 * x + 1])
    return stack


@cached(nogil=True, fastmath=True)
def _mean(picture: Luma) -> np.floating[Any]:
    total = 0.0
    for row in picture:
        total += row.sum()
    return np.float32(total / picture.size)


@cached(nogil=True, inline="always")
def _faded(at: float, size: float) -> float:
    """What is left of a picture's contrast at a place that may lie outside [0, size]."""
    beyond = max(-at, at - size)
    return np.exp(-beyond / (FADE * size)) if beyond > 0.0 else 1.0


@cached(nogil=True, fastmath=True)
def _tent(low: float, high: float, side: int, index: NDArray[np.int32], weight: Luma) -> int:
    """The pixels and weights that make the 64 samples of [low, high] on one axis; returns how many a sample.

    The tent is PDQ's own blur (two passes of a box of 1/128 of the side), a hair to the right as PDQ's
    boxes of even length are. Pixels beyond the picture are those of its edge, fading.
    """
    step = (high - low) * side / 64.0
    reach = max(abs(step) * 0.5, 1.0)
    taps: int = min(int(2.0 * reach) + 2, index.shape[1])
    for i in range(64):
        centre = low * side + (i + 0.5) * step + _SHIFT
        first = int(np.floor(centre - 0.5 * taps + 0.5))
        total = np.float32(0.0)
        for t in range(taps):
            at = first + t
            w = np.float32(max(0.0, reach - abs(at + 0.5 - centre)))
            index[i, t] = min(max(at, 0), side - 1)
            weight[i, t] = w
            total += w
        share = np.float32(_faded(centre, float(side))) / total
        for t in range(taps):
            weight[i, t] *= share
    return taps


@cached(nogil=True, fastmath=True)
def _narrow(turned: Luma, low: float, high: float, out: Luma, index: NDArray[np.int32], weight: Luma) -> None:
    """Fill `out` (SIDE, 64): every row of the picture whose transpose is `turned`, sampled in [low, high]."""
    side = turned.shape[0]
    taps = _tent(low, high, side, index, weight)
    lines = np.empty((_COLUMNS, side), np.float32)
    for first in range(0, 64, _COLUMNS):
        for c in range(_COLUMNS):
            for y in range(side):
                lines[c, y] = 0.0
            for t in range(taps):
                w, at = weight[first + c, t], index[first + c, t]
                for y in range(side):
                    lines[c, y] += w * turned[at, y]
        for y in range(side):
            for c in range(_COLUMNS):
                out[y, first + c] = lines[c, y]


@cached(nogil=True, fastmath=True)
def _sample_sorted(working: Luma, boxes: NDArray[np.float64], order: NDArray[np.int64], out: Luma) -> None:
    side = working.shape[0]
    turned = np.ascontiguousarray(working.T) - _mean(working)
    narrow = np.empty((side, 64), np.float32)
    index = np.empty((64, _TAPS), np.int32)
    weight = np.empty((64, _TAPS), np.float32)
    left, right = np.nan, np.nan
    for view in order:
        if boxes[view, 0] != left or boxes[view, 2] != right:
            left, right = boxes[view, 0], boxes[view, 2]
            _narrow(turned, left, right, narrow, index, weight)
        taps = _tent(boxes[view, 1], boxes[view, 3], side, index, weight)
        for row in range(64):
            for x in range(64):
                out[view, row, x] = 0.0
            for t in range(taps):
                w, at = weight[row, t], index[row, t]
                for x in range(64):
                    out[view, row, x] += w * narrow[at, x]


def sample_boxes(working: Luma, boxes: NDArray[np.float64], out: Luma) -> None:
    """Fill `out` (V, 64, 64) with upright rectangles (V, 4: left, top, right, bottom in units of the sides).

    The luma is less its mean, into which the picture fades beyond its edges. Rectangles with the same left
    and right side share the first of the two sums: of a grid of windows, most do.
    """
    _sample_sorted(working, boxes, np.lexsort((boxes[:, 2], boxes[:, 0])), out)


@cached(nogil=True, fastmath=True)
def sample(stack: Luma, maps: NDArray[np.float64], out: Luma) -> None:
    """Fill `out` (V, n, n) with the views that `maps` (V, 3, 3) describe.

    A map takes a view's unit square to the upload's unit square (homogeneous coordinates x, y, 1). The luma
    is less its mean, into which the upload fades beyond its edges. Each pixel is a bilinear look-up in the
    level of `stack` whose pixels are next below the view's spacing, which is about the blur that PDQ itself
    applies.
    """
    top, size = stack.shape[1], out.shape[1]
    mean = _mean(stack[0])
    for view in range(maps.shape[0]):
        m = maps[view]
        spread = max(np.hypot(m[0, 0], m[1, 0]), np.hypot(m[0, 1], m[1, 1])) / m[2, 2] * top / size
        level = 0
        while spread >= 1.9 and level < stack.shape[0] - 1:
            spread /= 2.0
            level += 1
        side = top >> level
        picture = stack[level]
        for row in range(size):
            v = (row + 0.5) / size
            for column in range(size):
                u = (column + 0.5) / size
                w = side / (m[2, 0] * u + m[2, 1] * v + m[2, 2])
                x = (m[0, 0] * u + m[0, 1] * v + m[0, 2]) * w
                y = (m[1, 0] * u + m[1, 1] * v + m[1, 2]) * w
                left = _faded(x, float(side)) * _faded(y, float(side))
                x = min(max(x - 0.5, 0.0), side - 1.001)
                y = min(max(y - 0.5, 0.0), side - 1.001)
                x0, y0 = int(x), int(y)
                fx, fy = np.float32(x - x0), np.float32(y - y0)
                a = picture[y0, x0] + fx * (picture[y0, x0 + 1] - picture[y0, x0])
                b = picture[y0 + 1, x0] + fx * (picture[y0 + 1, x0 + 1] - picture[y0 + 1, x0])
                out[view, row, column] = np.float32(left) * (a + fy * (b - a) - mean)


def box_map(left: float, top: float, right: float, bottom: float) -> NDArray[np.float64]:
    """The map of a view that shows the rectangle given in units of the upload's sides."""
    return np.array([[right - left, 0, left], [0, bottom - top, top], [0, 0, 1]], np.float64)


def turn_map(degrees: float, aspect: float, zoom: float = 1.0) -> NDArray[np.float64]:
    """The map of a view turned by `degrees` about the centre: the frame, turned, that just holds the upload.

    Whoever turns a picture and cuts the corners off keeps the largest upright rectangle inside; the frame
    that held it is what this view restores (corners by mirroring). `aspect` is the upload's width over its
    height: a turn is a turn in real pixels, not in units of the sides.
    """
    angle = np.deg2rad(degrees)
    cos, sin = np.cos(angle), np.sin(angle)
    width, height = aspect * cos + abs(sin), aspect * abs(sin) + cos
    turn = np.array([[cos * width / aspect, -sin * height / aspect], [sin * width, cos * height]]) * zoom
    middle = 0.5 - turn @ np.array([0.5, 0.5])
    return np.array([[*turn[0], middle[0]], [*turn[1], middle[1]], [0, 0, 1]], np.float64)
