"""Pictures made in code that behave as photographs do: detail at every scale, shapes, light from one side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from disrupt.fingerprint import Pdq
from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.matching import Bank
from disrupt.matching._bank._journal import Add
from disrupt.matching.entries import BankEntry, PdqValue

U8 = NDArray[np.uint8]


def photo(seed: int, width: int = 640, height: int = 480) -> U8:
    """RGB pixels (height, width, 3), different for every seed."""
    rng = np.random.default_rng(seed)
    total = np.zeros((height, width, 3), np.float32)
    for cells, weight in ((3, 70), (7, 45), (15, 28), (40, 14), (120, 6)):
        coarse = rng.normal(0, 1, (cells, cells, 3)).astype(np.float32)
        grey = coarse.mean(2, keepdims=True) * 1.5
        planes = [
            np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC))
            for plane in np.moveaxis(grey + 0.4 * coarse, 2, 0)
        ]
        total += weight * np.stack(planes, 2)
    image = Image.fromarray((total + 125).clip(0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for _ in range(6):
        x, y = rng.integers(0, width), rng.integers(0, height)
        r = int(rng.integers(height // 20, height // 6))
        colour = tuple(int(c) for c in rng.integers(20, 235, 3))
        pen.ellipse((x - r, y - r * 0.7, x + r, y + r * 0.7), fill=colour)
    noisy = np.asarray(image, np.float32) + rng.normal(0, 3, (height, width, 1))
    return noisy.clip(0, 255).astype(np.uint8)


def distance(a: Pdq | U8, b: Pdq | U8) -> int:
    """Bits that differ."""
    bits = [one.bits if isinstance(one, Pdq) else one for one in (a, b)]
    return int(np.bitwise_count(bits[0] ^ bits[1]).sum())


def entry_of(pixels: U8, name: str, category: str = "ncii") -> Add:
    """The change that banks a picture."""
    found = pdq_from_array(pixels)
    return Add(
        BankEntry(name, "image", category, origin="examined", pdq=(PdqValue(found.hex, found.quality),))
    )


def bank_of(folder: object, pictures: dict[str, U8]) -> Bank:
    """A bank of these pictures."""
    bank = Bank.create(str(folder))
    bank.apply([entry_of(pixels, name) for name, pixels in pictures.items()])
    return bank
