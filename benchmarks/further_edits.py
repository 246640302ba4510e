"""Edits that views were taught by afterwards: free crops, covers, grids, insets, screenshots, leaning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageOps

from benchmarks.edits import Edit, collage, crop, jpeg, sticker, turned, warped, write

Others = Sequence[Image.Image]
Rng = np.random.Generator


def part(i: Image.Image, width: float, height: float, rng: Rng) -> Image.Image:
    """Any part of these sides, wherever it lies."""
    x, y = rng.uniform(0, 1 - width), rng.uniform(0, 1 - height)
    return crop(i, x, y, x + width, y + height)


def free_crop(i: Image.Image, _others: Others, rng: Rng) -> Image.Image:
    """A part of another shape: 70 to 95 % of each side."""
    width, height = rng.uniform(0.7, 0.95, 2)
    return part(i, width, height, rng)


def square_off_centre(i: Image.Image, _others: Others, rng: Rng) -> Image.Image:
    """A square of the picture's short side, anywhere along it."""
    side = min(i.size)
    x, y = (int(rng.integers(0, length - side + 1)) for length in i.size)
    return i.crop((x, y, x + side, y + side))


def discs(i: Image.Image, _others: Others, rng: Rng) -> Image.Image:
    """Two discs of one colour each, anywhere over it."""
    out = i.copy()
    pen, short = ImageDraw.Draw(out), min(i.size)
    for _ in range(2):
        r = short * rng.uniform(0.1, 0.17)
        x, y = rng.uniform(r, i.width - r), rng.uniform(r, i.height - r)
        tone = tuple(int(v) for v in rng.integers(0, 256, 3))
        pen.ellipse((x - r, y - r, x + r, y + r), fill=tone)
    return out


def box_over(i: Image.Image, _others: Others, rng: Rng) -> Image.Image:
    """A box of one colour over an eighth of it."""
    out = i.copy()
    w, h = i.width * 0.4, i.height * 0.3
    x, y = rng.uniform(0, i.width - w), rng.uniform(0, i.height - h)
    tone = tuple(int(v) for v in rng.integers(0, 256, 3))
    ImageDraw.Draw(out).rectangle((x, y, x + w, y + h), fill=tone)
    return out


def scribble(i: Image.Image, _others: Others, rng: Rng) -> Image.Image:
    """A thick line drawn to and fro over a part of it."""
    out, short = i.copy(), min(i.size)
    x, y = rng.uniform(0.2, 0.6) * i.width, rng.uniform(0.2, 0.6) * i.height
    points = [(x + (k % 2) * 0.25 * short, y + k * 0.05 * short) for k in range(6)]
    ImageDraw.Draw(out).line(points, fill=(230, 30, 60), width=max(3, short // 25), joint="curve")
    return out


def faces_covered(i: Image.Image, _others: Others, rng: Rng) -> Image.Image:
    """Two round faces over it."""
    out = sticker(i, rng.uniform(0, 0.3), rng.uniform(0, 0.6), 0.28)
    return sticker(out, rng.uniform(0.45, 0.7), rng.uniform(0, 0.6), 0.28)


def upright_bars(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """Four dark bars from top to bottom."""
    out = i.copy()
    for k in range(4):
        x = (0.1 + 0.24 * k) * i.width
        ImageDraw.Draw(out).rectangle((x, 0, x + 0.08 * i.width, i.height), fill=(20, 20, 24))
    return out


def placed_inset(i: Image.Image, others: Others, rng: Rng) -> Image.Image:
    """The picture at 40 to 60 % of the sides somewhere in another one."""
    out = others[0].resize((900, 700))
    side = rng.uniform(0.4, 0.6)
    small = i.resize((int(900 * side), int(700 * side)))
    out.paste(small, (int(rng.uniform(0, 900 - small.width)), int(rng.uniform(0, 700 - small.height))))
    return out


def gallery(i: Image.Image, others: Others, _rng: Rng) -> Image.Image:
    """A telephone's gallery: black, the picture across the middle, a strip of others below."""
    screen = Image.new("RGB", (1080, 2340), (0, 0, 0))
    shown = ImageOps.contain(i, (1080, 1900))
    screen.paste(shown, (0, (2340 - shown.height) // 2))
    pen = ImageDraw.Draw(screen)
    for x in (60, 860, 930, 1000):
        pen.rectangle((x, 28, x + 44, 52), fill=(240, 240, 240))
    for k in range(9):
        screen.paste(ImageOps.fit(others[k % len(others)], (112, 112)), (10 + 119 * k, 2150))
    return write(screen, "Yesterday 21:48", (0.3, 0.05), 0.018, (255, 255, 255))


def feed(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """A feed on a telephone: the picture as wide as the screen, buttons over and under it."""
    screen = Image.new("RGB", (1080, 1920), (255, 255, 255))
    pen = ImageDraw.Draw(screen)
    pen.rectangle((0, 0, 1080, 66), fill=(245, 245, 245))
    pen.ellipse((30, 90, 120, 180), fill=(200, 90, 130))
    pen.rectangle((150, 120, 430, 146), fill=(40, 40, 40))
    shown = ImageOps.contain(i, (1080, 1350))
    screen.paste(shown, ((1080 - shown.width) // 2, 210))
    below = 210 + shown.height
    for k in range(3):
        pen.ellipse((40 + 110 * k, below + 24, 104 + 110 * k, below + 88), outline=(30, 30, 30), width=6)
    for k, length in enumerate((500, 780, 640)):
        pen.rectangle((40, below + 120 + 46 * k, 40 + length, below + 142 + 46 * k), fill=(120, 120, 124))
    pen.rectangle((0, 1800, 1080, 1920), fill=(250, 250, 250))
    return screen


def mirrored_crop_shot(i: Image.Image, others: Others, rng: Rng) -> Image.Image:
    """A screenshot of the feed with a mirrored crop in it."""
    return jpeg(feed(part(ImageOps.mirror(i), 0.9, 0.9, rng), others, rng), 70)


FURTHER: dict[str, Edit] = {
    "crop 92 %, off centre": lambda i, _, rng: part(i, 0.92, 0.92, rng),
    "crop 85 %, off centre": lambda i, _, rng: part(i, 0.85, 0.85, rng),
    "crop 75 %, off centre": lambda i, _, rng: part(i, 0.75, 0.75, rng),
    "crop to another shape": free_crop,
    "square, off centre": square_off_centre,
    "two discs": discs,
    "a box over it": box_over,
    "scribble": scribble,
    "two faces over it": faces_covered,
    "upright bars": upright_bars,
    "grid 3x3": lambda i, others, rng: collage(i, others, 3, 3, int(rng.integers(9)), 12),
    "grid 2x3": lambda i, others, rng: collage(i, others, 2, 3, int(rng.integers(6))),
    "inset anywhere": placed_inset,
    "gallery screenshot": gallery,
    "feed screenshot": feed,
    "screenshot of a mirrored crop": mirrored_crop_shot,
    "perspective 40": lambda i, _, rng: warped(i, min(i.size) * 0.07, rng),
    "turned 8, cropped": lambda i, _, __: turned(i, -8),
    "turned 12, corners black": lambda i, _, __: i.rotate(12, Image.Resampling.BICUBIC, expand=True),
}
