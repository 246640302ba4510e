"""Derived entries: how many, of what, and what they make findable."""

from __future__ import annotations

import numpy as np
from tests.matching.pictures import photo

from disrupt.matching.derived import BOXES, MOST, derived_entries
from disrupt.matching.views import views_of


def test_they_are_few_and_standard() -> None:
    found = derived_entries(photo(1))
    assert found.shape == (MOST, 32)
    assert found.dtype == np.uint8
    assert len(BOXES) == MOST
    assert len(np.unique(found, axis=0)) == MOST


def test_a_deep_crop_is_found_through_them() -> None:
    original = photo(2, 800, 600)
    crop = np.ascontiguousarray(original[150:450, 200:600])
    views = views_of(crop, "thorough")
    distances = np.bitwise_count(views.hash[:, None] ^ derived_entries(original)[None]).sum(-1)
    assert (distances.min(1) <= views.radius).any()
    others = np.concatenate([derived_entries(photo(seed, 800, 600)) for seed in range(30, 36)])
    assert not (np.bitwise_count(views.hash[:, None] ^ others[None]).sum(-1).min(1) <= views.radius).any()


def test_a_flat_picture_or_part_has_none() -> None:
    assert derived_entries(np.full((200, 300), 20, np.uint8)).shape == (0, 32)
    half = photo(3)
    half[:, 320:] = 128
    assert 0 < len(derived_entries(half)) <= MOST
