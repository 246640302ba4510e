"""How ways of recognising are compared: a limit without false pairs, and the average precision."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.peers.page import limit_of, precision, truths
from benchmarks.peers.ways import Upload


def test_photographs_that_are_in_a_collage_are_no_strangers() -> None:
    uploads = [Upload(Path("a"), 1, "turned 90"), Upload(Path("b"), 19, "collage 2x2")]
    own, unlike = truths(uploads, 20)
    assert np.argwhere(own).tolist() == [[0, 1], [1, 19]]
    assert np.flatnonzero(~unlike[0]).tolist() == [1]
    assert np.flatnonzero(~unlike[1]).tolist() == [*range(8), 19]


def test_the_limit_lets_that_part_of_unlike_pairs_pass() -> None:
    alike = np.arange(1000, dtype=np.float32)[None]
    unlike = np.ones((1, 1000), np.bool_)
    assert limit_of(alike, unlike, 1e-5) == 999
    assert int((alike > limit_of(alike, unlike, 0.01)).sum()) == 10


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([[-1, -5, -9], [-9, -2, -8]], 1.0),  # both own pairs first
        ([[-3, -1, -9], [-9, -2, -8]], (1 / 2 + 2 / 3) / 2),  # a stranger before them
        ([[-3, -3, -9], [-9, -3, -8]], (1 / 2 + 2 / 3) / 2),  # as alike: the stranger comes first
        ([[-256, -256, -256], [-256, -2, -256]], 1 / 2),  # what is not reported is not found
    ],
)
def test_average_precision(scores: list[list[float]], expected: float) -> None:
    own = np.array([[True, False, False], [False, True, False]])
    assert precision(np.array(scores, np.float32), own, ~own) == pytest.approx(expected)
