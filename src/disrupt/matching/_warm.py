"""Every kernel of a look-up run once on pictures and hashes made here, so that no upload waits for one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint.pdq import DIHEDRAL
from disrupt.matching._index._likely import Likely, ranked_bits
from disrupt.matching._index._segment import SCANNED, SMALLEST_WITH_TABLES
from disrupt.matching.guessing.plans import BUDGET, REACH, Level
from disrupt.matching.index import HammingIndex
from disrupt.matching.views import views_of


def _framed(shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """Noise on plain grey, askew at one corner: a region, a leaning edge and a plain band to be found."""
    height, width = shape[:2]
    pixels = np.full(shape, 40, np.uint8)
    rng = np.random.default_rng(7)
    coarse = rng.integers(0, 256, (height // 8 + 1, width // 8 + 1, *shape[2:]), dtype=np.uint8)
    picture = coarse.repeat(8, 0).repeat(8, 1)[:height, :width]
    rows = np.arange(height)[:, None]
    columns = np.arange(width)[None, :]
    inside = (rows > height // 8 + columns // 24) & (rows < height - height // 8) & (columns > width // 10)
    inside &= columns < width - width // 10
    pixels[inside] = picture[inside]
    return pixels


def warm_views(*levels: Level) -> None:
    """The kernels that make views, for pixels as decoders and as callers hand them over."""
    for shape in ((240, 320), (240, 320, 3)):
        pixels = _framed(shape)
        for writeable in (False, True):  # each is a compilation of its own
            pixels.setflags(write=writeable)
            for level in levels:
                views_of(pixels, level)


def warm_index() -> None:
    """The kernels of the index: its tables, its scans, additions and removals."""
    rng = np.random.default_rng(7)
    hashes = rng.integers(0, 256, (SMALLEST_WITH_TABLES + 500, 32), dtype=np.uint8)
    index = HammingIndex.from_hashes(hashes)
    index.add(hashes[:3], np.arange(len(hashes), len(hashes) + 3))
    for radius in (8, 31, 58, 64):
        index.query(hashes[:40], radius)
    index.remove([1, 2])
    index.query(hashes[:4], np.array([0, 31, 40, 64]))
    HammingIndex.from_hashes(hashes[:100]).query(hashes[:2], 31)
    orientations = np.arange(len(DIHEDRAL))
    likely = Likely(ranked_bits(np.zeros((len(DIHEDRAL), 16, 16), np.float32), orientations), 24)
    many = rng.integers(0, 256, (SCANNED + 1, 32), dtype=np.uint8)
    HammingIndex.from_hashes(many).near(many[:8], REACH, likely)


def warm_up() -> None:
    """Load, or compile, everything that a look-up needs in this process (docs/platforms.md, cold starts)."""
    warm_index()
    warm_views(*BUDGET)
