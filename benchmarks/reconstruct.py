"""How much of a picture its hashes tell: the likeliest picture, given 1, 8, 15 and 32 of them.

    python -m benchmarks.reconstruct [PICTURE...] [--write]

A bit of PDQ says on which side of the median one cosine of a (part of a) picture lies: an inequality. Under
the prior that photographs have (variance falling with the square of the frequency) the likeliest picture that
obeys them is found by gradient descent. `--write` makes the picture of docs/adr/0004-derived-entries.md.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.robustness_page import DOCS, EXAMPLES
from disrupt.fingerprint import pdq
from disrupt.fingerprint._hashing._weights import DCT
from disrupt.matching.derived import BOXES
from disrupt.matching.guessing import warps
from disrupt.matching.guessing.plans import Box

F32 = NDArray[np.float32]
SIZE = 64  # pixels a side of the reconstruction
WAVES = 32  # cosines an axis that are solved for
COUNTS = (1, 8, 15, 32)
PICTURE = "reconstruction.png"
_HALVES = [(x, y, x + 0.5, y + 0.5) for y in (0.0, 0.25, 0.5) for x in (0.0, 0.25, 0.5)]
_MORE = [(x, y, x + 0.4, y + 0.4) for y in (0.0, 0.2, 0.4, 0.6) for x in (0.0, 0.2, 0.4, 0.6)]
ALL_BOXES: list[Box] = [(0.0, 0.0, 1.0, 1.0), *BOXES, *_MORE, *_HALVES][:32]


def _basis() -> F32:
    at = (np.arange(SIZE) + 0.5) / SIZE
    return np.cos(np.pi * np.arange(WAVES)[:, None] * at[None]).astype(np.float32)


def _axis(low: float, high: float) -> F32:
    """(16, WAVES): PDQ's cosines of the part from `low` to `high`, of each cosine of the whole."""
    at = low + (high - low) * (np.arange(64) + 0.5) / 64
    waves = np.cos(np.pi * np.arange(WAVES)[:, None] * at[None])
    return (DCT @ waves.T).astype(np.float32)


def solve(bits: NDArray[np.bool_], boxes: list[Box], steps: int = 500) -> F32:
    """The likeliest picture (SIZE, SIZE), up to brightness and contrast, given bits (N, 16, 16) of boxes."""
    rows = np.stack([_axis(top, bottom) for _, top, _, bottom in boxes])
    columns = np.stack([_axis(left, right) for left, _, right, _ in boxes])
    k = np.arange(WAVES, dtype=np.float32)
    prior = 1 / (0.6 + np.hypot(k[:, None], k[None])) ** 1.6
    prior[0, 0] = 0
    signs = np.where(bits, 1.0, -1.0).astype(np.float32)
    x = np.zeros((WAVES, WAVES), np.float32)
    first, second = np.zeros_like(x), np.zeros_like(x)
    for step in range(1, steps + 1):
        coefficients = rows @ (prior * x) @ columns.transpose(0, 2, 1)
        spread = np.abs(coefficients).mean((1, 2), keepdims=True) + 1e-4
        margin = signs * (coefficients - np.median(coefficients, (1, 2), keepdims=True)) / spread
        pull = -signs / (1 + np.exp(np.clip(4 * margin, -30, 30))) / spread
        gradient = prior * (rows.transpose(0, 2, 1) @ pull @ columns).sum(0) * 0.05 + 0.01 * x
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        x -= 0.05 * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    basis = _basis()
    solved: F32 = basis.T @ (prior * x) @ basis
    return solved


def hashes_of(pixels: NDArray[np.uint8], boxes: list[Box]) -> NDArray[np.bool_]:
    """The bits (N, 16, 16), row by row of the transform, of parts of a picture."""
    buffers = np.empty((len(boxes), 64, 64), np.float32)
    warps.sample_boxes(warps.working_picture(pixels), np.array(boxes), buffers)
    out = np.empty((len(boxes), 16, 16), np.bool_)
    for number, buffer in enumerate(buffers):
        coefficients = pdq.dct16(buffer)
        out[number] = coefficients > np.partition(coefficients.ravel(), 127)[127]
    return out


def likeness(a: F32, b: F32) -> float:
    """Correlation of two pictures' pixels."""
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def shown(picture: F32) -> Image.Image:
    """Stretched to full contrast, enlarged."""
    low, high = np.percentile(picture, (1, 99))
    grey = ((picture - low) / max(1e-6, high - low) * 255).clip(0, 255).astype(np.uint8)
    return Image.fromarray(grey).resize((192, 192), Image.Resampling.BICUBIC)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reconstruct", description=__doc__)
    parser.add_argument("pictures", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    paths = args.pictures or sorted(EXAMPLES.glob("*.jpg"))[:4]
    sheet = Image.new("L", (200 * (1 + len(COUNTS)), 216 * len(paths)), 255)
    pen = ImageDraw.Draw(sheet)
    for row, path in enumerate(paths):
        with Image.open(path) as opened:
            pixels = np.asarray(opened.convert("L"))
        original = np.asarray(Image.fromarray(pixels).resize((SIZE, SIZE), Image.Resampling.BOX), np.float32)
        sheet.paste(shown(original), (4, 216 * row + 4))
        pen.text((8, 216 * row + 200), "original, 64x64", fill=0)
        bits = hashes_of(pixels, ALL_BOXES)
        for place, count in enumerate(COUNTS, 1):
            found = solve(bits[:count], ALL_BOXES[:count])
            figure = likeness(found, original)
            print(f"{path.name}: {count} hashes, correlation {figure:.2f}")
            sheet.paste(shown(found), (200 * place + 4, 216 * row + 4))
            pen.text((200 * place + 8, 216 * row + 200), f"{count} hashes: {figure:.2f}", fill=0)
    if args.write:
        (DOCS / "adr").mkdir(parents=True, exist_ok=True)
        sheet.save(DOCS / "adr" / PICTURE, optimize=True)


if __name__ == "__main__":
    main()
