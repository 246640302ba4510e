"""Which files answer to each other: equal to asking each pair, and never two different photographs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from disrupt.fingerprint import image_luma
from disrupt.hotline.processing import sketching
from disrupt.hotline.processing.alike import Waiting
from disrupt.hotline.processing.sketching import CUT, IMAGE, VIDEO, Sketch


def sketch(own: np.ndarray, views: np.ndarray, radius: int = 40, code: int = 0, sha: str = "00") -> Sketch:
    size = len(views)
    return Sketch(
        sha * 32, IMAGE, 9, 9, own, views, np.full(size, radius, np.uint8), np.full(size, code, np.uint8)
    )


def flipped(row: np.ndarray, bits: int) -> np.ndarray:
    found = row.copy()
    for bit in range(bits):
        found[bit // 8] ^= 1 << bit % 8
    return found


@pytest.mark.parametrize(("bits", "found"), [(0, True), (40, True), (41, False)])
@pytest.mark.parametrize("direction", ["views of the new", "views of the old"])
def test_found_within_the_views_own_radius_from_either_side(bits: int, found: bool, direction: str) -> None:
    rng = np.random.default_rng(7)
    a, b, view = rng.integers(0, 256, (3, 1, 32), np.uint8)
    none = np.zeros((0, 32), np.uint8)
    near = flipped(view[0], bits)[None]
    old, new = sketch(a, none, sha="aa"), sketch(b, none, sha="bb")
    if direction == "views of the new":
        old, new = sketch(near, none, sha="aa"), sketch(b, view, code=5 + CUT, sha="bb")
    else:
        old, new = sketch(a, view, code=5 + CUT, sha="aa"), sketch(near, none, sha="bb")
    waiting = Waiting()
    waiting.add(1, old)
    waiting.add(2, new)
    answer = waiting.like(new, 2)
    assert [one.number for one in answer] == ([1] if found else [])
    if found:
        assert (answer[0].distance, answer[0].how, answer[0].same) == (bits, "cut, mirrored", False)


def test_many_are_found_as_by_comparing_each() -> None:
    rng = np.random.default_rng(8)
    none = np.zeros((0, 32), np.uint8)
    waiting, kept = Waiting(), []
    centre = rng.integers(0, 256, 32, np.uint8)
    for number in range(1500):
        own = (
            flipped(centre, number % 80)[None] if number % 3 == 0 else rng.integers(0, 256, (1, 32), np.uint8)
        )
        one = sketch(own, own, radius=31, sha=f"{number % 256:02x}")
        kept.append(one)
        waiting.add(number, one)
    new = sketch(centre[None], none, sha="zz".replace("z", "f"))
    got = {one.number for one in waiting.like(new, 9999) if not one.same}
    near = {n for n, one in enumerate(kept) if np.bitwise_count(one.own[0] ^ centre).sum() <= 31}
    assert got == near - {one.number for one in waiting.like(new, 9999) if one.same}
    assert len(near) > 100


def test_a_film_needs_several_stills() -> None:
    rng = np.random.default_rng(9)
    stills = rng.integers(0, 256, (10, 32), np.uint8)
    none = np.zeros((0, 32), np.uint8)

    def film(own: np.ndarray, sha: str) -> Sketch:
        return Sketch(sha * 32, VIDEO, 9, 9, own, none, none[:, 0], none[:, 0])

    waiting = Waiting()
    waiting.add(1, film(stills, "aa"))
    waiting.add(2, film(np.concatenate([stills[:2], rng.integers(0, 256, (8, 32), np.uint8)]), "bb"))
    found = waiting.like(film(stills[2:8], "cc"), 3)
    assert [(one.number, one.stills) for one in found] == [(1, 6)]


def test_a_sketch_survives_being_written() -> None:
    rng = np.random.default_rng(10)
    one = Sketch(
        "ab" * 32, IMAGE, 640, 480, *rng.integers(0, 256, (2, 3, 32), np.uint8),
        *rng.integers(0, 50, (2, 3), np.uint8), b"stamp",
    )  # fmt: skip
    again = Sketch.from_bytes(one.to_bytes())
    assert (again.sha256, again.kind, again.width, again.height, again.stamp) == (
        one.sha256, one.kind, one.width, one.height, one.stamp,
    )  # fmt: skip
    for name in ("own", "views", "radius", "code"):
        assert np.array_equal(getattr(again, name), getattr(one, name)), name


@pytest.mark.slow
def test_no_two_photographs_are_taken_for_copies(reference: Path) -> None:
    waiting, wrong = Waiting(), []
    paths = sorted((reference / "photos").glob("*.jpg"))
    assert len(paths) > 100
    for number, path in enumerate(paths):
        made = sketching.of_picture(image_luma(path, trusted=True))
        wrong += [(path.name, paths[one.number].name, one) for one in waiting.like(made, number)]
        waiting.add(number, made)
    assert wrong == []
