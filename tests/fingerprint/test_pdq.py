"""PDQ equals the reference on every size and kind of array, and its parts equal a slow description of it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.fingerprint import slow_pdq
from tests.fingerprint.media import distance, scene

from disrupt.fingerprint import Pdq, pdq
from disrupt.fingerprint.exif import TURNS

SIZES = [
    (512, 512),
    (64, 64),
    (5, 5),
    (5, 300),
    (300, 7),
    (63, 65),
    (65, 64),
    (129, 128),
    (511, 513),
    (97, 1031),
]
KINDS = ("scene", "grey scene", "noise", "grey noise", "flat", "step")


def picture(kind: str, height: int, width: int) -> np.ndarray:
    rng = np.random.default_rng(height * 10007 + width)
    if kind.endswith("scene"):
        return scene(height, width, seed=height + width, grey=kind.startswith("grey"))
    if kind == "flat":
        return np.full((height, width, 3), (200, 100, 31), dtype=np.uint8)
    if kind == "step":
        pixels = np.zeros((height, width, 3), dtype=np.uint8)
        pixels[: height // 2, : width // 2] = (51, 51, 51)
        return pixels
    shape = (height, width) if kind.startswith("grey") else (height, width, 3)
    return rng.integers(0, 256, shape, dtype=np.uint8)


def reference(pixels: np.ndarray) -> Pdq:
    pdqhash = pytest.importorskip("pdqhash")
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[:, :, None], 3, axis=2)
    bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
    return Pdq(np.packbits(bits.astype(np.uint8)).tobytes().hex(), quality)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_equals_the_reference_bit_for_bit(kind: str, height: int, width: int) -> None:
    pixels = picture(kind, height, width)
    assert pdq.pdq_from_array(pixels) == reference(pixels)


def test_equals_the_reference_on_many_random_sizes() -> None:
    rng = np.random.default_rng(7)
    for seed in range(300):
        height, width = (int(side) for side in rng.integers(5, 400, 2))
        pixels = scene(height, width, seed, grey=bool(seed % 3 == 0))
        assert pdq.pdq_from_array(pixels) == reference(pixels), (seed, height, width)


def test_equals_the_reference_on_twelve_megapixels() -> None:
    pixels = scene(3000, 4000, 5)
    assert pdq.pdq_from_array(pixels) == reference(pixels)


@pytest.mark.parametrize(("height", "width"), [(150, 200), (64, 64), (40, 37), (257, 129)])
def test_equals_the_slow_description(height: int, width: int) -> None:
    pixels = scene(height, width, 3)
    small = slow_pdq.buffer(pixels)
    np.testing.assert_allclose(pdq.buffer64(pixels), small, atol=1e-3)
    np.testing.assert_allclose(pdq.dct16(small), slow_pdq.coefficients(small), atol=2e-2)
    expected, quality = slow_pdq.pdq(pixels)
    found = pdq.pdq_from_array(pixels)
    assert distance(found.hex, expected) <= 2
    assert abs(found.quality - quality) <= 1


@pytest.mark.reference
def test_photographs_equal_the_reference(reference: Path) -> None:
    pdqhash = pytest.importorskip("pdqhash")
    photos = sorted((reference / "photos").glob("*.jpg"))[:120]
    assert photos
    for path in photos:
        pixels = np.asarray(Image.open(path).convert("RGB"))
        bits, quality = pdqhash.compute(np.ascontiguousarray(pixels))
        expected = Pdq(np.packbits(bits.astype(np.uint8)).tobytes().hex(), quality)
        assert pdq.pdq_from_array(pixels) == expected, path.name


@pytest.mark.reference
def test_published_values(reference: Path) -> None:
    with (reference / "pdq.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) > 30
    for row in rows:
        pixels = np.asarray(Image.open(reference / row["file"]).convert("RGB"))
        found = pdq.pdq_from_array(pixels)
        # Another release of libjpeg or libwebp may round a few pixels otherwise.
        assert distance(found.hex, row["pdq"]) <= (10 if int(row["quality"]) >= 50 else 64), row["file"]
        assert abs(found.quality - int(row["quality"])) <= 1, row["file"]


def test_dihedral_hashes_equal_those_of_the_turned_pixels() -> None:
    pixels = scene(383, 383, 11)  # odd side, odd window: the samples are symmetric about the middle
    turned = {
        "identity": pixels,
        "rot90": np.rot90(pixels),
        "rot180": np.rot90(pixels, 2),
        "rot270": np.rot90(pixels, 3),
        "flipx": np.flipud(pixels),
        "flipy": np.fliplr(pixels),
        "transpose": pixels.swapaxes(0, 1),
        "antitranspose": np.rot90(pixels, 2).swapaxes(0, 1),
    }
    found = pdq.pdq_dihedral_from_array(pixels)
    assert found._fields == tuple(turned) == pdq.DIHEDRAL
    assert len({one.hex for one in found}) == 8
    for name, other in turned.items():
        assert distance(getattr(found, name).hex, pdq.pdq_from_array(other).hex) <= 2, name


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("height", "width"), [(200, 300), (64, 64), (9, 31)])
def test_dihedral_hashes_equal_the_reference(kind: str, height: int, width: int) -> None:
    pdqhash = pytest.importorskip("pdqhash")
    pixels = picture(kind, height, width)
    colour = pixels if pixels.ndim == 3 else np.repeat(pixels[:, :, None], 3, axis=2)
    vectors, quality = pdqhash.compute_dihedral(np.ascontiguousarray(colour))
    expected = [np.packbits(one.astype(np.uint8)).tobytes().hex() for one in vectors]
    found = pdq.pdq_dihedral_from_array(pixels)
    assert [one.hex for one in found] == expected
    assert {one.quality for one in found} == {quality}


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("grey", [False, True])
def test_a_turned_picture_is_hashed_without_turning_it(orientation: int, grey: bool) -> None:
    pixels = scene(150, 231, orientation, grey)
    exif = Image.Exif()
    exif[274] = orientation
    image = Image.fromarray(pixels)
    image.info["exif"] = exif.tobytes()
    image.getexif()[274] = orientation
    upright = np.asarray(ImageOps.exif_transpose(image))
    np.testing.assert_array_equal(pdq.turned(pixels, TURNS[orientation]), upright)
    assert pdq.pdq_turned(pixels, TURNS[orientation]) == pdq.pdq_from_array(upright)


def test_many_buffers_in_one_call() -> None:
    pictures = [scene(100 + i, 140, i) for i in range(5)]
    buffers = np.stack([pdq.buffer64(one) for one in pictures])
    hashes, qualities = pdq.hash_buffers(buffers)
    assert hashes.shape == (5, 8, 32)
    for one, eight, quality in zip(pictures, hashes, qualities, strict=True):
        expected = pdq.pdq_dihedral_from_array(one, exact=False)
        assert [row.tobytes().hex() for row in eight] == [form.hex for form in expected]
        assert quality == expected.identity.quality
        np.testing.assert_array_equal(pdq.hashes_from_dct(pdq.dct16(pdq.buffer64(one))), eight)


def test_a_padded_plane_and_a_gain() -> None:
    pixels = scene(101, 150, 2, grey=True)
    padded = np.full((101, 192), 255, dtype=np.uint8)
    padded[:, :150] = pixels
    plain = pdq.pdq_from_array(pixels, exact=False)
    assert pdq.pdq_from_plane(padded.ravel(), 101, 150, 192) == plain
    faint = scene(101, 150, 2, grey=True) // 16
    dim = pdq.pdq_from_plane(faint.ravel(), 101, 150, 150)
    bright = pdq.pdq_from_plane(faint.ravel(), 101, 150, 150, gain=4.0)
    assert bright.hex == dim.hex
    assert bright.quality > dim.quality
    with pytest.raises(ValueError, match="does not fit"):
        pdq.pdq_from_plane(padded.ravel(), 102, 150, 192)


@pytest.mark.parametrize(("height", "width"), [(4, 100), (100, 4), (1, 1)])
def test_too_small_to_hash(height: int, width: int) -> None:
    pixels = np.full((height, width, 3), 9, dtype=np.uint8)
    zero = Pdq("0" * 64, 0)
    assert pdq.pdq_from_array(pixels) == zero
    assert set(pdq.pdq_dihedral_from_array(pixels)) == {zero}
    assert pdq.pdq_turned(pixels, TURNS[6]) == zero


@pytest.mark.parametrize("shape", [(10,), (10, 10, 4), (2, 10, 10, 3)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="pixels are uint8"):
        pdq.pdq_from_array(np.zeros(shape, dtype=np.uint8))


def test_other_types_are_refused() -> None:
    with pytest.raises(ValueError, match="pixels are uint8"):
        pdq.pdq_from_array(np.zeros((10, 10), dtype=np.float32))
    with pytest.raises(ValueError, match="buffers are float32"):
        pdq.hash_buffers(np.zeros((64, 64), dtype=np.float32))


def test_bits_are_in_the_order_of_the_digits() -> None:
    assert Pdq("f0" + "00" * 30 + "01", 50).bits.tolist() == [0xF0, *[0] * 30, 1]
    with pytest.raises(ValueError, match="64 lower-case"):
        Pdq("F" * 64, 1)


def test_a_window_of_a_larger_array() -> None:
    whole = scene(300, 300, 4)
    window = whole[10:200, 20:280]
    assert not window.flags.c_contiguous
    assert pdq.pdq_from_array(window) == pdq.pdq_from_array(window.copy())
