"""Covers of one tone are found and filled in; a photograph is left as it is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests.matching.guessing.test_bands import whole
from tests.matching.pictures import U8, distance, photo

from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.matching.guessing import covers, warps
from disrupt.matching.views import views_of


def disc(pixels: U8, x: int, y: int, r: int, tone: int) -> U8:
    out = pixels.copy()
    v, u = np.mgrid[: out.shape[0], : out.shape[1]]
    out[(v - y) ** 2 + (u - x) ** 2 < r * r] = tone
    return out


def corner(pixels: U8) -> U8:
    out = pixels.copy()
    v, u = np.mgrid[: out.shape[0], : out.shape[1]]
    out[u / out.shape[1] + v / out.shape[0] > 1.5] = 255
    return out


def discs(pixels: U8) -> U8:
    return disc(disc(pixels, 200, 180, 100, 255), 450, 330, 80, 0)


@pytest.mark.parametrize(("cover", "seed"), [(discs, 2), (discs, 3), (discs, 4), (corner, 1), (corner, 4)])
def test_a_filled_picture_is_nearer_to_what_was_covered(cover: Callable[[U8], U8], seed: int) -> None:
    original = photo(seed)
    upload = cover(original)
    filled = covers.uncovered(warps.working_picture(upload))
    assert filled is not None
    assert filled.shape == (covers.SIDE, covers.SIDE)
    own = pdq_from_array(original)
    assert distance(whole(filled), own.bits) <= distance(pdq_from_array(upload), own) - 10


def test_what_a_cover_surrounds_goes_with_it() -> None:
    face = disc(disc(photo(7), 300, 240, 120, 240), 300, 240, 20, 10)
    filled = covers.uncovered(warps.working_picture(face))
    assert filled is not None
    middle = filled[60:68, 56:64]
    assert middle.min() > 20


def test_a_photograph_has_no_covers() -> None:
    plain = np.asarray(photo(9))[:, :, 1].copy()
    plain = (plain * 0.5 + 60).astype(np.uint8)
    rng = np.random.default_rng(3)
    noisy = np.clip(plain + rng.normal(0, 30, plain.shape), 0, 255).astype(np.uint8)
    smooth = np.asarray(np.linspace(20, 230, 256)[None].repeat(256, 0), np.float32)
    assert covers.uncovered(warps.working_picture(noisy)) is None
    assert covers.uncovered(smooth) is None


def test_the_views_say_what_was_filled() -> None:
    assert "covers filled" in views_of(corner(photo(5)), "fast").name
