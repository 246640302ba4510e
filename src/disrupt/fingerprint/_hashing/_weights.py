"""PDQ's blur and decimation of one axis, as a sparse matrix of 64 rows.

Two passes of a box of ceil(n/128) samples, averaged over the part inside the picture, then the samples at
int((i + 0.5) n / 64): linear, so one output is a weighted mean of the few inputs near it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

LUMA = (0.299, 0.587, 0.114)
"""What PDQ weighs red, green and blue with (ITU-R BT.601)."""


class Taps(NamedTuple):
    """Row i of the matrix: `size[i]` weights from input `start[i]` on; arrays (64,), (64,), (64, K)."""

    start: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]
    weight: npt.NDArray[np.float32]


def window(length: int) -> int:
    """The width of the box for an axis of this length."""
    return (length + 127) // 128


def _box(at: int, length: int, width: int) -> tuple[int, int]:
    """First and last sample under the box centred at `at` (an even box leans right)."""
    return max(0, at - (width - 1 - width // 2)), min(length - 1, at + width // 2)


def _rows(length: int, blur: bool) -> list[tuple[int, npt.NDArray[np.float64]]]:
    width = window(length) if blur else 1
    rows: list[tuple[int, npt.NDArray[np.float64]]] = []
    for i in range(64):
        first, last = _box(int((i + 0.5) * length / 64), length, width)
        low, high = _box(first, length, width)[0], _box(last, length, width)[1]
        weight = np.zeros(high - low + 1)
        for middle in range(first, last + 1):
            a, b = _box(middle, length, width)
            weight[a - low : b - low + 1] += 1.0 / ((last - first + 1) * (b - a + 1))
        rows.append((low, weight))
    return rows


@lru_cache(maxsize=256)
def taps(length: int, *, blur: bool = True, mirror: bool = False, colour: bool = False) -> Taps:
    """The matrix for an axis of `length` samples; without `blur`, only its decimation.

    With `mirror` it gives what it would of the same axis read backwards; with `colour` the axis holds
    red, green and blue in turn and the result is their luma.
    """
    rows = _rows(length, blur)
    if mirror:
        rows = [(length - low - len(weight), weight[::-1]) for low, weight in rows]
    if colour:
        rows = [(3 * low, np.outer(weight, LUMA).ravel()) for low, weight in rows]
    size = np.array([len(weight) for _, weight in rows], dtype=np.int64)
    padded = np.zeros((64, size.max()), dtype=np.float32)
    for i, (_, weight) in enumerate(rows):
        padded[i, : len(weight)] = weight
    return Taps(np.array([low for low, _ in rows], dtype=np.int64), size, padded)


def _dct_matrix() -> npt.NDArray[np.float32]:
    i, j = np.arange(16)[:, None], np.arange(64)[None, :]
    scale = np.float32(np.sqrt(2.0 / 64.0))
    matrix: npt.NDArray[np.float32] = (scale * np.cos(np.pi / 128.0 * (i + 1) * (2 * j + 1))).astype(
        np.float32
    )
    return matrix


DCT = _dct_matrix()
"""float32 (16, 64): the cosines 1 to 16, without the constant one."""
