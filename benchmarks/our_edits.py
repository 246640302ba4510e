"""Edits of our own kind, beside the AugLy suite; some were looked at while the views were made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from benchmarks.edits import (
    Edit,
    centred,
    collage,
    crop,
    jpeg,
    pad,
    phone_screenshot,
    sticker,
    turned,
    warped,
    write,
)

Others = Sequence[Image.Image]
Rng = np.random.Generator


def _gradient(size: tuple[int, int], upright: bool) -> Image.Image:
    ramp = Image.linear_gradient("L").resize(size)
    ramp = ramp if upright else ramp.rotate(90).resize(size)
    return ImageOps.colorize(ramp, (60, 30, 110), (240, 150, 90))


def gradient_bars(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """Coloured gradients above and below, as story editors fill a tall frame."""
    out = _gradient((i.width, int(i.height * 1.6)), upright=True)
    out.paste(i, (0, int(i.height * 0.3)))
    return out


def blurred_bars(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """The picture over an enlarged, blurred copy of itself, as players fill the sides of upright films."""
    size = (int(i.width * 1.7), i.height)
    out = i.resize(size).filter(ImageFilter.GaussianBlur(max(8, i.height // 25)))
    out.paste(i, ((size[0] - i.width) // 2, 0))
    return out


def story(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """A small picture somewhere on a tall gradient, with words above and below."""
    out = _gradient((1080, 1920), upright=True)
    small = ImageOps.contain(i, (840, 1100))
    out.paste(small, (120, 380))
    out = write(out, "you won't believe this", (0.12, 0.08), 0.035, (255, 255, 255))
    return write(out, "link below", (0.3, 0.85), 0.03, (255, 255, 255))


def inset(i: Image.Image, others: Others, _rng: Rng) -> Image.Image:
    """The picture, small, over a corner of another one."""
    out = others[0].resize((900, 700))
    out.paste(i.resize((400, 320)), (470, 350))
    return out


def with_inset(i: Image.Image, others: Others, _rng: Rng) -> Image.Image:
    """Another picture, a quarter of the side, over a corner of this one."""
    out = i.copy()
    out.paste(others[0].resize((i.width // 4, i.height // 4)), (int(i.width * 0.7), int(i.height * 0.05)))
    return out


def polaroid(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """A white frame, wide below, on a darker table."""
    w, h = i.size
    frame = Image.new("RGB", (int(w * 1.12), int(h * 1.3)), (248, 248, 244))
    frame.paste(i, (int(w * 0.06), int(h * 0.06)))
    return ImageOps.expand(frame, int(w * 0.08), (96, 74, 52))


def photographed_screen(i: Image.Image, _others: Others, rng: Rng) -> Image.Image:
    """A photograph of a screen: perspective, a darker edge, lines, noise."""
    framed = pad(i, 0.08, 0.08, (12, 12, 14))
    leaning = warped(framed, min(framed.size) * 0.025, rng)
    pixels = (
        np.asarray(leaning, np.float32) * (1 + 0.06 * np.sin(np.arange(leaning.height) * 0.9))[:, None, None]
    )
    pixels += rng.normal(0, 6, pixels.shape)
    return jpeg(Image.fromarray(pixels.clip(0, 255).astype(np.uint8)), 60)


def censored(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """A black band across a third of the width."""
    out = i.copy()
    box = (int(i.width * 0.3), int(i.height * 0.35), int(i.width * 0.7), int(i.height * 0.47))
    ImageDraw.Draw(out).rectangle(box, (0, 0, 0))
    return out


def watermarked(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """Words all over it, half transparent."""
    words = i.copy()
    for row in range(5):
        for column in range(3):
            at = (column * 0.34 + 0.05 * (row % 2), row * 0.2 + 0.05)
            words = write(words, "EXAMPLE.ORG", at, 0.06, (255, 255, 255))
    return Image.blend(i, words, 0.5)


def rounded(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """Round corners on white, with a narrow margin."""
    mask = Image.new("L", i.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, *i.size), min(i.size) // 8, fill=255)
    out = Image.new("RGB", (i.width + 40, i.height + 40), (255, 255, 255))
    out.paste(i, (20, 20), mask)
    return out


def tilted(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """Turned by 7 degrees, its corners left on grey."""
    return i.rotate(7, Image.Resampling.BICUBIC, expand=True, fillcolor=(128, 128, 128))


def vignette(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """Dark towards the corners, sepia."""
    light = ImageOps.invert(Image.radial_gradient("L").resize(i.size)).point(lambda v: min(255, 60 + v))
    sepia = ImageOps.colorize(i.convert("L"), (30, 18, 8), (255, 236, 200))
    return Image.composite(sepia, Image.new("RGB", i.size, (0, 0, 0)), light)


def to_square(i: Image.Image, _others: Others, _rng: Rng) -> Image.Image:
    """The middle, cut to a square."""
    side = min(i.size)
    return ImageOps.fit(i, (side, side))


def random_crop(i: Image.Image, _others: Others, rng: Rng) -> Image.Image:
    """Any part of 60 to 95 % of the sides, of the picture's own shape."""
    side = rng.uniform(0.6, 0.95)
    x, y = rng.uniform(0, 1 - side, 2)
    return crop(i, x, y, x + side, y + side)


OURS: dict[str, Edit] = {
    "gradient bars": gradient_bars,
    "blurred bars": blurred_bars,
    "story on a gradient": story,
    "inset on another picture": inset,
    "another picture inset": with_inset,
    "polaroid": polaroid,
    "photograph of a screen": photographed_screen,
    "black band": censored,
    "watermark": watermarked,
    "round corners": rounded,
    "turned 7, corners grey": tilted,
    "turned 5, cropped": lambda i, _, __: turned(i, -5),
    "sepia vignette": vignette,
    "cut to a square": to_square,
    "crop at random": random_crop,
    "bottom cut 15 %": lambda i, _, __: crop(i, 0, 0, 1, 0.85),
    "mirrored + crop 85 % in a corner": lambda i, _, __: crop(ImageOps.mirror(i), 0, 0, 0.85, 0.85),
    "stretched 1.3 + crop 94 %": lambda i, _, __: centred(i, 0.94).resize((int(i.width * 1.3), i.height)),
    "stretched, turned 90, quality 20": lambda i, _, __: jpeg(
        i.resize((i.width, int(i.height * 1.4))).rotate(90, expand=True), 20
    ),
    "posterised": lambda i, _, __: ImageOps.posterize(i, 2),
    "negative": lambda i, _, __: ImageOps.invert(i),
    "gamma": lambda i, _, __: i.point(lambda v: int(255 * (v / 255) ** 0.45)),
    "face covered": lambda i, _, __: sticker(i, 0.38, 0.2, 0.35),
    "thumbnail 120 px": lambda i, _, __: ImageOps.contain(i, (120, 120)),
    "dark phone screenshot": lambda i, _, __: phone_screenshot(i, dark=True),
    "collage 1x2 with a gutter": lambda i, others, rng: collage(i, others, 1, 2, int(rng.integers(2)), 16),
    "collage 3x3": lambda i, others, rng: collage(i, others, 3, 3, int(rng.integers(9))),
    "mirrored in a white frame with text": lambda i, _, __: write(
        pad(ImageOps.mirror(i), 0.08, 0.08, (255, 255, 255)), "for you", (0.3, 0.4), 0.12, (255, 255, 255)
    ),
    "faded, quality 15": lambda i, _, __: jpeg(ImageEnhance.Contrast(i).enhance(0.4), 15),
}
