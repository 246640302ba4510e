"""Where a picture has straight upright steps: the raw material of `regions`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint._jit import cached

Luma = NDArray[np.float32]
Marks = NDArray[np.int32]

STEP = 5.0
"""Grey levels between the two sides of a step (after the working picture's averaging)."""
OWN_EDGE = 0.7
"""What a side that lies on the upload's own edge counts for: possible, but no evidence."""


@cached(nogil=True, fastmath=True)
def steps(picture: Luma) -> Marks:
    """(H + 1, W): in how many of rows 0..y-1 column x is a step between x-1 and x+1, sharp on both sides."""
    height, width = picture.shape
    marks = np.zeros((height + 1, width), np.int32)
    for y in range(height):
        row = picture[y]
        before, after = marks[y], marks[y + 1]
        for x in range(3, width - 3):
            step = abs(row[x + 1] - row[x - 1])
            near = max(abs(row[x + 2] - row[x + 1]), abs(row[x - 1] - row[x - 2]))
            far = max(abs(row[x + 3] - row[x + 2]), abs(row[x - 2] - row[x - 3]))
            sharp = (step > np.float32(STEP)) & (step > np.float32(2.0) * max(near, far))
            after[x] = before[x] + np.int32(sharp)
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
