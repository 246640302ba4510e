"""The leaning picture in an upload with void corners: a skew, a perspective, a turn that was not cropped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint._jit import cached

Luma = NDArray[np.float32]
Map = NDArray[np.float64]

_TOLERANCE = 8.0
"""Grey levels within which a pixel belongs to the void at the upload's edge."""
_LEAN = 0.6
"""Steepest lean of a side, in working pixels a working pixel."""
_LEAST = 24
"""Edge points that must agree before a side counts as found, of SIDE."""


@cached(nogil=True)
def _depths(picture: Luma, void: float, out: NDArray[np.int32]) -> None:
    """`out` (4, SIDE): how far the void reaches in from the left, right, top and bottom, line by line."""
    size = picture.shape[0]
    for y in range(size):
        x = 0
        while x < size and abs(picture[y, x] - void) <= _TOLERANCE:
            x += 1
        out[0, y] = x
        x = 0
        while x < size and abs(picture[y, size - 1 - x] - void) <= _TOLERANCE:
            x += 1
        out[1, y] = x
        x = 0
        while x < size and abs(picture[x, y] - void) <= _TOLERANCE:
            x += 1
        out[2, y] = x
        x = 0
        while x < size and abs(picture[size - 1 - x, y] - void) <= _TOLERANCE:
            x += 1
        out[3, y] = x


@cached(nogil=True)
def _side(depth: NDArray[np.int32]) -> tuple[float, float, int]:
    """The line x = a + b*y that most edge points lie on: (a, b, how many); the own edge for too few."""
    size = depth.shape[0]
    best_a, best_b, best = 0.0, 0.0, 0
    for i in range(0, size, 6):
        if depth[i] < 2 or depth[i] >= size - 2:
            continue
        for j in range(i + 12, size, 6):
            if depth[j] < 2 or depth[j] >= size - 2:
                continue
            b = (depth[j] - depth[i]) / (j - i)
            if abs(b) > _LEAN:
                continue
            a = depth[i] - b * i
            votes = 0
            for y in range(0, size, 2):
                if depth[y] >= 2 and abs(a + b * y - depth[y]) <= 1.2:
                    votes += 2
            if votes > best:
                best_a, best_b, best = a, b, votes
    if best < _LEAST:
        return 0.0, 0.0, 0
    return best_a, best_b, best


def _meet(upright: tuple[float, float], level: tuple[float, float]) -> tuple[float, float]:
    """Where x = a + b*y and y = c + d*x meet."""
    a, b = upright
    c, d = level
    x = (a + b * c) / (1.0 - b * d)
    return x, c + d * x


def square_to_quad(corners: NDArray[np.float64]) -> Map:
    """The homography (3, 3) from the unit square to four corners (4, 2), clockwise from the top left.

    Source: P. Heckbert, Fundamentals of Texture Mapping and Image Warping (1989), section 2.2.3.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, sx = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, sy = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    bottom = dx1 * dy2 - dx2 * dy1
    g, h = (sx * dy2 - dx2 * sy) / bottom, (dx1 * sy - sx * dy1) / bottom
    return np.array(
        [
            [x1 - x0 + g * x1, x3 - x0 + h * x3, x0],
            [y1 - y0 + g * y1, y3 - y0 + h * y3, y0],
            [g, h, 1.0],
        ]
    )


def quad_of(picture: Luma) -> Map | None:
    """The map (3, 3) of the leaning picture inside a working picture (SIDE, SIDE), or None if none leans."""
    size = picture.shape[0]
    corners = picture[[0, 0, -1, -1], [0, -1, 0, -1]]
    void = float(np.median(corners)) if np.ptp(corners) <= _TOLERANCE else float(corners.min())
    depths = np.empty((4, size), np.int32)
    _depths(picture, void, depths)
    sides = [_side(depth) for depth in depths]
    if max(abs(b) for _, b, votes in sides) < 0.01:
        return None
    left, top = sides[0][:2], sides[2][:2]
    right = (size - sides[1][0], -sides[1][1])
    bottom = (size - sides[3][0], -sides[3][1])
    quad = np.array([_meet(left, top), _meet(right, top), _meet(right, bottom), _meet(left, bottom)]) / size
    across = quad[[1, 2]] - quad[[0, 3]]
    along = quad[[3, 2]] - quad[[0, 1]]
    if across[:, 0].min() < 0.3 or along[:, 1].min() < 0.3 or np.abs(quad - 0.5).max() > 1.2:
        return None
    return square_to_quad(quad)
