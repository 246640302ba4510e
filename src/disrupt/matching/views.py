"""The views of an upload: what it may have been before it was mirrored, framed, cropped, turned or pasted.

Bank entries are standard PDQ; the effort of undoing an edit is the matcher's (see DESIGN, robustness is in
the query). A view is one rectangle or warp of the upload; all eight mirrorings and quarter turns of it come
from one transform, so that V is at most eight times the level's number of views.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint import pdq
from disrupt.fingerprint.types import Pdq
from disrupt.matching.errors import MatchingError
from disrupt.matching.guessing import warps
from disrupt.matching.guessing.placing import Taken, box_of
from disrupt.matching.guessing.plans import (
    BUDGET,
    CANDIDATES,
    NARROW_RADIUS,
    POOR_RADIUS,
    RADIUS,
    RICH,
    WAYS,
    WHOLE,
    Box,
    Guess,
    Level,
    guesses,
)
from disrupt.matching.index import RADIUS as ACT

MIN_QUALITY = 50
"""Below it a picture has too few features: its hash says nothing, and neither do its views'."""

AS_IT_IS = "as it is"
"""The name of row 0."""

NEVER = -1
"""The radius of a view that must not be matched."""

ORIENTATIONS = (
    "",
    "turned 90",
    "turned 180",
    "turned 270",
    "upside down",
    "mirrored",
    "mirrored, turned 90",
    "mirrored, turned 270",
)
"""What each of the eight hashes undoes, in the order of `disrupt.fingerprint.pdq.DIHEDRAL`."""

_TURNED = np.array([name not in ("", "mirrored") for name in ORIENTATIONS])
"""The orientations in which only the whole upload is looked for further than ACT.

Who turns a picture seldom crops or frames it as well, and a wide look-up costs thirty times a narrow one: the
benchmark's edits lose nothing by it (docs/robustness.md).
"""


class BadPicture(MatchingError, ValueError):
    """An array that is not a picture."""


@dataclass(frozen=True)
class Views:
    """V hashed views of one upload; row 0 is the upload as it is, its hash the standard PDQ.

    hash     (V, 32) uint8; zeros where the radius is NEVER because nobody turns what was edited in that way
    radius   (V,) int16, the largest distance to an entry that counts as found; NEVER where quality forbids
    quality  (V,) uint8, PDQ's own
    name     V strings: what was undone, AS_IT_IS for row 0
    box      (V, 4) float32: left, top, right, bottom in pixels of the upload (beyond it where a view was
             extended; of a leaning view, the upright rectangle around it)
    taken    what they were taken of, to place what comes near; a small grey picture of the upload is in it
    """

    hash: NDArray[np.uint8]
    radius: NDArray[np.int16]
    quality: NDArray[np.uint8]
    name: tuple[str, ...]
    box: NDArray[np.float32]
    taken: Taken | None = None

    def __len__(self) -> int:
        return len(self.name)


def checked(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pixels, contiguous; raises BadPicture."""
    if pixels.dtype != np.uint8 or not (pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == 3)):
        raise BadPicture(f"a picture is uint8 (H, W) or (H, W, 3), not {pixels.dtype} {pixels.shape}")
    if min(pixels.shape[:2]) < 1:
        raise BadPicture("the picture has no pixels")
    return np.ascontiguousarray(pixels)


def _buffers(working: warps.Luma, plan: list[Guess]) -> warps.Luma:
    """The 64x64 buffers of every guess, in order."""
    out = np.empty((len(plan), 64, 64), np.float32)
    upright = [row for row, guess in enumerate(plan) if guess.box is not None and guess.picture is None]
    leaning = [row for row, guess in enumerate(plan) if guess.warp is not None]
    if upright:
        some = np.empty((len(upright), 64, 64), np.float32)
        warps.sample_boxes(working, np.array([plan[row].box for row in upright], np.float64), some)
        out[upright] = some
    if leaning:
        some = np.empty((len(leaning), 64, 64), np.float32)
        maps = np.array([plan[row].warp for row in leaning], np.float64)
        warps.sample(warps.pyramid(working), maps, some)
        out[leaning] = some
    for row, guess in enumerate(plan):
        if guess.picture is not None:
            warps.sample_boxes(guess.picture, np.array([guess.box or WHOLE]), out[row : row + 1])
    return out


def _box(guess: Guess) -> Box:
    return box_of(guess.warp) if guess.warp is not None else guess.box or WHOLE


def views_of(
    pixels: NDArray[np.uint8],
    level: Level = "standard",
    *,
    whole: Pdq | None = None,
    size: tuple[int, int] | None = None,
) -> Views:
    """Hash an upload, uint8 (H, W) or (H, W, 3), as all that it may have been.

    `level` bounds the effort: gate the upload alone, fast 16 views, standard 240, thorough 1500, each in
    eight orientations. Views
    whose quality is under MIN_QUALITY are left out, but for the upload itself: then row 0 has radius NEVER.
    Where the pixels are a reduced copy, `whole` is the PDQ of the original (row 0) and `size` its width and
    height, in whose pixels boxes are then given.
    Raises BadPicture for another shape or type.
    """
    pixels = checked(pixels)
    width, height = size or pixels.shape[1::-1]
    eight = pdq.pdq_dihedral_from_array(pixels, exact=whole is None)
    own = whole or eight.identity
    plan, working = [Guess("", WHOLE)], None
    if level == "gate":
        hashes, quality = np.empty((1, 8, 32), np.uint8), np.empty(1, np.uint8)
    else:
        working = warps.stretched(warps.working_picture(pixels))
        faded = [Guess("contrast stretched", WHOLE)] if own.quality < RICH else []
        plan += islice(chain(faded, guesses(working, width / height, level)), BUDGET[level] - 1)
        only = np.array([guess.straight for guess in plan])
        coefficients, hashes, quality = pdq.transform_buffers(_buffers(working, plan), only)
    hashes[0] = [one.bits for one in eight]
    hashes[0, 0] = own.bits
    quality[0] = own.quality
    for row, guess in enumerate(plan):
        if guess.negative:
            hashes[row], quality[row] = ~hashes[0], quality[0]
    kept = np.flatnonzero((quality >= MIN_QUALITY) | (np.arange(len(plan)) == 0))
    scale = np.array([width, height, width, height], np.float32)
    boxes = np.array([_box(plan[row]) for row in kept], np.float32) * scale
    shallow: Level = level if level in ("gate", "fast") else "standard"
    radius = np.array([RADIUS["thorough" if plan[row].deep else shallow] for row in kept], np.int16)
    radius[[plan[row].narrow for row in kept]] = NARROW_RADIUS
    radius[quality[kept] < RICH] = min(POOR_RADIUS, RADIUS[shallow])
    radius[quality[kept] < MIN_QUALITY] = NEVER
    names = tuple(chain.from_iterable(_names(plan[row].name) for row in kept))
    radii = np.repeat(radius[:, None], 8, axis=1)
    radii[1:, _TURNED] = np.minimum(radii[1:, _TURNED], ACT)
    straight = np.array([plan[row].straight for row in kept])
    radii[np.ix_(straight, _TURNED)] = NEVER
    eightfold = radii.reshape(-1), np.repeat(quality[kept], 8), names, np.repeat(boxes, 8, 0)
    taken = None
    if working is not None:
        guessed = tuple(plan[row] for row in kept)
        ways = np.array([WAYS["thorough" if guess.deep else shallow] for guess in guessed])
        taken = Taken(working, guessed, coefficients[kept], CANDIDATES[level], ways)
    return Views(hashes[kept].reshape(-1, 32), *eightfold, taken)


@cache
def _names(view: str) -> tuple[str, ...]:
    return tuple(", ".join(part for part in (view, turn) if part) or AS_IT_IS for turn in ORIENTATIONS)
