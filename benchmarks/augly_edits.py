"""The suite of edits made with Meta's AugLy 1.0.0, run by the Python of an environment of its own.

    python augly_edits.py SOURCES.txt OUT [FIRST]

reads one picture path a line and, for the FIRST of them (default: all), writes each edit to
OUT/<edit>/<line number>.png. AugLy needs `numpy<1.24` and `Pillow<9`, which this project does not: hence a
process apart, that imports nothing of it but `edits.py`, for the two edits that AugLy has not.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path

import augly.image as aug
import numpy as np
from PIL import Image

from edits import collage, phone_screenshot

Edit = Callable[[Image.Image], Image.Image]


def _crop(x1: float, y1: float, x2: float, y2: float) -> Edit:
    return lambda i: aug.crop(i, x1=x1, y1=y1, x2=x2, y2=y2)


def _centred(side: float) -> Edit:
    return _crop((1 - side) / 2, (1 - side) / 2, (1 + side) / 2, (1 + side) / 2)


def _flip_crop(i: Image.Image) -> Image.Image:
    return aug.encoding_quality(_centred(0.9)(aug.hflip(i)), quality=40)


def _pad_text(i: Image.Image) -> Image.Image:
    padded = aug.pad(i, w_factor=0.1, h_factor=0.1, color=(0, 0, 0))
    return aug.encoding_quality(aug.overlay_text(padded), quality=40)


SUITE: dict[str, Edit] = {
    "quality 30": lambda i: aug.encoding_quality(i, quality=30),
    "quality 10": lambda i: aug.encoding_quality(i, quality=10),
    "scale .5": lambda i: aug.scale(i, factor=0.5),
    "scale .25": lambda i: aug.scale(i, factor=0.25),
    "brightness 1.6": lambda i: aug.brightness(i, factor=1.6),
    "brightness .5": lambda i: aug.brightness(i, factor=0.5),
    "contrast 1.8": lambda i: aug.contrast(i, factor=1.8),
    "saturation 2": lambda i: aug.saturation(i, factor=2.0),
    "greyscale": lambda i: aug.grayscale(i),
    "blur 3": lambda i: aug.blur(i, radius=3),
    "sharpen 5": lambda i: aug.sharpen(i, factor=5),
    "noise .02": lambda i: aug.random_noise(i, mean=0.0, var=0.02),
    "pixelization .3": lambda i: aug.pixelization(i, ratio=0.3),
    "aspect 1.5": lambda i: aug.change_aspect_ratio(i, ratio=1.5),
    "mirrored": lambda i: aug.hflip(i),
    "upside down": lambda i: aug.vflip(i),
    "turned 90": lambda i: aug.rotate(i, degrees=90),
    "turned 180": lambda i: aug.rotate(i, degrees=180),
    "turned 3": lambda i: aug.rotate(i, degrees=3),
    "turned 10": lambda i: aug.rotate(i, degrees=10),
    "crop 95 %": _centred(0.95),
    "crop 90 %": _centred(0.9),
    "crop 80 %": _centred(0.8),
    "crop 50 %": _centred(0.5),
    "crop 70 % off centre": _crop(0.05, 0.2, 0.75, 0.9),
    "top cut 20 %": _crop(0.0, 0.2, 1.0, 1.0),
    "pad 10 % black": lambda i: aug.pad(i, w_factor=0.1, h_factor=0.1, color=(0, 0, 0)),
    "pad 25 % white at the sides": lambda i: aug.pad(i, w_factor=0.25, h_factor=0.0, color=(255, 255, 255)),
    "pad to a square": lambda i: aug.pad_square(i),
    "letterbox 30 %": lambda i: aug.pad(i, w_factor=0.0, h_factor=0.3, color=(0, 0, 0)),
    "text": lambda i: aug.overlay_text(i),
    "emoji .3": lambda i: aug.overlay_emoji(i, emoji_size=0.3),
    "stripes": lambda i: aug.overlay_stripes(i),
    "meme": lambda i: aug.meme_format(i, caption_height=max(75, i.size[1] // 4)),
    "screenshot": lambda i: aug.overlay_onto_screenshot(i),
    "perspective 25": lambda i: aug.perspective_transform(i, sigma=25.0),
    "opacity .6": lambda i: aug.opacity(i, level=0.6),
    "skew .15": lambda i: aug.skew(i, skew_factor=0.15),
    "phone screenshot": phone_screenshot,
    "collage 2x2": lambda i: i,  # made in main, which has the other photos
    "flip + crop 90 + quality 40": _flip_crop,
    "pad + text + quality 40": _pad_text,
}


def main(sources: Path, out: Path, first: int | None) -> None:
    paths = [Path(line) for line in sources.read_text().splitlines() if line]
    for number, path in enumerate(paths[:first]):
        random.seed(number)
        np.random.seed(number)  # AugLy draws from the global generator
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
        for name, edit in SUITE.items():
            if name == "collage 2x2":
                others = [Image.open(paths[(number + k) % len(paths)]).convert("RGB") for k in (1, 2, 3)]
                edited = collage(picture, others, 2, 2, place=number % 4)
            else:
                edited = edit(picture)
            target = out / name.replace("/", "-") / f"{number}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            edited.convert("RGB").save(target, compress_level=1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else None)
