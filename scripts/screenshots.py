"""Keep the screenshots that the functional tests took, reduced, and compose the picture of the README."""

from __future__ import annotations

import shutil
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
TAKEN, KEPT = ROOT / "var" / "screenshots", ROOT / "docs" / "screenshots"
PHONE, DESK = "portal/fr-360-light/1-home.png", "console/case-fr-1280.png"
COLOURS, TALLEST = 32, 1600
KEEP = (
    "portal-flow/fr-360-light/*.png",
    "portal-flow/en-1280-dark/s*.png",
    "portal/fr-360-light/[14]-*.png",
    "portal/en-1280-light/[14]-*.png",
    "portal/*-fr-360.png",
    "portal/behind-m*-en-1280-dark.png",
    "console/*-fr-1280.png",
    "figures/*.png",
    "library/fr-360-[a-m]*.png",
)


def keep() -> int:
    """Keep a choice of the screenshots, with few colours and of a sensible height; return how many."""
    shutil.rmtree(KEPT, ignore_errors=True)
    count = 0
    for path in sorted(path for pattern in KEEP for path in TAKEN.glob(pattern)):
        target = KEPT / path.relative_to(TAKEN)
        target.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(path) as opened:
            picture = opened.convert("RGB").crop((0, 0, opened.width, min(opened.height, TALLEST)))
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
        count += 1
    return count


def compose() -> None:
    """The portal on a telephone beside the console on a desk."""
    with Image.open(TAKEN / PHONE) as phone, Image.open(TAKEN / DESK) as desk:
        left = phone.convert("RGB").crop((0, 0, phone.width, 800))
        right = desk.convert("RGB").crop((0, 0, desk.width, 800))
    picture = Image.new("RGB", (left.width + right.width + 120, 880), (225, 230, 232))
    picture.paste(left, (40, 40))
    picture.paste(right, (left.width + 80, 40))
    picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), Image.Resampling.LANCZOS).quantize(
        192, dither=Image.Dither.NONE
    ).save(KEPT / "readme.png", optimize=True)


if __name__ == "__main__":
    print(f"{keep()} screenshots kept under docs/screenshots")
    compose()
