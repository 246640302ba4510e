"""Edits that were written after the views were final: measured, never tuned on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from benchmarks.edits import Edit, pad, write

Others = Sequence[Image.Image]
Rng = np.random.Generator
Place = NDArray[np.float64]


def _moved(i: Image.Image, x: Place, y: Place) -> Image.Image:
    """Each pixel from another place, in pixels (H, W); the nearest one."""
    columns = np.clip(np.rint(x), 0, i.width - 1).astype(int)
    rows = np.clip(np.rint(y), 0, i.height - 1).astype(int)
    return Image.fromarray(np.asarray(i)[rows, columns])


def waves(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """Rows shifted to and fro, as through moving water."""
    y, x = np.mgrid[: i.height, : i.width].astype(np.float64)
    return _moved(i, x + 0.015 * i.width * np.sin(y * 6 * np.pi / i.height), y)


def barrel(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """The bulge of a wide lens."""
    y, x = np.mgrid[: i.height, : i.width].astype(np.float64)
    u, v = 2 * x / i.width - 1, 2 * y / i.height - 1
    bulge = 0.9 + 0.1 * (u**2 + v**2) / 2
    return _moved(i, (u * bulge + 1) * i.width / 2, (v * bulge + 1) * i.height / 2)


def halftone(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """Black and white dots, as printed."""
    return i.convert("1").convert("RGB")


def torn(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """A corner is missing."""
    out = i.copy()
    corner = [(i.width, int(0.55 * i.height)), (i.width, i.height), (int(0.5 * i.width), i.height)]
    ImageDraw.Draw(out).polygon(corner, fill=(255, 255, 255))
    return out


def player(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """A still in a video player: letterbox, play button, progress bar."""
    out = pad(i, 0, 0.12)
    pen, (w, h) = ImageDraw.Draw(out), out.size
    r = 0.09 * h
    pen.ellipse((w / 2 - r, h / 2 - r, w / 2 + r, h / 2 + r), fill=(0, 0, 0))
    pen.polygon(
        [(w / 2 - r / 3, h / 2 - r / 2), (w / 2 - r / 3, h / 2 + r / 2), (w / 2 + r / 2, h / 2)],
        fill=(255,) * 3,
    )
    pen.rectangle((0.03 * w, 0.95 * h, 0.97 * w, 0.96 * h), fill=(120, 120, 120))
    pen.rectangle((0.03 * w, 0.95 * h, 0.4 * w, 0.96 * h), fill=(230, 30, 30))
    return out


def chat(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """A bubble with round corners on the patterned ground of a chat, words around it."""
    out = Image.new("RGB", (720, 1280), (222, 214, 200))
    pen = ImageDraw.Draw(out)
    for k in range(0, 1280, 40):
        pen.arc((k % 700, k, k % 700 + 60, k + 60), 20, 250, fill=(205, 196, 180), width=3)
    small = ImageOps.contain(i, (500, 640))
    pen.rounded_rectangle(
        (200 - 8, 300 - 8, 200 + small.width + 8, 300 + small.height + 50), 20, (220, 248, 198)
    )
    mask = Image.new("L", small.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *small.size), 16, fill=255)
    out.paste(small, (200, 300), mask)
    out = write(out, "is that you??", (0.08, 0.14), 0.025, (40, 40, 40))
    return write(out, "21:48", (0.85, (310 + small.height) / 1280), 0.02, (110, 110, 110))


def mosaic(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """The middle hidden by large squares."""
    out, (w, h) = i.copy(), i.size
    box = (int(0.3 * w), int(0.3 * h), int(0.7 * w), int(0.7 * h))
    part = i.crop(box)
    out.paste(part.resize((5, 5), Image.Resampling.BOX).resize(part.size, Image.Resampling.NEAREST), box)
    return out


def painted(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """A filter that makes it look painted: local medians, more colour, outlines."""
    soft = i.filter(ImageFilter.MedianFilter(9)).filter(ImageFilter.EDGE_ENHANCE_MORE)
    return ImageOps.posterize(soft, 3)


HELD_OUT: dict[str, Edit] = {
    "waves": waves,
    "barrel": barrel,
    "halftone": halftone,
    "corner missing": torn,
    "video player": player,
    "chat bubble": chat,
    "mosaic over the middle": mosaic,
    "painted": painted,
}
