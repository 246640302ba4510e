"""JPEG XL: hashed as it is shown, its size known before anything is decoded."""

from __future__ import annotations

from typing import Any

import imagecodecs
import numpy as np
import pytest
from tests.fingerprint.media import U8, distance, encode, scene, with_orientation

from disrupt.fingerprint import fingerprint_file, fingerprint_image
from disrupt.fingerprint.decode import decode_image
from disrupt.fingerprint.errors import MediaTooLarge, UnreadableMedia
from disrupt.fingerprint.kinds import jxl
from disrupt.fingerprint.limits import DEFAULT, Limits

PIXELS = scene(96, 128)


def written(pixels: U8, **options: Any) -> bytes:
    return bytes(imagecodecs.jpegxl_encode(pixels, numthreads=1, **options))


@pytest.mark.parametrize(
    "size", [(8, 8), (40, 50), (7, 300), (256, 256), (300, 451), (1080, 1920), (512, 1024)]
)
@pytest.mark.parametrize("boxes", [False, True])
def test_the_size_is_read_before_anything_is_decoded(size: tuple[int, int], boxes: bool) -> None:
    content = written(np.zeros((*size, 3), np.uint8), usecontainer=boxes)
    assert jxl.header(content[:200]) == (size[1], size[0], False)
    with pytest.raises(MediaTooLarge, match="pixels"):
        decode_image(content[:200], Limits(pixels=50, colour_pixels=50))


def test_it_has_the_hash_of_the_picture() -> None:
    assert (
        fingerprint_image(written(PIXELS, lossless=True)).pdq == fingerprint_image(encode(PIXELS, "PNG")).pdq
    )
    assert (
        distance(fingerprint_image(written(PIXELS)).pdq.hex, fingerprint_image(encode(PIXELS, "PNG")).pdq.hex)
        <= 16
    )


def test_what_a_viewer_turns_is_turned() -> None:
    turned = with_orientation(PIXELS, 6)
    content = bytes(imagecodecs.jpegxl_encode_jpeg(turned, numthreads=1))
    found, upright = fingerprint_image(content), fingerprint_image(turned).upright
    assert (found.width, found.height) == (96, 128)
    assert upright is not None
    assert distance(found.pdq.hex, upright.hex) <= 10


@pytest.mark.parametrize(("kind", "least"), [(np.uint16, 257), (np.float32, 1 / 255)])
def test_deep_samples_are_brought_to_eight_bits(kind: Any, least: float) -> None:
    content = written((PIXELS * kind(least)).astype(kind), lossless=True)
    pixels = decode_image(content, DEFAULT).pixels
    assert int(np.abs(pixels.astype(int) - PIXELS).max()) <= 1


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_grey_and_transparency(channels: int) -> None:
    stored = np.dstack([PIXELS] * 2)[:, :, :channels]
    picture = decode_image(written(stored[:, :, 0] if channels == 1 else stored, lossless=True), DEFAULT)
    assert (picture.alpha is not None) == (channels != 1)
    colours = stored[:, :, :3] if channels == 4 else stored[:, :, 0]
    assert (picture.pixels == colours).all()


def test_every_frame_that_moves_is_hashed() -> None:
    frames = np.stack([scene(96, 128, seed) for seed in range(3)])
    found = fingerprint_file(written(frames, lossless=True))
    assert found.kind == "image"
    hashes = {found.pdq.hex, *(form.pdq.hex for form in found.shown)}
    for frame in frames:
        alone = fingerprint_image(encode(frame, "PNG")).pdq.hex
        assert min(distance(alone, one) for one in hashes) == 0


@pytest.mark.parametrize("part", [0, 1, 5, 40, 500])
def test_what_is_cut_short_is_said(part: int) -> None:
    content = written(PIXELS)
    with pytest.raises(UnreadableMedia, match="damaged or cut short"):
        fingerprint_image(content[: 12 + part] if part else b"\xff\x0a")


def test_hostile_boxes_end() -> None:
    boxes = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
    for more in (
        b"",
        b"\x00\x00\x00\x00jxlc",
        b"\x00\x00\x00\x01free" + bytes(8),
        b"\x00\x00\x00\x02free",
        b"\xff" * 40,
    ):
        with pytest.raises(SyntaxError):
            jxl.header(boxes + more)
