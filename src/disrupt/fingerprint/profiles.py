"""A picture in the colours that its profile says, where those are others; runs inside the sandbox.

Viewers obey a colour profile, other PDQ programs do not: a profile in which red stands for blue makes what is
seen another picture than what is stored.
"""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

U8 = npt.NDArray[np.uint8]
IN_ITS_COLOURS = "in its colours"
"""The name of that form."""

MARK = b"ICC_PROFILE\0"
"""What an APP2 segment of a JPEG begins with that holds a profile."""
_WEIGHTS = np.array([0.299, 0.587, 0.114])
_HARDLY = 24.0
"""A profile that moves the luma of no colour by more changes few bits: cameras' profiles are of that kind."""


def in_its_colours(image: Image.Image) -> U8 | None:
    """uint8 (H, W, 3) as viewers show it; None where that is hardly different, or the profile is none.

    `image` is loaded.
    """
    change = _change_of(image)
    if change is None:
        return None
    shown = ImageCms.applyTransform(image.convert("RGB"), change)
    return None if shown is None else np.asarray(shown)


def changes(image: Image.Image) -> bool:
    """Whether its profile makes another picture of it; it need not be loaded."""
    return _change_of(image) is not None


def _change_of(image: Image.Image) -> ImageCms.ImageCmsTransform | None:
    profile = image.info.get("icc_profile")
    return _transform(bytes(profile)) if profile and image.mode == "RGB" else None


@lru_cache(maxsize=4)
def _transform(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    """From a profile to the colours of a screen; None where it is none, or changes hardly anything."""
    try:
        given, screen = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        # Getting ready for millions of pixels takes five times as long as changing these few.
        tried = ImageCms.buildTransform(given, screen, "RGB", "RGB", flags=ImageCms.Flags.NOOPTIMIZE)
        steps = np.arange(0, 256, 51, dtype=np.uint8)
        colours = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(1, -1, 3)
        shown = ImageCms.applyTransform(Image.fromarray(colours), tried)
        apart = np.abs(np.asarray(shown) @ _WEIGHTS - colours @ _WEIGHTS)
        if float(apart.max()) <= _HARDLY:
            return None
        return ImageCms.buildTransform(given, screen, "RGB", "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
