"""Every kind of picture gives its pixels, and whatever is wrong with one is said by type and by sentence."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.fingerprint import media
from tests.fingerprint.media import distance, encode, scene

from disrupt.fingerprint import (
    EmptyFile,
    MediaTooLarge,
    UnreadableMedia,
    UnsupportedMedia,
    fingerprint_file,
    fingerprint_image,
)
from disrupt.fingerprint.decode import decode_image
from disrupt.fingerprint.limits import DEFAULT
from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.fingerprint.sniff import sniff

PIXELS = scene(96, 128)
TRUE = pdq_from_array(PIXELS)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "bmp", "tiff", "avif", "heif"])
def test_each_kind_of_picture(kind: str) -> None:
    content = media.every_picture()[kind]
    assert sniff(content) == kind
    found = fingerprint_image(content, trusted=True)
    assert (found.width, found.height) == (128, 96)
    assert distance(found.pdq.hex, TRUE.hex) <= (0 if kind in ("png", "webp", "bmp", "tiff") else 16)
    assert found == fingerprint_image(content)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_animations_give_each_distinct_frame_and_say_so(kind: str) -> None:
    found = fingerprint_image(media.animation(kind), trusted=True)
    assert found.notes == ("animated, or several pages: 3 distinct of the first 3",)
    assert [one.form for one in found.shown] == ["frame 2", "frame 3"]
    for seed, one in enumerate(found.shown, 1):
        assert distance(one.pdq.hex, pdq_from_array(scene(60, 80, seed)).hex) <= 31
    first = pdq_from_array(scene(60, 80, 0))
    assert distance(found.pdq.hex, first.hex) <= 24  # GIF has 256 colours, WebP here loses some


def test_pages_give_each_and_say_so() -> None:
    pages = [Image.fromarray(scene(60, 80, seed)) for seed in range(2)]
    content = encode(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    found = fingerprint_image(content, trusted=True)
    assert found.notes == ("animated, or several pages: 2 distinct of the first 2",)
    assert [one.pdq for one in found.shown] == [pdq_from_array(scene(60, 80, 1), exact=False)]
    assert found.pdq == pdq_from_array(scene(60, 80, 0))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation(kind: str, orientation: int) -> None:
    content = media.with_orientation(PIXELS, orientation, kind)
    found = fingerprint_image(content, trusted=True)
    stored = Image.open(io.BytesIO(content)).convert("RGB")
    assert (found.width, found.height) == stored.size
    assert distance(found.pdq.hex, pdq_from_array(np.asarray(stored)).hex) <= 4
    if orientation == 1:
        assert found.upright is None
    else:
        upright = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB"))
        assert found.upright is not None
        assert distance(found.upright.hex, pdq_from_array(upright).hex) <= 4


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_a_senseless_orientation_is_none(value: int) -> None:
    assert fingerprint_image(media.with_orientation(PIXELS, value), trusted=True).upright is None


def test_sixteen_bits() -> None:
    grey = scene(96, 128, grey=True)
    content = encode(Image.fromarray(grey.astype(np.uint16) << 8 | 17), "PNG")
    found = fingerprint_image(content, trusted=True)
    assert found.pdq == pdq_from_array(grey)
    assert found.notes == ("16 bits a sample: the upper 8 were used",)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "CMYK"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("PNG", "RGBA"), ("TIFF", "F")],
)
def test_odd_colour_modes_are_what_pillow_makes_of_them(kind: str, mode: str) -> None:
    source = Image.fromarray(PIXELS).convert(mode)
    content = encode(source, kind)
    expected = pdq_from_array(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))
    found = fingerprint_image(content, trusted=True)
    assert distance(found.pdq.hex, expected.hex) <= 2


def test_a_jpeg_of_red_green_blue() -> None:
    content = encode(PIXELS, "JPEG", keep_rgb=True, quality=95)
    found = fingerprint_image(content, trusted=True)
    expected = pdq_from_array(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")))
    assert found.pdq == expected


def test_a_truncated_picture_is_refused() -> None:
    for content in media.every_picture().values():
        with pytest.raises(UnreadableMedia, match=r"damaged or cut short.*send the original"):
            fingerprint_image(content[: len(content) // 20], trusted=True)


def test_empty() -> None:
    with pytest.raises(EmptyFile, match="the file is empty"):
        fingerprint_image(b"", trusted=True)


def test_a_text_is_no_picture_whatever_it_is_called(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "holiday.jpg"
    path.write_text("Dear all,\n" * 100)
    with pytest.raises(UnsupportedMedia, match="whatever its name says"):
        fingerprint_file(path)


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    with pytest.raises(MediaTooLarge, match="send a smaller copy"):
        decode_image(media.png_bomb(), DEFAULT)


@pytest.mark.parametrize("kind", ["jpeg", "png", "heif"])
def test_more_pixels_than_allowed(kind: str) -> None:
    limits = replace(DEFAULT, pixels=1000, colour_pixels=1000)
    with pytest.raises(MediaTooLarge, match="128 x 96 pixels"):
        decode_image(media.every_picture()[kind], limits)


def test_a_video_is_no_picture() -> None:
    with pytest.raises(UnsupportedMedia, match="fingerprint it as a video"):
        fingerprint_image(media.film(), trusted=True)
