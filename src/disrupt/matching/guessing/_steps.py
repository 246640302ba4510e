"""Where a picture has straight upright steps: the raw material of `regions`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint._jit import cached

Luma = NDArray[np.float32]
Marks = NDArray[np.int32]

STEP = 2.0
"""Grey levels between the two sides of a step, on average over RUN lines either way."""
RUN = 4
_SHARP = 2.0
"""How many times the steps beside it a step must be."""
OWN_EDGE = 0.7
"""What a side that lies on the upload's own edge counts for: possible, but no evidence."""


@cached(nogil=True, fastmath=True)
def _differences(picture: Luma) -> Luma:
    """(H, W): the step from column x-1 to x, averaged along the column, where a texture's steps even out."""
    height, width = picture.shape
    apart, mean = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
    for y in range(height):
        row, here = picture[y], apart[y]
        for x in range(1, width):
            here[x] = abs(row[x] - row[x - 1])
    total = np.zeros(width, np.float32)
    for y in range(min(RUN, height)):
        total += apart[y]
    for y in range(height):
        if y + RUN < height:
            total += apart[y + RUN]
        if y > RUN:
            total -= apart[y - RUN - 1]
        lines = np.float32(min(height, y + RUN + 1) - max(0, y - RUN))
        for x in range(width):
            mean[y, x] = total[x] / lines
    return mean


@cached(nogil=True, fastmath=True)
def steps(picture: Luma) -> Marks:
    """(H + 1, W): in how many of rows 0..y-1 there is a sharp step at column x."""
    height, width = picture.shape
    marks = np.zeros((height + 1, width), np.int32)
    mean = _differences(picture)
    share = np.float32(0.8)
    for y in range(height):
        apart, before, after = mean[y], marks[y], marks[y + 1]
        after[:] = before
        for x in range(4, width - 4):
            # Averaging areas may split a step over two columns.
            beside = np.float32(0.5) * max(apart[x - 1], apart[x + 1])
            step = max(apart[x], share * (apart[x] + beside))
            near, far = apart[x - 2] + apart[x + 2], apart[x - 3] + apart[x + 3]
            texture = (near + far + apart[x - 4] + apart[x + 4]) / np.float32(6.0)
            after[x] += np.int32((step > np.float32(STEP)) & (step > np.float32(_SHARP) * texture))
    return marks


@cached(nogil=True, fastmath=True)
def texture(picture: Luma) -> Marks:
    """Running sum, (H + 1, W + 1), of the pixels that differ from their neighbours, as a photograph's do."""
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


@cached(nogil=True)
def best_lines(marks: Marks, most: int) -> NDArray[np.int32]:
    """The columns with the longest stretches of step, the best of each neighbourhood, and both edges; sorted.

    A stretch is scored as twice its steps less its length (Kadane's maximum sum), so that gaps cost.
    """
    size, width = marks.shape[0] - 1, marks.shape[1]
    run = np.zeros(width, np.int32)
    score = np.zeros(width, np.int32)
    for y in range(size):
        above, below = marks[y], marks[y + 1]
        for x in range(width):
            run[x] = max(0, run[x] + 2 * (below[x] - above[x]) - 1)
            score[x] = max(score[x], run[x])
    lines = np.empty(most + 2, np.int32)
    lines[0], lines[1] = 0, width
    count = 2
    while count < most + 2:
        best = int(np.argmax(score))
        if score[best] < size * 0.06:
            break
        lines[count] = best
        count += 1
        score[max(0, best - 3) : best + 4] = 0
    return np.sort(lines[:count])


@cached(nogil=True)
def support(marks: Marks, at: int, low: int, high: int) -> float:
    """The part of rows low..high on column `at` (or a neighbour) that is step; OWN_EDGE on the own edge."""
    width = marks.shape[1]
    if at <= 0 or at >= width:
        return OWN_EDGE
    best = 0
    for x in range(max(0, at - 1), min(width, at + 2)):
        best = max(best, marks[high, x] - marks[low, x])
    return best / (high - low)
