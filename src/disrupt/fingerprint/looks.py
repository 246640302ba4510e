"""A look at a file: its kind, size, picture and a few stills in one go; runs in the sandbox."""

from __future__ import annotations

import time
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageStat

from disrupt.fingerprint._stills import Stills, animation_stills
from disrupt.fingerprint.decode import decode_image
from disrupt.fingerprint.glimpses import Glimpse, glimpses
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.looking import GATHERING
from disrupt.fingerprint.previews import encode, preview
from disrupt.fingerprint.printing import print_picture
from disrupt.fingerprint.tasks import Answer, Plain, Task

_SMALLEST = 64
"""The side of the frames of a film of which nobody wants a picture."""


def look_at_film(file: BinaryIO, task: Task, limits: Limits) -> Answer:
    """Frames spread over a film, and the liveliest of them as its cover."""
    side = max(task.max_side, task.still_side, _SMALLEST)
    wanted = task.most if task.max_side else 1
    seen = glimpses(file, limits, most=wanted, max_side=side, seconds=GATHERING * task.seconds)
    values: Plain = {"width": seen.width, "height": seen.height, "until": seen.until, "notes": []}
    if not task.max_side:
        return Answer(values | {"stills": [], "cover": 0})
    cover, _ = encode(_liveliest(seen.frames), task.max_side, task.blur)
    squares = [_square(one.image, task.still_side) for one in seen.frames]
    seconds = [one.second for one in seen.frames]
    return Answer(values | {"stills": seconds, "cover": len(cover)}, cover + b"".join(squares))


def look_at_picture(data: bytes, task: Task, limits: Limits) -> Answer:
    """A picture's fingerprint, its cover, and stills where it moves."""
    started = time.monotonic()
    values = print_picture(decode_image(data, limits), data, limits) | {
        "until": None,
        "stills": [],
        "cover": 0,
    }
    if not task.max_side:
        return Answer(values)
    cover, _ = preview(data, task.max_side, task.blur, limits)
    stills = Stills(task.still_side, most=task.most)
    animation_stills(data, limits, stills, deadline=started + GATHERING * task.seconds)
    return Answer(values | {"stills": stills.seconds, "cover": len(cover)}, cover + stills.pixels())


def _liveliest(frames: list[Glimpse]) -> Image.Image:
    """The frame with the most contrast: films begin and end in black."""
    return max(frames, key=lambda one: ImageStat.Stat(one.image.convert("L")).stddev[0]).image


def _square(image: Image.Image, side: int) -> bytes:
    return np.asarray(image.convert("L").resize((side, side), Image.Resampling.BOX)).tobytes()
