"""Crops and covers are found by placing what comes near; other pictures stay far."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.edits import crop
from benchmarks.learn_crops import chosen, whole_of
from PIL import Image
from tests.matching.pictures import U8, bank_of, photo

from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.matching import Bank, lookup
from disrupt.matching.guessing import crops, quads, warps
from disrupt.matching.guessing.placing import Taken, placed
from disrupt.matching.guessing.plans import LIGHT, NARROW_RADIUS, WHOLE, Guess
from disrupt.matching.lookup import find


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    folder = tmp_path_factory.mktemp("placing") / "bank"
    return bank_of(folder, {f"p{seed}": photo(seed) for seed in range(12)})


def part(pixels: U8, left: float, top: float, right: float, bottom: float) -> U8:
    return np.asarray(crop(Image.fromarray(pixels), left, top, right, bottom))


def taken_of(pixels: U8, guess: Guess) -> Taken:
    working = warps.working_picture(pixels)
    return Taken(working, (guess,), np.zeros((1, 16, 16), np.float32), 1, np.ones(1, np.int64))


@pytest.mark.parametrize(
    "left",
    [(0.07, 0.0, 0.99, 0.92), (0.02, 0.13, 0.87, 0.98), (0.0, 0.0, 0.85, 0.9), (0.12, 0.05, 0.95, 0.8)],
)
@pytest.mark.parametrize("seed", [2, 5])
def test_a_crop_off_the_centre_is_found_and_placed(
    bank: Bank, seed: int, left: tuple[float, float, float, float]
) -> None:
    upload = part(photo(seed), *left)
    found = find(upload, bank)
    assert [match.entry for match in found] == [f"p{seed}"]
    match = found.matches[0]
    assert match.box is not None
    height, width = upload.shape[:2]
    ends = np.array(match.box) / [width, height, width, height]
    whole = whole_of((left[0], left[1], 1 - left[2], 1 - left[3]))
    assert np.abs(ends - whole).max() <= 0.09


def test_a_placed_view_says_so_and_is_nearer(bank: Bank) -> None:
    upload = part(photo(3), 0.03, 0.08, 0.95, 0.98)
    (match,) = find(upload, bank)
    assert match.view.endswith("placed")
    assert (
        match.distance < np.bitwise_count(pdq_from_array(upload).bits ^ pdq_from_array(photo(3)).bits).sum()
    )
    assert len(find(upload, bank, radius=match.distance - 1)) == 0


def test_another_picture_comes_no_nearer() -> None:
    upload = photo(40)
    for seed in range(41, 47):
        spot = placed(taken_of(upload, Guess("", WHOLE)), 0, 0, pdq_from_array(photo(seed)).bits)
        assert spot.distance > 70


def test_leaning_corners_are_moved_to_where_they_fit() -> None:
    original = photo(8)
    corners = np.array([[0.1, 0.06], [0.93, 0.12], [0.9, 0.95], [0.05, 0.9]])
    stack = warps.pyramid(warps.working_picture(original))
    shown = np.empty((1, 256, 256), np.float32)
    # What is seen through the inverse of a map is the picture leaning as the map's corners do.
    warps.sample(stack, np.linalg.inv(quads.square_to_quad(corners))[None], shown)
    upload = (shown[0] + 128).clip(0, 255).astype(np.uint8)
    off = quads.square_to_quad(corners + np.array([[0.03, -0.02], [0.02, 0.03], [-0.03, 0.02], [0.02, 0.02]]))
    own = pdq_from_array(original).bits
    spot = placed(taken_of(upload, Guess("straightened", warp=off)), 0, 0, own)
    assert spot.distance <= 31


@pytest.mark.parametrize("colour", [(250, 220, 40), (0, 0, 0)])
def test_a_cover_over_a_picture_is_no_hiding_place(bank: Bank, colour: tuple[int, int, int]) -> None:
    upload = photo(6).copy()
    y, x = np.mgrid[: upload.shape[0], : upload.shape[1]]
    upload[(y - 200) ** 2 + (x - 250) ** 2 < 110**2] = colour
    upload[(y - 350) ** 2 + (x - 520) ** 2 < 80**2] = colour
    found = find(upload, bank)
    assert [match.entry for match in found] == ["p6"]


def test_the_guesses_are_crops_and_few() -> None:
    boxes = crops.crops()
    assert len(boxes) == len(set(boxes)) <= 8 * len(crops.CUTS)
    assert len(crops.CUTS) <= 64
    for left, top, right, bottom in boxes:
        assert left <= 0 <= 1 <= right
        assert top <= 0 <= 1 <= bottom


def test_guesses_are_chosen_by_what_they_add() -> None:
    near, far = 40, 120
    apart = np.array([[near, near, far], [near, near, far], [near, far, far], [far, far, near]])
    assert chosen(apart, 3) == [0, 2]


def test_what_an_edit_turns_over_is_light_and_another_picture_is_heavy() -> None:
    """Of all the strength of its bits, a copy has little of it otherwise; another picture about half."""
    upload = np.asarray(Image.fromarray(photo(3)).resize((90, 70)))
    copy = placed(taken_of(upload, Guess("", WHOLE)), 0, 0, pdq_from_array(photo(3)).bits)
    other = placed(taken_of(upload, Guess("", WHOLE)), 0, 0, pdq_from_array(photo(4)).bits)
    assert copy.weight < 0.02 < LIGHT < 0.2 < other.weight


def test_far_away_a_heavy_difference_does_not_count(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same crop, found beyond 42 bits by its light bits, is not once none may differ."""
    far = [
        part(photo(seed), *corner)
        for seed in range(12)
        for corner in ((0.0, 0.0, 0.8, 0.8), (0.2, 0.1, 1, 0.9))
    ]
    before = [max((m.distance for m in find(upload, bank)), default=0) for upload in far]
    assert max(before) > NARROW_RADIUS
    monkeypatch.setattr(lookup, "LIGHT", 0.0)
    after = [max((m.distance for m in find(upload, bank)), default=0) for upload in far]
    assert max(after) <= NARROW_RADIUS
    assert all(new in (old, 0) for old, new in zip(before, after, strict=True))
