"""Edits that uploaders make, with Pillow and numpy: a copy of the AugLy suite, and edits of our own kind.

`SUITE` has the names and parameters of `augly_edits.SUITE`, so that the benchmark runs without AugLy;
`our_edits.OURS` are edits of our own. Each takes an RGB picture, others to put beside it, and a random
generator. `collage` and `phone_screenshot` keep to Pillow 8, because `augly_edits.py` borrows them.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Edit = Callable[[Image.Image, Sequence[Image.Image], np.random.Generator], Image.Image]
Colour = tuple[int, int, int]


def collage(
    picture: Image.Image,
    others: Sequence[Image.Image],
    columns: int,
    rows: int,
    place: int = 0,
    gutter: int = 0,
) -> Image.Image:
    """The picture at cell `place` of a grid, the others around it, each stretched to its cell."""
    width, height = picture.size
    size = (width * columns + gutter * (columns + 1), height * rows + gutter * (rows + 1))
    sheet = Image.new("RGB", size, (255, 255, 255))
    cells = [others[k % len(others)] for k in range(columns * rows - 1)]
    cells.insert(place, picture)
    for cell, image in enumerate(cells):
        x, y = cell % columns, cell // columns
        at = (x * width + (x + 1) * gutter, y * height + (y + 1) * gutter)
        sheet.paste(image.resize((width, height)), at)
    return sheet


def phone_screenshot(picture: Image.Image, dark: bool = False) -> Image.Image:
    """The picture as a messaging application shows it on a 1080x2160 telephone: bars, avatar, text, icons."""
    ground, ink = ((250, 250, 250), (60, 60, 60)) if not dark else ((18, 18, 20), (200, 200, 200))
    screen = Image.new("RGB", (1080, 2160), ground)
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 1080, 70), fill=(28, 28, 30))
    draw.text((40, 28), "21:47", fill=(255, 255, 255))
    for x in (900, 950, 1000):
        draw.rectangle((x, 24, x + 34, 46), fill=(235, 235, 235))
    draw.ellipse((40, 100, 150, 210), fill=(90, 140, 200))
    draw.rectangle((180, 120, 520, 142), fill=ink)
    draw.rectangle((180, 166, 400, 182), fill=(160, 160, 160))
    width, height = picture.size
    scaled = picture.resize((1080, max(1, min(1500, round(height * 1080 / width)))))
    top = 240
    screen.paste(scaled, (0, top))
    below = top + scaled.size[1]
    for k in range(3):
        draw.ellipse((40 + 110 * k, below + 30, 110 + 110 * k, below + 100), outline=ink, width=6)
    for k, length in enumerate((820, 940, 610)):
        draw.rectangle((40, below + 140 + 44 * k, 40 + length, below + 160 + 44 * k), fill=ink)
    draw.rectangle((0, 2030, 1080, 2160), fill=(240, 240, 242) if not dark else (8, 8, 8))
    draw.rectangle((390, 2130, 690, 2140), fill=(0, 0, 0) if not dark else (255, 255, 255))
    return screen


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    """Through a JPEG file and back."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file, formats=["JPEG"]).convert("RGB")


def crop(picture: Image.Image, x0: float, y0: float, x1: float, y1: float) -> Image.Image:
    """The part between fractions of the sides."""
    w, h = picture.size
    return picture.crop((int(x0 * w), int(y0 * h), int(x1 * w), int(y1 * h)))


def centred(picture: Image.Image, side: float) -> Image.Image:
    """The middle part of that side."""
    return crop(picture, (1 - side) / 2, (1 - side) / 2, (1 + side) / 2, (1 + side) / 2)


def pad(picture: Image.Image, x: float, y: float, colour: Colour = (0, 0, 0)) -> Image.Image:
    """Borders of fractions of the sides, on each side."""
    w, h = picture.size
    return ImageOps.expand(picture, (int(x * w), int(y * h)), fill=colour)


def turned(picture: Image.Image, degrees: float) -> Image.Image:
    """Turned, then cut to the largest upright rectangle of it without corners."""
    w, h = picture.size
    sin, cos = abs(np.sin(np.deg2rad(degrees))), abs(np.cos(np.deg2rad(degrees)))
    long, short = max(w, h), min(w, h)
    if short <= 2 * sin * cos * long:
        half = 0.5 * short
        inner = (half / sin, half / cos) if w >= h else (half / cos, half / sin)
    else:
        inner = ((w * cos - h * sin) / (cos**2 - sin**2), (h * cos - w * sin) / (cos**2 - sin**2))
    whole = picture.rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    x, y = (whole.width - inner[0]) / 2, (whole.height - inner[1]) / 2
    return whole.crop((round(x), round(y), round(x + inner[0]), round(y + inner[1])))


def write(picture: Image.Image, text: str, at: tuple[float, float], size: float, fill: Colour) -> Image.Image:
    """Text over the picture; place and size in fractions of its sides and height."""
    out = picture.copy()
    w, h = out.size
    font = ImageFont.load_default(max(8, int(size * h)))
    ImageDraw.Draw(out).text((at[0] * w, at[1] * h), text, fill=fill, font=font)
    return out


def sticker(picture: Image.Image, x: float, y: float, side: float) -> Image.Image:
    """A round smiling face of that part of the height."""
    out = picture.copy()
    w, h = out.size
    d, left, top = side * h, x * w, y * h
    pen = ImageDraw.Draw(out)
    pen.ellipse((left, top, left + d, top + d), fill=(255, 204, 77))
    for eye in (0.28, 0.58):
        pen.ellipse(
            (left + eye * d, top + 0.3 * d, left + (eye + 0.14) * d, top + 0.5 * d), fill=(102, 69, 0)
        )
    pen.chord((left + 0.2 * d, top + 0.4 * d, left + 0.8 * d, top + 0.85 * d), 0, 180, fill=(102, 69, 0))
    return out


def warped(picture: Image.Image, sigma: float, rng: np.random.Generator) -> Image.Image:
    """Perspective: each corner moved by a normal number of pixels; black where nothing is."""
    w, h = picture.size
    source = np.array([(0, 0), (w, 0), (w, h), (0, h)], float)
    target = source + rng.normal(0, sigma, (4, 2))
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    data = np.linalg.solve(np.array(rows), source.reshape(8))
    return picture.transform((w, h), Image.Transform.PERSPECTIVE, data.tolist(), Image.Resampling.BICUBIC)


def _skew(i: Image.Image) -> Image.Image:
    data = (1, 0.15, -0.15 * i.height / 2, 0, 1, 0)
    return i.transform(i.size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)


def _noise(i: Image.Image, rng: np.random.Generator, sigma: float) -> Image.Image:
    pixels = np.asarray(i, np.float32) + rng.normal(0, sigma, (i.height, i.width, 3))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _stripes(i: Image.Image) -> Image.Image:
    out = i.copy()
    for k in range(0, 10, 2):
        ImageDraw.Draw(out).rectangle(
            (0, k * i.height // 8 - i.height // 8, i.width, k * i.height // 8), (255,) * 3
        )
    return out


def _meme(i: Image.Image) -> Image.Image:
    band = max(75, i.height // 4)
    out = Image.new("RGB", (i.width, i.height + band), (255, 255, 255))
    out.paste(i, (0, band))
    return write(out, "WHEN YOU SEE IT", (0.1, 0.05), 0.1, (0, 0, 0))


def desktop(picture: Image.Image) -> Image.Image:
    """A page of a social network on a 1200x740 screen, with the picture fitted into a black panel of it."""
    page = Image.new("RGB", (1200, 740), (246, 247, 251))
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, 1200, 52), fill=(255, 255, 255))
    pen.rectangle((0, 52, 200, 740), fill=(238, 238, 243))
    for k in range(8):
        pen.rectangle((22, 90 + 44 * k, 40, 108 + 44 * k), outline=(90, 90, 100), width=2)
        pen.text((58, 92 + 44 * k), ("Messages", "Watch", "Groups", "Saved")[k % 4], fill=(80, 80, 90))
    pen.rounded_rectangle((240, 66, 798, 318), 8, fill=(255, 255, 255))
    pen.rounded_rectangle((240, 342, 798, 736), 8, fill=(255, 255, 255))
    pen.rounded_rectangle((846, 66, 1138, 318), 8, fill=(255, 255, 255))
    for k in range(7):
        pen.ellipse((256 + 72 * k, 108, 302 + 72 * k, 154), fill=(40 + 25 * k, 120, 200 - 20 * k))
    panel = (254, 424, 783, 710)
    pen.rectangle(panel, fill=(0, 0, 0))
    fitted = ImageOps.contain(picture, (529, 286))
    page.paste(fitted, (254 + (529 - fitted.width) // 2, 424 + (286 - fitted.height) // 2))
    return page


def _pixelate(i: Image.Image) -> Image.Image:
    small = i.resize((max(1, int(i.width * 0.3)), max(1, int(i.height * 0.3))), Image.Resampling.BILINEAR)
    return small.resize(i.size, Image.Resampling.NEAREST)


def _scale(i: Image.Image, by: float) -> Image.Image:
    return i.resize((max(8, int(i.width * by)), max(8, int(i.height * by))), Image.Resampling.BILINEAR)


def _square(i: Image.Image) -> Image.Image:
    side = max(i.size)
    return ImageOps.pad(i, (side, side))


def _plain(function: Callable[[Image.Image], Image.Image]) -> Edit:
    return lambda picture, _others, _rng: function(picture)


_E: Any = ImageEnhance
SUITE: dict[str, Edit] = {
    "quality 30": _plain(lambda i: jpeg(i, 30)),
    "quality 10": _plain(lambda i: jpeg(i, 10)),
    "scale .5": _plain(lambda i: _scale(i, 0.5)),
    "scale .25": _plain(lambda i: _scale(i, 0.25)),
    "brightness 1.6": _plain(lambda i: _E.Brightness(i).enhance(1.6)),
    "brightness .5": _plain(lambda i: _E.Brightness(i).enhance(0.5)),
    "contrast 1.8": _plain(lambda i: _E.Contrast(i).enhance(1.8)),
    "saturation 2": _plain(lambda i: _E.Color(i).enhance(2.0)),
    "greyscale": _plain(lambda i: i.convert("L").convert("RGB")),
    "blur 3": _plain(lambda i: i.filter(ImageFilter.GaussianBlur(3))),
    "sharpen 5": _plain(lambda i: _E.Sharpness(i).enhance(5.0)),
    "noise .02": lambda i, _, rng: _noise(i, rng, 255 * 0.02**0.5),
    "pixelization .3": _plain(_pixelate),
    "aspect 1.5": _plain(
        lambda i: i.resize((int((i.width * i.height * 1.5) ** 0.5), int((i.width * i.height / 1.5) ** 0.5)))
    ),
    "mirrored": _plain(ImageOps.mirror),
    "upside down": _plain(ImageOps.flip),
    "turned 90": _plain(lambda i: i.rotate(90, expand=True)),
    "turned 180": _plain(lambda i: i.rotate(180)),
    "turned 3": _plain(lambda i: turned(i, 3)),
    "turned 10": _plain(lambda i: turned(i, 10)),
    "crop 95 %": _plain(lambda i: centred(i, 0.95)),
    "crop 90 %": _plain(lambda i: centred(i, 0.9)),
    "crop 80 %": _plain(lambda i: centred(i, 0.8)),
    "crop 50 %": _plain(lambda i: centred(i, 0.5)),
    "crop 70 % off centre": _plain(lambda i: crop(i, 0.05, 0.2, 0.75, 0.9)),
    "top cut 20 %": _plain(lambda i: crop(i, 0, 0.2, 1, 1)),
    "pad 10 % black": _plain(lambda i: pad(i, 0.1, 0.1)),
    "pad 25 % white at the sides": _plain(lambda i: pad(i, 0.25, 0, (255, 255, 255))),
    "pad to a square": _plain(_square),
    "letterbox 30 %": _plain(lambda i: pad(i, 0, 0.3)),
    "text": _plain(lambda i: write(i, "look at this", (0.0, 0.5), 0.15, (255, 0, 0))),
    "emoji .3": _plain(lambda i: sticker(i, 0.4, 0.8, 0.3)),
    "stripes": _plain(_stripes),
    "meme": _plain(_meme),
    "screenshot": _plain(desktop),
    "perspective 25": lambda i, _, rng: warped(i, 25, rng),
    "opacity .6": _plain(lambda i: Image.blend(Image.new("RGB", i.size, (255, 255, 255)), i, 0.6)),
    "skew .15": _plain(_skew),
    "phone screenshot": _plain(phone_screenshot),
    "collage 2x2": lambda i, others, rng: collage(i, others, 2, 2, int(rng.integers(4))),
    "flip + crop 90 + quality 40": _plain(lambda i: jpeg(centred(ImageOps.mirror(i), 0.9), 40)),
    "pad + text + quality 40": _plain(
        lambda i: jpeg(write(pad(i, 0.1, 0.1), "look at this", (0, 0.5), 0.15, (255, 0, 0)), 40)
    ),
}
