"""PDQ as it is described, one pixel at a time in 64 bits: slow, and independent of the code under test."""

from __future__ import annotations

import math

import numpy as np


def _mean(values: list[float], width: int) -> list[float]:
    left, right = width - 1 - width // 2, width // 2
    out = []
    for i in range(len(values)):
        under = values[max(0, i - left) : i + right + 1]
        out.append(math.fsum(under) / len(under))
    return out


def _window(length: int) -> int:
    return math.ceil(length / 128)


def buffer(pixels: np.ndarray) -> np.ndarray:
    luma = pixels @ np.array([0.299, 0.587, 0.114]) if pixels.ndim == 3 else pixels.astype(float)
    height, width = luma.shape
    if (height, width) != (64, 64):
        for _ in range(2):
            luma = np.array([_mean(list(row), _window(width)) for row in luma])
            luma = np.array([_mean(list(column), _window(height)) for column in luma.T]).T
    rows = [int((i + 0.5) * height / 64) for i in range(64)]
    columns = [int((j + 0.5) * width / 64) for j in range(64)]
    return luma[np.ix_(rows, columns)]


def coefficients(small: np.ndarray) -> np.ndarray:
    cosines = [
        [math.sqrt(2 / 64) * math.cos(math.pi / 128 * (i + 1) * (2 * j + 1)) for j in range(64)]
        for i in range(16)
    ]
    return np.array(cosines) @ small @ np.array(cosines).T


def quality(small: np.ndarray) -> int:
    down = np.trunc((small[:-1] - small[1:]) * 100 / 255)
    across = np.trunc((small[:, :-1] - small[:, 1:]) * 100 / 255)
    return min(100, int(np.abs(down).sum() + np.abs(across).sum()) // 90)


def pdq(pixels: np.ndarray) -> tuple[str, int]:
    small = buffer(pixels)
    values = coefficients(small)
    median = np.sort(values.ravel())[127]
    number = sum(1 << k for k, value in enumerate(values.ravel()) if value > median)
    return f"{number:064x}", quality(small)
