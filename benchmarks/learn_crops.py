"""Which few guesses at what was cut off find most crops: chosen one by one on photographs cropped at random.

    python -m benchmarks.learn_crops [--photos FOLDER] [--most N]

Prints the table of `disrupt.matching.guessing.crops`: left, top, right, bottom, in hundredths of the whole
picture. Every second photograph is used, so that the others can judge the outcome.
"""

from __future__ import annotations

import argparse
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.robustness import default_photos, photos_in, read
from disrupt.fingerprint import pdq
from disrupt.matching.guessing import warps

Cut = tuple[float, float, float, float]
_NEAR = 78
_CROPS_A_PHOTO = 8
_STEP = 5


def cuts() -> list[tuple[int, int, int, int]]:
    """All that may be tried, in hundredths: at most 40 off an axis, and half of the picture left."""
    axis = [(a, b) for a, b in product(range(0, 41, _STEP), repeat=2) if a + b <= 40]
    return [
        (left, top, right, bottom)
        for (left, right), (top, bottom) in product(axis, repeat=2)
        if (100 - left - right) * (100 - top - bottom) >= 5000 and left + right + top + bottom
    ]


def some_crop(rng: np.random.Generator) -> Cut:
    """What was cut off each side: one side, all evenly, a part of the same shape anywhere, or of another."""
    kind = rng.random()
    if kind < 0.3:
        off = [0.0, 0.0, 0.0, 0.0]
        off[int(rng.integers(4))] = rng.uniform(0.05, 0.38)
        return off[0], off[1], off[2], off[3]
    if kind < 0.45:
        half = rng.uniform(0.02, 0.13)
        return half, half, half, half
    across = rng.uniform(0.05, 0.3)
    along = across if kind < 0.75 else rng.uniform(0.0, 0.35)
    x, y = rng.random(2)
    return across * x, along * y, across * (1 - x), along * (1 - y)


def whole_of(cut: Cut) -> Cut:
    """The whole picture in units of what is left of it."""
    left, top, right, bottom = cut
    width, height = 1 - left - right, 1 - top - bottom
    return -left / width, -top / height, 1 + right / width, 1 + bottom / height


def distances(path: Path, rng: np.random.Generator, boxes: NDArray[np.float64]) -> NDArray[np.int64]:
    """(crops, guesses): how near each guess brings each crop of a photograph to it."""
    pixels = read(path)
    own = pdq.pdq_from_array(pixels)
    height, width = pixels.shape[:2]
    rows = []
    for _ in range(_CROPS_A_PHOTO if own.quality >= 50 else 0):
        left, top, right, bottom = some_crop(rng)
        box = (left * width, top * height, (1 - right) * width, (1 - bottom) * height)
        part = np.asarray(Image.fromarray(pixels).crop(tuple(round(side) for side in box)))
        buffers = np.empty((len(boxes), 64, 64), np.float32)
        warps.sample_boxes(warps.working_picture(part), boxes, buffers)
        rows.append(np.bitwise_count(pdq.hash_buffers(buffers)[0][:, 0] ^ own.bits).sum(1))
    return np.array(rows, np.int64).reshape(-1, len(boxes))


def chosen(apart: NDArray[np.int64], most: int) -> list[int]:
    """Guesses in the order in which each finds the most crops that none before it has found."""
    near = apart <= _NEAR
    left, order = np.ones(len(near), np.bool_), []
    while len(order) < most and (near[left].any()):
        # Of equals, the one that comes nearest to all.
        gain = near[left].sum(0) + 0.01 * (apart <= _NEAR - 10).mean(0)
        order.append(int(gain.argmax()))
        left &= ~near[:, order[-1]]
    return order


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learn_crops", description=__doc__)
    parser.add_argument("--photos", type=Path, default=default_photos())
    parser.add_argument("--most", type=int, default=400)
    args = parser.parse_args()
    tried, rng = cuts(), np.random.default_rng(12)
    hundredths = np.array(tried) / 100.0
    boxes = np.array([whole_of((a, b, c, d)) for a, b, c, d in hundredths.tolist()])
    apart = np.concatenate([distances(path, rng, boxes) for path in photos_in(args.photos)[::2]])
    order = chosen(apart, args.most)
    for count in (10, 20, 40, 60, 80, 120, 200, len(order)):
        found = (apart[:, order[:count]] <= _NEAR).any(1).mean()
        print(f"# {count} guesses come within {_NEAR} bits of {found:.3f} of {len(apart)} crops")
    print(*(tried[number] for number in order), sep=",\n")


if __name__ == "__main__":
    main()
