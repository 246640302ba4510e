"""Draws the ordinary pictures by which a hash that resembles many is known, and writes their views' hashes.

    python -m benchmarks.ordinary

Leaves of every size fall on one another: pictures of them have the edges, the slopes and the scales of
photographs, and show nobody.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint import pdq
from disrupt.matching.guessing import warps
from disrupt.matching.guessing.plans import RICH, WHOLE, grid, shaped_grid
from disrupt.matching.ordinary.likeness import VIEWS

_PICTURES, _WINDOWS, _SIDE = 800, 12, 128
_AS_IT_IS_AND_MIRRORED = [0, 5]


def leaves(rng: np.random.Generator) -> NDArray[np.uint8]:
    """One picture, uint8 (128, 128)."""
    picture = np.full((_SIDE, _SIDE), rng.uniform(30, 220), np.float32)
    y, x = np.mgrid[:_SIDE, :_SIDE].astype(np.float32) / _SIDE
    picture += rng.normal(0, 40) * (y - 0.5) + rng.normal(0, 25) * (x - 0.5)
    count = int(rng.integers(3, 60))
    radii = np.sort(np.clip(0.03 * rng.random(count) ** -0.7, 0.03, 0.6))[::-1]
    for radius in radii:
        across, down = rng.random(2) * 1.2 - 0.1
        longer = np.exp(rng.normal(0, 0.4))
        turned = rng.uniform(0, np.pi)
        u = (x - across) * np.cos(turned) + (y - down) * np.sin(turned)
        v = -(x - across) * np.sin(turned) + (y - down) * np.cos(turned)
        inside = (u / longer) ** 2 + (v * longer) ** 2 < radius * radius
        tone = rng.uniform(10, 245)
        picture[inside] = tone + (rng.normal(0, 60) * u + rng.normal(0, 60) * v)[inside]
    return np.clip(picture, 0, 255).astype(np.uint8)


def views(pictures: int = _PICTURES) -> NDArray[np.uint8]:
    """The hashes of windows of so many pictures, as they are and mirrored, uint8 (N, 32)."""
    windows = np.array([WHOLE, *grid(), *shaped_grid()])
    found = []
    for seed in range(pictures):
        rng = np.random.default_rng(seed)
        working = warps.working_picture(leaves(rng))
        buffers = np.empty((_WINDOWS, 64, 64), np.float32)
        warps.sample_boxes(working, windows[rng.choice(len(windows), _WINDOWS, replace=False)], buffers)
        hashes, quality = pdq.hash_buffers(buffers)
        found.append(hashes[quality >= RICH][:, _AS_IT_IS_AND_MIRRORED].reshape(-1, 32))
    return np.concatenate(found)


if __name__ == "__main__":
    np.save(VIEWS, views())
