"""Where in an upload another picture may stand: rectangles bounded by straight steps or by plain margins.

Borders, letterboxes, memes, screenshots, collages and pictures in pictures have one thing in common: the
picture ends at straight upright edges that nature seldom makes. So: mark where a step is sharp, choose the
rows and columns with the most of it, and score every rectangle they bound by how much of its outline is step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint._jit import cached
from disrupt.matching.guessing._steps import best_lines, steps, support, texture

Luma = NDArray[np.float32]
Boxes = NDArray[np.float64]

_LINES = 14
"""Rows, and columns, kept as possible sides of a rectangle, beside the picture's own."""
_SMALLEST = 0.12
"""Sides of a rectangle worth hashing, in units of the upload's."""
_OUTLINE = 0.35
"""The part of each side that must be step, margin or the picture's own edge."""


@cached(nogil=True)
def _divided(
    upright: NDArray[np.int32],
    level: NDArray[np.int32],
    xs: NDArray[np.int32],
    ys: NDArray[np.int32],
    x0: int,
    y0: int,
    x1: int,
    y1: int,
) -> float:
    """How much of a seam runs right across a rectangle (two cells of a collage are not one picture)."""
    most = 0.0
    for x in xs:
        if x0 + 6 < x < x1 - 6:
            most = max(most, support(upright, x, y0, y1))
    for y in ys:
        if y0 + 6 < y < y1 - 6:
            most = max(most, support(level, y, x0, x1))
    return most


@cached(nogil=True)
def _rectangles(
    upright: NDArray[np.int32],
    level: NDArray[np.int32],
    xs: NDArray[np.int32],
    ys: NDArray[np.int32],
    busy_pixels: NDArray[np.int32],
    out: Boxes,
    scores: NDArray[np.float64],
) -> int:
    """Every rectangle on the chosen lines whose four sides are step enough; returns how many."""
    side = upright.shape[1]
    least = int(side * _SMALLEST)
    found = 0
    for i in range(xs.shape[0]):
        for j in range(i + 1, xs.shape[0]):
            x0, x1 = xs[i], xs[j]
            if x1 - x0 < least:
                continue
            for k in range(ys.shape[0]):
                top = support(level, ys[k], x0, x1)
                if top < _OUTLINE:
                    continue
                for m in range(k + 1, ys.shape[0]):
                    y0, y1 = ys[k], ys[m]
                    if y1 - y0 < least or (x1 - x0 == side and y1 - y0 == side):
                        continue
                    bottom = support(level, y1, x0, x1)
                    if bottom < _OUTLINE:
                        continue
                    left = support(upright, x0, y0, y1)
                    right = support(upright, x1, y0, y1)
                    worst = min(min(left, right), min(top, bottom))
                    if worst < _OUTLINE or found == out.shape[0]:
                        continue
                    area = (x1 - x0) * (y1 - y0)
                    busy = (
                        busy_pixels[y1, x1] - busy_pixels[y0, x1] - busy_pixels[y1, x0] + busy_pixels[y0, x0]
                    )
                    alive = 0.05 + min(0.5, busy / area)
                    whole = 1.0 - 0.6 * _divided(upright, level, xs, ys, x0, y0, x1, y1)
                    out[found, 0], out[found, 1] = x0, y0
                    out[found, 2], out[found, 3] = x1, y1
                    outline = worst * (top + bottom + left + right)
                    scores[found] = outline * alive * whole * (area / side**2) ** 0.25
                    found += 1
    return found


@cached(nogil=True, fastmath=True)
def _plain(line: Luma, low: int, high: int, first: np.floating[Any]) -> bool:
    """Whether pixels low..high of a line are all but one tone, the tone `first`."""
    off = 0
    for x in range(low, high):
        if abs(line[x] - first) > 10.0:
            off += 1
    return off <= 0.03 * (high - low)


@cached(nogil=True, fastmath=True)
def _trim(picture: Luma, turned: Luma, box: NDArray[np.float64]) -> None:
    """Move the sides of `box` (in pixels) in past plain margins, in place."""
    x0, y0, x1, y1 = int(box[0]), int(box[1]), int(box[2]), int(box[3])
    top, bottom = np.median(picture[y0, x0:x1]), np.median(picture[y1 - 1, x0:x1])
    left, right = np.median(turned[x0, y0:y1]), np.median(turned[x1 - 1, y0:y1])
    for _ in range(2):
        while y1 - y0 > 12 and _plain(picture[y0], x0, x1, top):
            y0 += 1
        while y1 - y0 > 12 and _plain(picture[y1 - 1], x0, x1, bottom):
            y1 -= 1
        while x1 - x0 > 12 and _plain(turned[x0], y0, y1, left):
            x0 += 1
        while x1 - x0 > 12 and _plain(turned[x1 - 1], y0, y1, right):
            x1 -= 1
    box[0], box[1], box[2], box[3] = x0, y0, x1, y1


_SAME = 0.93
"""The overlap (intersection over union) from which two rectangles give the same hash, or nearly."""


@cached(nogil=True)
def _overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    share: float = both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)
    return share


@cached(nogil=True)
def _chosen(picture: Luma, turned: Luma, boxes: Boxes, most: int) -> Boxes:
    """Of ranked rectangles: each without its margins, without those of two sides, as it is; no doubles."""
    side = picture.shape[0]
    kept = np.empty((most + 1, 4))
    kept[0] = boxes[0]
    count = 1
    four = np.empty((4, 4))
    for number in range(boxes.shape[0]):
        four[:] = boxes[number]
        _trim(picture, turned, four[0])
        four[1, 0], four[1, 2] = four[0, 0], four[0, 2]
        four[2, 1], four[2, 3] = four[0, 1], four[0, 3]
        for box in four:
            new = min(box[2] - box[0], box[3] - box[1]) >= side * _SMALLEST
            for other in range(count):
                new = new and _overlap(box, kept[other]) < _SAME
            if new:
                kept[count] = box
                count += 1
                if count > most:
                    return kept[1:]
    return kept[1:count]


@cached(nogil=True)
def _regions(picture: Luma, turned: Luma, most: int) -> Boxes:
    side = picture.shape[0]
    upright, level = steps(picture), steps(turned)
    xs, ys = best_lines(upright, _LINES), best_lines(level, _LINES)
    boxes, scores = np.empty((4096, 4)), np.empty(4096)
    count = _rectangles(upright, level, xs, ys, texture(picture), boxes, scores)
    order = np.argsort(-scores[:count], kind="mergesort")[: 4 * most]
    ranked = np.empty((len(order) + 1, 4))
    ranked[0, :2], ranked[0, 2:] = 0.0, side
    ranked[1:] = boxes[order]
    found: Boxes = _chosen(picture, turned, ranked, most) / side
    return found


def regions_of(picture: Luma, most: int) -> Boxes:
    """The rectangles of a working picture that look like pictures of their own, likeliest first.

    Returns (n <= most, 4): left, top, right, bottom in units of the sides, without the whole picture.
    """
    found: Boxes = _regions(picture, np.ascontiguousarray(picture.T), most)
    return found
