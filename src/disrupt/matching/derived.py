"""Derived entries: hashes of parts of a banked picture, so that deep crops of it are found too.

They are made on the hotline's side, are standard PDQ, and tell more about the picture than one hash does:
docs/adr/0004-derived-entries.md says how much, and why there are few of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint import pdq
from disrupt.fingerprint.types import Pdq
from disrupt.matching.guessing import warps
from disrupt.matching.guessing.plans import RICH, Box
from disrupt.matching.ordinary.likeness import PART, likeness
from disrupt.matching.views import MIN_QUALITY, checked

MOST = 14
"""Derived entries of one picture, at most."""


def _tiles(side: float, places: tuple[float, ...]) -> list[Box]:
    return [(x, y, x + side, y + side) for y in places for x in places]


BOXES: tuple[Box, ...] = (
    (0.25, 0.25, 0.75, 0.75),
    *_tiles(0.8, (0.0, 0.2)),
    *_tiles(0.6, (0.0, 0.2, 0.4)),
)
"""The parts, in units of the sides. Windows of the upload (see `plans.grid`) meet them wherever a crop
of at least about half the side lies."""


def derived_entries(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The hashes of `derived_prints` as uint8 (D <= MOST, 32)."""
    return np.array([one.bits for one in derived_prints(pixels)], np.uint8).reshape(-1, 32)


def derived_prints(pixels: NDArray[np.uint8]) -> tuple[Pdq, ...]:
    """The derived hashes, at most MOST and no two the same, of a picture, uint8 (H, W) or (H, W, 3).

    Parts with few features (quality under RICH) are left out, because they resemble parts of other pictures,
    so are those that ordinary pictures resemble, and so is everything of a picture that is itself too flat.
    Raises BadPicture for another shape or type.
    """
    pixels = checked(pixels)
    if pdq.pdq_from_array(pixels).quality < MIN_QUALITY:
        return ()
    buffers = np.empty((len(BOXES), 64, 64), np.float32)
    warps.sample_boxes(warps.working_picture(pixels), np.array(BOXES), buffers)
    hashes, quality = pdq.hash_buffers(buffers)
    rich = np.flatnonzero((quality >= RICH) & (likeness(hashes[:, 0]) < PART)).tolist()
    return tuple(dict.fromkeys(Pdq(hashes[row, 0].tobytes().hex(), int(quality[row])) for row in rich))
