"""Where in an upload another picture may stand: rectangles bounded by straight steps or by plain margins.

Borders, letterboxes, memes, screenshots, collages and pictures in pictures have one thing in common: the
picture ends at straight upright edges that nature seldom makes. So: mark where a step is sharp, choose the
rows and columns with the most of it, and score every rectangle they bound by how much of its outline is step.
"""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.float32]
Boxes = NDArray[np.float64]

_STEP = 5.0
"""Grey levels between the two sides of a step (after the working picture's averaging)."""
_LINES = 12
"""Rows, and columns, kept as possible sides of a rectangle, beside the picture's own."""
_SMALLEST = 0.12
"""Sides of a rectangle worth hashing, in units of the upload's."""
_OUTLINE = 0.35
"""The part of each side that must be step, margin or the picture's own edge."""
_OWN_EDGE = 0.7
"""What a side that lies on the upload's own edge counts for: possible, but no evidence."""


@nb.njit(cache=True, nogil=True, fastmath=True)
def _steps(picture: Luma, marks: NDArray[np.int32]) -> None:
    """marks[x, y] = how many of rows 0..y-1 have a step at column x (between x-1 and x+1): a running sum."""
    height, width = picture.shape
    for y in range(height):
        row = picture[y]
        for x in range(width):
            mark = 0
            if 3 <= x < width - 3:
                step = abs(row[x + 1] - row[x - 1])
                if step > _STEP:
                    around = max(abs(row[x + 2] - row[x + 1]), abs(row[x - 1] - row[x - 2]))
                    around = max(around, abs(row[x + 3] - row[x + 2]))
                    around = max(around, abs(row[x - 2] - row[x - 3]))
                    mark = 1 if step > 2.0 * around else 0
            marks[x, y + 1] = marks[x, y] + mark


@nb.njit(cache=True, nogil=True, fastmath=True)
def _texture(picture: Luma) -> NDArray[np.int32]:
    """Running sum, (H+1, W+1), of the pixels that differ from their neighbours, as a photograph's do."""
    height, width = picture.shape
    total = np.zeros((height + 1, width + 1), np.int32)
    for y in range(height):
        run = 0
        for x in range(width):
            if x + 1 < width and y + 1 < height:
                here = picture[y, x]
                if abs(picture[y, x + 1] - here) + abs(picture[y + 1, x] - here) > 2.0:
                    run += 1
            total[y + 1, x + 1] = total[y, x + 1] + run
    return total


@nb.njit(cache=True, nogil=True)
def _best_lines(marks: NDArray[np.int32], lines: NDArray[np.int32]) -> int:
    """Columns with the longest stretches of step, best of each neighbourhood first; returns how many.

    A stretch is scored as twice its steps less its length (Kadane's maximum sum), so that gaps cost.
    """
    width, size = marks.shape[0], marks.shape[1] - 1
    score = np.zeros(width, np.int32)
    for x in range(width):
        run = 0
        for y in range(size):
            run = max(0, run + (1 if marks[x, y + 1] > marks[x, y] else -1))
            score[x] = max(score[x], run)
    count = 0
    while count < lines.shape[0]:
        best = int(np.argmax(score))
        if score[best] < size * 0.06:
            break
        lines[count] = best
        count += 1
        for x in range(max(0, best - 3), min(width, best + 4)):
            score[x] = 0
    return count


@nb.njit(cache=True, nogil=True)
def _support(marks: NDArray[np.int32], at: int, low: int, high: int) -> float:
    """The part of [low, high) on column `at` (or a neighbour) that is step; 1 on the picture's own edge."""
    width = marks.shape[0]
    if at <= 0 or at >= width:
        return _OWN_EDGE
    best = 0
    for x in range(max(0, at - 1), min(width, at + 2)):
        best = max(best, marks[x, high] - marks[x, low])
    return best / (high - low)


@nb.njit(cache=True, nogil=True)
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
            most = max(most, _support(upright, x, y0, y1))
    for y in ys:
        if y0 + 6 < y < y1 - 6:
            most = max(most, _support(level, y, x0, x1))
    return most


@nb.njit(cache=True, nogil=True)
def _rectangles(
    upright: NDArray[np.int32],
    level: NDArray[np.int32],
    xs: NDArray[np.int32],
    ys: NDArray[np.int32],
    texture: NDArray[np.int32],
    out: Boxes,
    scores: NDArray[np.float64],
) -> int:
    """Every rectangle on the chosen lines whose four sides are step enough; returns how many."""
    side = upright.shape[0]
    least = int(side * _SMALLEST)
    found = 0
    for i in range(xs.shape[0]):
        for j in range(i + 1, xs.shape[0]):
            x0, x1 = xs[i], xs[j]
            if x1 - x0 < least:
                continue
            for k in range(ys.shape[0]):
                top = _support(level, ys[k], x0, x1)
                if top < _OUTLINE:
                    continue
                for m in range(k + 1, ys.shape[0]):
                    y0, y1 = ys[k], ys[m]
                    if y1 - y0 < least or (x1 - x0 == side and y1 - y0 == side):
                        continue
                    bottom = _support(level, y1, x0, x1)
                    if bottom < _OUTLINE:
                        continue
                    left = _support(upright, x0, y0, y1)
                    right = _support(upright, x1, y0, y1)
                    worst = min(min(left, right), min(top, bottom))
                    if worst < _OUTLINE or found == out.shape[0]:
                        continue
                    area = (x1 - x0) * (y1 - y0)
                    busy = texture[y1, x1] - texture[y0, x1] - texture[y1, x0] + texture[y0, x0]
                    alive = 0.05 + min(0.5, busy / area)
                    whole = 1.0 - 0.6 * _divided(upright, level, xs, ys, x0, y0, x1, y1)
                    out[found, 0], out[found, 1] = x0, y0
                    out[found, 2], out[found, 3] = x1, y1
                    outline = worst * (top + bottom + left + right)
                    scores[found] = outline * alive * whole * (area / side**2) ** 0.25
                    found += 1
    return found


@nb.njit(cache=True, nogil=True, fastmath=True)
def _plain(line: Luma, low: int, high: int, first: float) -> bool:
    """Whether pixels low..high of a line are all but one tone, the tone `first`."""
    off = 0
    for x in range(low, high):
        if abs(line[x] - first) > 10.0:
            off += 1
    return off <= 0.03 * (high - low)


@nb.njit(cache=True, nogil=True, fastmath=True)
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


def _overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return float(both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both))


def regions_of(picture: Luma, most: int) -> Boxes:
    """The rectangles of a working picture that look like pictures of their own, likeliest first.

    Returns (n <= most, 4): left, top, right, bottom in units of the sides, without the whole picture.
    """
    side = picture.shape[0]
    turned = np.ascontiguousarray(picture.T)
    upright = np.zeros((side, side + 1), np.int32)
    level = np.zeros((side, side + 1), np.int32)
    _steps(picture, upright)
    _steps(turned, level)
    lines = np.empty(_LINES, np.int32)
    xs = np.unique(np.append(lines[: _best_lines(upright, lines)], [0, side])).astype(np.int32)
    ys = np.unique(np.append(lines[: _best_lines(level, lines)], [0, side])).astype(np.int32)
    boxes, scores = np.empty((4096, 4)), np.empty(4096)
    count = _rectangles(upright, level, xs, ys, _texture(picture), boxes, scores)
    kept: list[NDArray[np.float64]] = [np.array([0.0, 0.0, side, side])]
    best = boxes[:count][np.argsort(-scores[:count], kind="stable")[: 4 * most]]
    for box in [kept[0], *best]:
        trimmed = box.copy()
        _trim(picture, turned, trimmed)
        across, along = box.copy(), box.copy()
        across[[0, 2]], along[[1, 3]] = trimmed[[0, 2]], trimmed[[1, 3]]
        for candidate in (trimmed, across, along, box):
            wide = min(candidate[2] - candidate[0], candidate[3] - candidate[1]) >= side * _SMALLEST
            if wide and len(kept) <= most and all(_overlap(candidate, other) < _SAME for other in kept):
                kept.append(candidate)
    found: Boxes = np.array(kept[1:], np.float64).reshape(-1, 4) / side
    return found
