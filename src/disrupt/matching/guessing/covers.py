"""What was laid over a picture in one tone (discs, bars, a face, a missing corner): found, and filled in.

A cover says nothing about the picture, but PDQ counts it as if it were one. Filled with what its
surroundings fade into, it turns over fewer bits.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint._jit import cached

Luma = NDArray[np.float32]
Mask = NDArray[np.bool_]

SIDE = 128
"""Pixels a side of what is filled: half of the working picture's."""
_TONE = 2.0
"""Grey levels between neighbours in a cover (compression makes some)."""
_SPREAD = 4.0
"""Grey levels between any two places of it: a sky has more."""
_LEAST, _MOST = 0.006, 0.7
"""The part of the picture that one cover may have; and all of them together."""
_STEP = 12.0
"""Mean step from a cover to what surrounds it."""
_RIM = 2
"""Pixels around a cover that hold a part of it."""


@cached(nogil=True)
def _halved(working: Luma) -> Luma:
    side = working.shape[0] // 2
    out = np.empty((side, side), np.float32)
    for y in range(side):
        for x in range(side):
            pair = working[2 * y, 2 * x] + working[2 * y, 2 * x + 1]
            out[y, x] = 0.25 * (pair + working[2 * y + 1, 2 * x] + working[2 * y + 1, 2 * x + 1])
    return out


@cached(nogil=True)
def _patch(
    picture: Luma, seen: Mask, y0: int, x0: int, stack: NDArray[np.int32], cells: NDArray[np.int32]
) -> int:
    """The connected pixels of about one tone from one of them on, into `cells`; returns how many."""
    side = picture.shape[0]
    low = high = picture[y0, x0]
    count, top = 0, 1
    stack[0] = y0 * side + x0
    seen[y0, x0] = True
    while top > 0:
        top -= 1
        at = stack[top]
        cells[count] = at
        count += 1
        y, x = at // side, at % side
        here = picture[y, x]
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            v, u = y + dy, x + dx
            if v < 0 or v >= side or u < 0 or u >= side or seen[v, u]:
                continue
            tone = picture[v, u]
            if abs(tone - here) > _TONE or max(high, tone) - min(low, tone) > _SPREAD:
                continue
            low, high = min(low, tone), max(high, tone)
            seen[v, u] = True
            stack[top] = v * side + u
            top += 1
    return count


@cached(nogil=True)
def _step_around(picture: Luma, mask: Mask, cells: NDArray[np.int32], count: int) -> float:
    """The mean step between a patch's edge and what lies three pixels further out."""
    side = picture.shape[0]
    total, edges = 0.0, 0
    for n in range(count):
        y, x = cells[n] // side, cells[n] % side
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            v, u = y + dy, x + dx
            if v < 0 or v >= side or u < 0 or u >= side or mask[v, u]:
                continue
            v, u = y + 3 * dy, x + 3 * dx
            if 0 <= v < side and 0 <= u < side:
                total += abs(picture[v, u] - picture[y, x])
                edges += 1
    return total / edges if edges else 0.0


@cached(nogil=True)
def _covered(picture: Luma) -> Mask:
    side = picture.shape[0]
    seen, mask = np.zeros((side, side), np.bool_), np.zeros((side, side), np.bool_)
    own = np.zeros((side, side), np.bool_)
    stack, cells = np.empty(side * side, np.int32), np.empty(side * side, np.int32)
    for y in range(side):
        for x in range(side):
            if seen[y, x]:
                continue
            count = _patch(picture, seen, y, x, stack, cells)
            if not _LEAST * side * side <= count <= _MOST * side * side:
                continue
            for n in range(count):
                own[cells[n] // side, cells[n] % side] = True
            if _step_around(picture, own, cells, count) >= _STEP:
                for n in range(count):
                    mask[cells[n] // side, cells[n] % side] = True
            for n in range(count):
                own[cells[n] // side, cells[n] % side] = False
    return mask


@cached(nogil=True)
def _with_holes(mask: Mask) -> Mask:
    """A mask with its rim and with all that it surrounds (the eyes of a face)."""
    side = mask.shape[0]
    wide = mask.copy()
    for y in range(side):
        for x in range(side):
            if mask[y, x]:
                wide[max(0, y - _RIM) : y + _RIM + 1, max(0, x - _RIM) : x + _RIM + 1] = True
    outside = np.zeros((side, side), np.bool_)
    stack = np.empty(side * side, np.int32)
    top = 0
    for k in range(side):
        for y, x in ((0, k), (side - 1, k), (k, 0), (k, side - 1)):
            if not wide[y, x] and not outside[y, x]:
                outside[y, x] = True
                stack[top] = y * side + x
                top += 1
    while top > 0:
        top -= 1
        y, x = stack[top] // side, stack[top] % side
        for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)):
            v, u = y + dy, x + dx
            if 0 <= v < side and 0 <= u < side and not wide[v, u] and not outside[v, u]:
                outside[v, u] = True
                stack[top] = v * side + u
                top += 1
    return ~outside


@cached(nogil=True)
def _fill(picture: Luma, mask: Mask) -> Luma:
    """Masked pixels from what is known around them: from coarse to fine, then smoothed."""
    side = picture.shape[0]
    if side <= 2:
        total, known = 0.0, 0
        for y in range(side):
            for x in range(side):
                if not mask[y, x]:
                    total += picture[y, x]
                    known += 1
        out = picture.copy()
        for y in range(side):
            for x in range(side):
                if mask[y, x]:
                    out[y, x] = total / max(1, known)
        return out
    half = side // 2
    small, hidden = np.zeros((half, half), np.float32), np.zeros((half, half), np.bool_)
    for y in range(half):
        for x in range(half):
            total, known = 0.0, 0
            for v in range(2 * y, 2 * y + 2):
                for u in range(2 * x, 2 * x + 2):
                    if not mask[v, u]:
                        total += picture[v, u]
                        known += 1
            hidden[y, x] = known == 0
            small[y, x] = total / max(1, known)
    coarse = _fill(small, hidden)
    out = picture.copy()
    for y in range(side):
        for x in range(side):
            if mask[y, x]:
                out[y, x] = coarse[y // 2, x // 2]
    for _ in range(12):
        for y in range(side):
            for x in range(side):
                if mask[y, x]:
                    above, below = out[max(0, y - 1), x], out[min(side - 1, y + 1), x]
                    left, right = out[y, max(0, x - 1)], out[y, min(side - 1, x + 1)]
                    out[y, x] = 0.25 * (above + below + left + right)
    return out


def uncovered(working: Luma) -> Luma | None:
    """A working picture at half its size, (SIDE, SIDE), with its covers filled in; None if there are none."""
    picture: Luma = _halved(working)
    mask: Mask = _covered(picture)
    if not mask.any():
        return None
    mask = _with_holes(mask)
    if mask.mean() > _MOST:
        return None
    filled: Luma = _fill(picture, mask)
    return filled
