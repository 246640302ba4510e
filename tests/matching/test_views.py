"""What the views undo, how many they are, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest
from benchmarks.edits import centred, collage, desktop, pad, phone_screenshot, turned
from PIL import Image, ImageFilter, ImageOps
from tests.matching.pictures import U8, distance, photo

from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.matching.guessing.plans import (
    BUDGET,
    NARROW_RADIUS,
    POOR_RADIUS,
    RADIUS,
    Level,
    grid,
    shaped_grid,
)
from disrupt.matching.views import AS_IT_IS, MIN_QUALITY, NEVER, ORIENTATIONS, BadPicture, Views, views_of

Edit = Callable[[Image.Image], Image.Image]


def best(views: Views, original: U8) -> tuple[int, str]:
    """The closest view that may match, and its name."""
    distances = np.bitwise_count(views.hash ^ pdq_from_array(original).bits).sum(1).astype(int)
    distances[distances > views.radius] = 999
    row = int(distances.argmin())
    return int(distances[row]), views.name[row]


def edited(original: U8, edit: Edit) -> U8:
    return np.asarray(edit(Image.fromarray(original)).convert("RGB"))


@pytest.mark.parametrize("level", get_args(Level))
def test_a_level_keeps_its_budget_and_its_shapes(level: Level) -> None:
    views = views_of(edited(photo(1), lambda i: pad(i, 0.1, 0.2)), level)
    count = len(views)
    assert count <= 8 * BUDGET[level]
    assert count >= 8 * BUDGET[level] // 2
    assert views.hash.shape == (count, 32)
    assert views.hash.dtype == np.uint8
    assert views.radius.shape == views.quality.shape == (count,)
    assert views.box.shape == (count, 4)
    assert len(views.name) == count
    assert set(views.radius.tolist()) <= {
        NEVER,
        31,
        POOR_RADIUS,
        NARROW_RADIUS,
        RADIUS["standard"],
        RADIUS[level],
    }
    assert views.quality.min() >= MIN_QUALITY


def test_all_views_together_fit_the_thorough_budget() -> None:
    assert len(grid()) + len(shaped_grid()) <= BUDGET["thorough"] - 90


@pytest.mark.parametrize("grey", [False, True])
def test_row_0_is_the_standard_pdq(grey: bool) -> None:
    pixels = photo(2, 701, 333)
    pixels = pixels[:, :, 1].copy() if grey else pixels
    views = views_of(pixels, "fast")
    own = pdq_from_array(pixels)
    assert views.hash[0].tobytes().hex() == own.hex
    assert views.quality[0] == own.quality
    assert views.name[0] == AS_IT_IS
    assert views.box[0].tolist() == [0, 0, 701, 333]


@pytest.mark.parametrize(
    ("turn", "name"),
    [
        (lambda a: np.rot90(a, 1), "turned 270"),
        (lambda a: np.rot90(a, 2), "turned 180"),
        (lambda a: np.rot90(a, 3), "turned 90"),
        (np.fliplr, "mirrored"),
        (np.flipud, "upside down"),
        (lambda a: a.transpose(1, 0, 2), "mirrored, turned 90"),
        (lambda a: np.rot90(a, 2).transpose(1, 0, 2), "mirrored, turned 270"),
    ],
)
def test_mirrorings_and_quarter_turns_are_undone(turn: Callable[[U8], U8], name: str) -> None:
    original = photo(3)
    found, view = best(views_of(np.ascontiguousarray(turn(original)), "fast"), original)
    assert found <= 16
    assert view == name


def gradient_frame(picture: Image.Image) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((picture.width + 200, picture.height + 160))
    out = ImageOps.colorize(ramp, (200, 30, 90), (20, 60, 220))
    out.paste(picture, (100, 80))
    return out


def blurred_sides(picture: Image.Image) -> Image.Image:
    out = picture.resize((picture.width * 2, picture.height)).filter(ImageFilter.GaussianBlur(25))
    out.paste(picture, (picture.width // 2, 0))
    return out


@pytest.mark.parametrize(
    "edit",
    [
        lambda i: pad(i, 0.1, 0.1, (0, 0, 0)),
        lambda i: pad(i, 0.25, 0.0, (255, 255, 255)),
        lambda i: pad(i, 0.0, 0.4, (255, 0, 200)),
        lambda i: pad(ImageOps.mirror(i), 0.07, 0.2, (30, 200, 90)),
        gradient_frame,
        blurred_sides,
        phone_screenshot,
        desktop,
        lambda i: centred(i, 0.95),
        lambda i: turned(i, 3),
        lambda i: i.rotate(8, Image.Resampling.BICUBIC, expand=True, fillcolor=(255, 255, 255)),
    ],
    ids=[
        "black",
        "white",
        "pink",
        "green",
        "gradient",
        "blurred",
        "phone",
        "desktop",
        "crop",
        "turned",
        "tilted",
    ],
)
def test_what_uploaders_do_is_undone(edit: Edit) -> None:
    original = photo(4)
    found, view = best(views_of(edited(original, edit), "fast"), original)
    assert found <= RADIUS["fast"], view


@pytest.mark.parametrize(
    "edit",
    [
        lambda i: centred(i, 0.85),
        lambda i: i.crop((0, i.height // 5, i.width, i.height)),
        lambda i: turned(i, -5.5),
        lambda i: collage(i, [Image.fromarray(photo(s)) for s in (21, 22, 23)], 2, 2, place=2),
        lambda i: collage(i, [Image.fromarray(photo(s)) for s in range(21, 29)], 3, 3, place=4),
    ],
    ids=["crop", "top-cut", "turned", "four", "nine"],
)
def test_the_standard_level_undoes_more(edit: Edit) -> None:
    original = photo(5)
    assert best(views_of(edited(original, edit), "standard"), original)[0] <= RADIUS["standard"]


@pytest.mark.parametrize("level", get_args(Level))
def test_another_picture_is_not_found(level: Level) -> None:
    views = views_of(edited(photo(6), lambda i: pad(i, 0.1, 0.1)), level)
    for seed in range(40, 52):
        assert best(views, photo(seed))[0] == 999


def test_a_flat_picture_never_matches() -> None:
    views = views_of(np.full((300, 400, 3), 90, np.uint8), "standard")
    assert set(views.radius[:8].tolist()) == {NEVER}
    assert all(radius == NEVER for radius in views.radius.tolist())


def test_a_picture_in_a_flat_upload_is_still_found() -> None:
    original = photo(7)
    upload = np.full((2400, 3200, 3), 255, np.uint8)
    upload[900:1380, 1200:1840] = original
    views = views_of(upload, "fast")
    found, view = best(views, original)
    assert found <= RADIUS["fast"]
    assert view.startswith("region")
    box = views.box[views.name.index(view)]
    assert np.abs(box - [1200, 900, 1840, 1380]).max() < 30


@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (5, 5), (63, 40), (1, 10000), (10000, 1), (7, 3000, 3)])
def test_odd_sizes_are_hashed_or_never_matched(shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    for level in get_args(Level)[:2]:
        views = views_of(pixels, level)
        assert views.hash[0].tobytes().hex() == pdq_from_array(pixels).hex
        if min(shape[:2]) < 5:
            assert views.radius[0] == NEVER


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((8, 8), np.float32),
        np.zeros((8, 8, 4), np.uint8),
        np.zeros((0, 8), np.uint8),
        np.zeros(8, np.uint8),
    ],
)
def test_what_is_no_picture_is_refused(pixels: U8) -> None:
    with pytest.raises(BadPicture):
        views_of(pixels)


def test_names_say_what_was_undone() -> None:
    views = views_of(edited(photo(8), lambda i: pad(i, 0.2, 0.2)), "fast")
    assert views.name[: len(ORIENTATIONS)] == (AS_IT_IS, *ORIENTATIONS[1:])
    assert "region 1" in views.name
    assert "region 1, mirrored" in views.name


def test_the_hash_of_the_original_may_be_given_with_a_reduced_copy() -> None:
    original = photo(9, 1600, 1200)
    small = np.asarray(Image.fromarray(original).convert("L").resize((400, 300), Image.Resampling.BOX))
    own = pdq_from_array(original)
    views = views_of(small, "fast", whole=own, size=(1600, 1200))
    assert distance(views.hash[0], own) == 0
    assert views.box[0].tolist() == [0, 0, 1600, 1200]


def test_the_same_upload_has_the_same_views() -> None:
    first = views_of(photo(31), "standard")
    views_of(photo(32), "standard")  # leaves its hashes in memory that is used again
    again = views_of(photo(31), "standard")
    assert (again.hash == first.hash).all()
    unmade = first.hash[(first.radius == NEVER) & (first.quality >= MIN_QUALITY)]
    assert len(unmade)
    assert not unmade.any()


@pytest.mark.parametrize("level", ["fast", "standard"])
def test_a_negative_is_found_whichever_way_it_is_turned(level: Level) -> None:
    picture = photo(31)
    entry = pdq_from_array(picture).bits
    for upload in (255 - picture, np.fliplr(255 - picture), np.rot90(255 - picture)):
        views = views_of(np.ascontiguousarray(upload), level)
        apart = np.where(views.radius == NEVER, 256, np.bitwise_count(views.hash ^ entry).sum(1))
        assert "negative" in views.name[int(apart.argmin())]
        assert apart.min() <= 10


def test_the_gate_is_the_upload_alone_mirrored_and_turned() -> None:
    pixels = photo(3)
    gate, fast = views_of(pixels, "gate"), views_of(pixels, "fast")
    assert len(gate) == 8
    assert gate.name == fast.name[:8]
    assert (gate.hash == fast.hash[:8]).all()
    assert set(gate.radius.tolist()) == {31}
    flat = views_of(np.full((200, 300), 99, np.uint8), "gate")
    assert set(flat.radius.tolist()) == {NEVER}


def test_only_the_whole_upload_is_looked_for_widely_in_every_turn() -> None:
    views = views_of(photo(3), "standard")
    wide = views.radius.reshape(-1, 8) > 31
    assert wide[0].all()
    straight = [ORIENTATIONS.index(""), ORIENTATIONS.index("mirrored")]
    assert wide[1:, straight].all()
    assert not np.delete(wide[1:], straight, axis=1).any()


def test_bars_that_were_banked_are_found_again_among_others() -> None:
    """A wide film with its bars, as it was banked; and what it shows, on an upright screen in black."""
    wide = photo(31, 640, 272)
    banked = np.zeros((360, 640, 3), np.uint8)
    banked[44:316] = wide
    screen = np.zeros((1138, 640, 3), np.uint8)
    screen[433:705] = wide
    found, view = best(views_of(screen, "standard"), banked)
    assert found <= 31
    assert "with bars" in view


def test_a_cell_of_a_collage_counts_where_it_fits_well() -> None:
    pictures = [Image.fromarray(photo(s)) for s in range(21, 29)]
    views = views_of(np.asarray(collage(Image.fromarray(photo(4)), pictures, 3, 3, place=4)), "standard")
    cells = [row for row, name in enumerate(views.name) if name in ("cell", "cell, mirrored")]
    assert len(cells) >= 16
    assert int(views.radius[cells].max()) == NARROW_RADIUS < RADIUS["standard"]
