"""Edits that uploaders make, re-made with Pillow and numpy so that the benchmark runs without AugLy.

Compatible with Pillow 8, because `augly_edits.py` borrows two of them. Every function takes and returns an
RGB picture.
"""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image, ImageDraw


def collage(
    picture: Image.Image, others: Sequence[Image.Image], columns: int, rows: int, place: int = 0
) -> Image.Image:
    """The picture at cell `place` of a grid, the others around it, each stretched to its cell."""
    width, height = picture.size
    sheet = Image.new("RGB", (width * columns, height * rows))
    cells = list(others)[: columns * rows - 1]
    cells.insert(place, picture)
    for cell, image in enumerate(cells):
        at = (cell % columns * width, cell // columns * height)
        sheet.paste(image.resize((width, height)), at)
    return sheet


def phone_screenshot(picture: Image.Image) -> Image.Image:
    """The picture as a messaging application shows it on a 1080x2160 telephone: bars, avatar, text, icons."""
    screen = Image.new("RGB", (1080, 2160), (250, 250, 250))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 1080, 70), fill=(28, 28, 30))
    draw.text((40, 28), "21:47", fill=(255, 255, 255))
    for x in (900, 950, 1000):
        draw.rectangle((x, 24, x + 34, 46), fill=(235, 235, 235))
    draw.ellipse((40, 100, 150, 210), fill=(90, 140, 200))
    draw.rectangle((180, 120, 520, 142), fill=(60, 60, 60))
    draw.rectangle((180, 166, 400, 182), fill=(160, 160, 160))
    width, height = picture.size
    scaled = picture.resize((1080, max(1, min(1500, round(height * 1080 / width)))))
    top = 240
    screen.paste(scaled, (0, top))
    below = top + scaled.size[1]
    for k in range(3):
        draw.ellipse((40 + 110 * k, below + 30, 110 + 110 * k, below + 100), outline=(20, 20, 20), width=6)
    for k, length in enumerate((820, 940, 610)):
        draw.rectangle((40, below + 140 + 44 * k, 40 + length, below + 160 + 44 * k), fill=(90, 90, 90))
    draw.rectangle((0, 2030, 1080, 2160), fill=(240, 240, 242))
    draw.rectangle((390, 2130, 690, 2140), fill=(0, 0, 0))
    return screen
