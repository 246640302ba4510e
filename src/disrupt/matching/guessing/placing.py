"""Where exactly a banked picture lies in an upload: a view that comes near it is moved until it fits.

A guess at a crop is some hundredths off, which costs tens of bits; the entry that it comes near says which
way to go. Of the right entry the distance falls to a few dozen bits; of another picture it hardly changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint import pdq
from disrupt.fingerprint._hashing._many import SIGNS, TRANSPOSED, formed
from disrupt.matching.guessing import quads, warps
from disrupt.matching.guessing.plans import WHOLE, Box, Guess

U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]

_STEPS = (0.05, 0.025, 0.0125)
"""How far a side is moved at a time, in units of the view's."""
_MOST_MOVES = 3
"""Moves of one step's length."""
_UNIT = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


@dataclass(frozen=True)
class Taken:
    """What V // 8 views of an upload were taken of: the working picture, and the guess behind each of them.

    coefficients  (V // 8, 16, 16) float32, their transforms
    most          how many candidates are worth placing
    ways          (V // 8,) int64: in how many ways to look for them (see `_likely`)
    """

    working: warps.Luma
    plan: tuple[Guess, ...]
    coefficients: NDArray[np.float32]
    most: int
    ways: NDArray[np.int64]


@dataclass(frozen=True)
class Placed:
    """The least distance that was found, and the upright rectangle, in units of the upload's sides.

    `weight`: the part of the view's strength, 0 to 1, that is in bits which the entry has otherwise. A bit
    is as strong as its coefficient is far from the median. Of a copy weak bits turn over, of another any.
    """

    distance: int
    box: Box
    weight: float


def placed(taken: Taken, view: int, orientation: int, entry: U8) -> Placed:
    """Move view number `view`, hashed in that orientation of `pdq.DIHEDRAL`, to where it is next to `entry`.

    `entry`: a hash, uint8 (32,).
    """
    guess = taken.plan[view]
    if guess.warp is not None:
        return _leaning(warps.pyramid(taken.working), guess.warp, orientation, entry)
    wanted = ~entry if guess.negative else entry
    picture = taken.working if guess.picture is None else guess.picture
    return _upright(picture, np.array(guess.box or WHOLE), orientation, wanted)


def box_of(warp: F64) -> Box:
    """The upright rectangle around what a map shows."""
    corners = warp @ np.array([[0, 1, 1, 0], [0, 0, 1, 1], [1, 1, 1, 1]], np.float64)
    x, y = corners[:2] / corners[2]
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _apart(buffers: NDArray[np.float32], orientation: int, entry: U8) -> NDArray[np.int64]:
    hashes = pdq.hash_form(buffers, orientation)
    bits: NDArray[np.int64] = np.bitwise_count(hashes ^ entry).sum(1, dtype=np.int64)
    return bits


def _weight(buffer: NDArray[np.float32], orientation: int, entry: U8) -> float:
    values = np.empty(256, np.float32)
    rows, columns = SIGNS[orientation].tolist()
    formed(pdq.dct16(buffer), rows, columns, bool(TRANSPOSED[orientation]), values)
    strength = values - np.partition(values, 127)[127]
    otherwise = np.unpackbits(entry)[::-1].astype(np.bool_) != (strength > 0)
    whole = float(np.abs(strength).sum())
    return float(np.abs(strength[otherwise]).sum()) / whole if whole else 1.0


@cache
def _moves_of_sides() -> F64:
    """Each side in or out, both of a pair the same way, all of them in or out."""
    sides = np.eye(4)
    across, along, wider = sides[0] + sides[2], sides[1] + sides[3], np.array([-1.0, -1.0, 1.0, 1.0])
    moves = np.array([*sides, across, along, wider])
    return np.concatenate([moves, -moves])


@cache
def _moves_of_corners() -> F64:
    """Each corner by itself, all of them together, a turn, a zoom: (moves, 4, 2)."""
    alone = np.eye(8).reshape(8, 4, 2)
    out = _UNIT - 0.5
    turn = np.stack([-out[:, 1], out[:, 0]], 1)
    together = [np.ones((4, 1)) * np.array(way) for way in ((1.0, 0.0), (0.0, 1.0))]
    stretched = [out * np.array(way) for way in ((2.0, 2.0), (2.0, 0.0), (0.0, 2.0))]
    moves = np.array([*alone, *together, *stretched, 2 * turn])
    return np.concatenate([moves, -moves])


def _upright(picture: warps.Luma, box: F64, orientation: int, entry: U8) -> Placed:
    buffers = np.empty((1, 64, 64), np.float32)
    warps.sample_boxes(picture, box[None], buffers)
    best, there = int(_apart(buffers, orientation, entry)[0]), buffers[0]
    moves = _moves_of_sides()
    buffers = np.empty((len(moves), 64, 64), np.float32)
    size = np.array([box[2] - box[0], box[3] - box[1]] * 2)
    for step in _STEPS:
        for _ in range(_MOST_MOVES):
            tried = box + step * moves * size
            warps.sample_boxes(picture, tried, buffers)
            apart = _apart(buffers, orientation, entry)
            if apart.min() >= best:
                break
            nearest = int(apart.argmin())
            best, box, there = int(apart[nearest]), tried[nearest], buffers[nearest].copy()
    left, top, right, bottom = box.tolist()
    return Placed(best, (left, top, right, bottom), _weight(there, orientation, entry))


def _leaning(stack: warps.Luma, warp: F64, orientation: int, entry: U8) -> Placed:
    buffers = np.empty((1, 64, 64), np.float32)
    warps.sample(stack, warp[None], buffers)
    best, corners, there = int(_apart(buffers, orientation, entry)[0]), _UNIT, buffers[0]
    moves = _moves_of_corners()
    buffers = np.empty((len(moves), 64, 64), np.float32)
    for step in _STEPS:
        for _ in range(_MOST_MOVES):
            tried = corners + step * moves
            warps.sample(stack, np.array([warp @ quads.square_to_quad(one) for one in tried]), buffers)
            apart = _apart(buffers, orientation, entry)
            if apart.min() >= best:
                break
            nearest = int(apart.argmin())
            best, corners, there = int(apart[nearest]), tried[nearest], buffers[nearest].copy()
    box = box_of(warp @ quads.square_to_quad(corners))
    return Placed(best, box, _weight(there, orientation, entry))
