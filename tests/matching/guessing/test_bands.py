"""Plain bands across a picture are found and filled in; frames and plain pictures are left alone."""

from __future__ import annotations

import numpy as np
import pytest
from tests.matching.pictures import U8, distance, photo

from disrupt.fingerprint.pdq import hash_buffers, pdq_from_array
from disrupt.matching.guessing import bands, warps
from disrupt.matching.views import views_of


def barred(original: U8, lines: list[tuple[float, float]], colour: int = 255) -> U8:
    out = original.copy()
    for top, bottom in lines:
        out[int(top * len(out)) : int(bottom * len(out))] = colour
    return out


def whole(picture: bands.Luma) -> U8:
    buffer = np.empty((1, 64, 64), np.float32)
    warps.sample_boxes(picture, np.array([[0.0, 0.0, 1.0, 1.0]]), buffer)
    hashed: U8 = hash_buffers(buffer)[0][0, 0]
    return hashed


@pytest.mark.parametrize("colour", [0, 255])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bars_across_a_picture_are_filled(seed: int, colour: int) -> None:
    original = photo(seed)
    upload = barred(original, [(0.2, 0.27), (0.5, 0.57), (0.8, 0.87)], colour)
    found, picture = bands.filled(warps.working_picture(upload))
    assert found
    own = pdq_from_array(original)
    assert distance(whole(picture), own.bits) < distance(pdq_from_array(upload), own)
    assert distance(whole(picture), own.bits) <= 50


def test_both_directions_have_a_view() -> None:
    upload = barred(photo(4), [(0.4, 0.5)])
    assert "bands across filled" in views_of(upload).name
    turned = np.ascontiguousarray(upload.transpose(1, 0, 2))
    assert "bands along filled" in views_of(turned).name
    assert not [name for name in views_of(upload, "fast").name if "bands" in name]


@pytest.mark.parametrize(
    "upload",
    [
        photo(5),
        barred(photo(5), [(0, 0.2), (0.8, 1)]),
        barred(photo(5), [(0.05, 0.95)]),
        np.full((300, 300, 3), 90, np.uint8),
    ],
    ids=["plain photograph", "letterbox", "nearly nothing left", "one colour"],
)
def test_where_there_is_nothing_to_fill_there_is_no_view(upload: U8) -> None:
    assert not bands.filled(warps.working_picture(upload))[0]
