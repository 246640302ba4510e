"""A row of stills of something that moves: what happens in it is seen at one look, without playing it.

Made of the luma that the sandbox hands over, so it is grey whatever the page says; no decoder runs here.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageFilter

from disrupt.fingerprint import Look

MOST = 12
ACROSS = 4
GAP = 6
_PAPER = 136  # the grey that stands behind every picture, by day and by night


def chosen(count: int) -> tuple[int, ...]:
    """The numbers of at most MOST stills, evenly spread, the first and the last among them."""
    return tuple(dict.fromkeys(int(n) for n in np.linspace(0, count - 1, min(MOST, count)).round()))


def sheet(film: Look, side: int, blur: float) -> tuple[bytes, tuple[float, ...]]:
    """A JPEG of stills in rows of ACROSS, each `side` pixels wide or high; and the second of each.

    Raises ValueError when there is no still.
    """
    numbers = chosen(len(film.seconds)) if film.seconds else ()
    if not numbers:
        raise ValueError("there is no still to show")
    width, height = _fitted(film.width, film.height, side)
    across = min(ACROSS, len(numbers))
    rows = -(-len(numbers) // across)
    page = Image.new("L", (across * (width + GAP) - GAP, rows * (height + GAP) - GAP), _PAPER)
    for place, number in enumerate(numbers):
        # The sandbox stretches each still to a square.
        still = Image.fromarray(film.luma[number]).resize((width, height), Image.Resampling.LANCZOS)
        if blur:
            still = still.filter(ImageFilter.GaussianBlur(blur))
        page.paste(still, (place % across * (width + GAP), place // across * (height + GAP)))
    out = io.BytesIO()
    page.save(out, "JPEG", quality=80)
    return out.getvalue(), tuple(film.seconds[number] for number in numbers)


def _fitted(width: int, height: int, side: int) -> tuple[int, int]:
    longest = max(width, height, 1)
    return max(1, round(side * width / longest)), max(1, round(side * height / longest))
