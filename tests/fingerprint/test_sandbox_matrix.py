"""Every kind of picture takes the same way inside the sandbox as outside: nothing is left to load there."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from disrupt.fingerprint import FingerprintError, fingerprint_file

SHAPES = ((300, 200), (64, 64), (7, 90), (1, 1), (513, 1025))
MODES = {
    "PNG": ("RGB", "RGBA", "L", "LA", "P", "1", "I;16"),
    "JPEG": ("RGB", "L", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "GIF": ("P", "L"),
    "BMP": ("RGB", "L", "P", "1"),
    "TIFF": ("RGB", "L", "CMYK", "I;16", "1"),
}


def _picture(mode: str, shape: tuple[int, int], flat: bool) -> Image.Image:
    if mode == "I;16":
        high = np.full(shape, 90 << 8, np.uint16)
        return Image.fromarray(high if flat else high + np.arange(shape[1], dtype=np.uint16) * 37)
    values = np.full((*shape, 3), 90, np.uint8)
    if not flat:
        values = np.random.default_rng(1).integers(0, 255, (*shape, 3), np.uint8)
    return Image.fromarray(values).convert(mode)


def _outcome(data: bytes, *, trusted: bool) -> object:
    try:
        return fingerprint_file(data, trusted=trusted)
    except FingerprintError as error:
        return type(error)


@pytest.mark.parametrize("flat", [False, True], ids=["noise", "flat"])
@pytest.mark.parametrize(("kind", "mode"), [(kind, mode) for kind, modes in MODES.items() for mode in modes])
def test_inside_and_outside_agree(kind: str, mode: str, flat: bool) -> None:
    for shape in SHAPES:
        for orientation in (1, 6):
            out = io.BytesIO()
            exif = Image.Exif()
            exif[0x0112] = orientation
            extra = {"exif": exif} if kind in {"JPEG", "PNG", "WEBP"} else {}
            _picture(mode, shape, flat).save(out, kind, **extra)
            data = out.getvalue()
            assert _outcome(data, trusted=False) == _outcome(data, trusted=True), (shape, orientation)
