"""A colour profile is obeyed by viewers, so what it makes of a picture is hashed beside what is stored."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.fingerprint.media import distance, encode
from tests.fingerprint.test_as_shown import PIXELS, TRUE

from disrupt.fingerprint import fingerprint_image, image_luma
from disrupt.fingerprint.pdq import pdq_from_array


def profiled(kind: str, swapped: bool = True) -> bytes:
    """A colour profile in which red stands for blue, and blue for red: viewers obey it."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    if swapped:
        for old, new in ((b"rXYZ", b"?XYZ"), (b"bXYZ", b"rXYZ"), (b"?XYZ", b"bXYZ")):
            assert old in profile[:400]
            profile = profile.replace(old, new, 1)
    options = {"quality": 90} if kind == "JPEG" else {}
    return encode(Image.fromarray(PIXELS), kind, icc_profile=profile, **options)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_profile_that_makes_another_picture_is_obeyed(kind: str) -> None:
    content = profiled(kind)
    found = fingerprint_image(content)
    (shown,) = found.shown
    assert shown.form == "in its colours"
    assert distance(shown.pdq.hex, pdq_from_array(np.ascontiguousarray(PIXELS[:, :, ::-1])).hex) <= 31
    assert distance(found.pdq.hex, TRUE.hex) <= 31, "as stored it is what other programs hash"
    assert [name for name, _ in image_luma(content).forms] == ["in its colours"]


def test_a_profile_that_changes_nothing_is_no_further_form() -> None:
    assert fingerprint_image(profiled("JPEG", swapped=False)).shown == ()
    assert image_luma(profiled("PNG", swapped=False)).forms == ()
    assert fingerprint_image(encode(Image.fromarray(PIXELS), "PNG", icc_profile=b"none")).shown == ()
