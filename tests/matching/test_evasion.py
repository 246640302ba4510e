"""The benchmark of evasion moves hashes as far as it says, and by little."""

from __future__ import annotations

import numpy as np
from benchmarks.evasion import evaded, poisoned, ssim
from tests.matching.pictures import photo

from disrupt.fingerprint import pdq

GREY = photo(1, 320, 240)[..., 1].copy()


def test_a_picture_is_moved_away_from_its_entry() -> None:
    few, many = evaded(GREY, 32), evaded(GREY, 100)
    assert few is not None
    assert many is not None
    own = pdq.pdq_from_array(GREY).bits
    assert int(np.bitwise_count(pdq.pdq_from_array(few.picture).bits ^ own).sum()) == few.distance >= 32
    assert many.distance >= 100
    assert few.psnr > many.psnr > 25
    assert few.ssim > many.ssim


def test_a_picture_is_moved_onto_anothers_entry() -> None:
    other = pdq.pdq_from_array(photo(2, 320, 240)).bits
    made = poisoned(GREY, other)
    assert made is not None
    assert made.distance <= 31
    assert int(np.bitwise_count(pdq.pdq_from_array(made.picture).bits ^ other).sum()) == made.distance


def test_likeness_is_one_of_the_same_and_less_of_others() -> None:
    assert ssim(GREY, GREY) == 1.0
    assert ssim(GREY, photo(3, 320, 240)[..., 1].copy()) < 0.6
