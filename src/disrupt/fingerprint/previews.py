"""A small, blurred JPEG of a picture or video, upright and without metadata; runs in the sandbox."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from disrupt.fingerprint.containers import open_container, turn_of, video_stream
from disrupt.fingerprint.decode import check_pixels, damaged, eight_bits, image_kind, loaded
from disrupt.fingerprint.errors import FingerprintError, MediaTooLarge, UnreadableMedia
from disrupt.fingerprint.exif import AS_IS
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.pdq import turned
from disrupt.fingerprint.profiles import in_its_colours

_QUALITY = 82
_STILL_AT = 1.0
MAX_SIDE = 4096
_AS_DECODED = ("heif", "webp")
"""Kinds of which browsers do not turn what was decoded: of HEIC that is done by then, of WebP they do not."""


def preview(
    content: bytes | BinaryIO, max_side: int, blur: float, limits: Limits
) -> tuple[bytes, tuple[int, int]]:
    """A JPEG whose longer side is at most `max_side`, blurred by a Gaussian of `blur` pixels; and its size.

    Bytes are a picture; a file is a video, of which the frame one second in is shown (the first, if it is
    shorter). Raises what decoding raises, ValueError for a side outside 1 to 4096 or a negative blur.
    """
    if not 1 <= max_side <= MAX_SIDE or blur < 0:
        raise ValueError(f"a preview is 1 to {MAX_SIDE} pixels wide and its blur at least 0")
    try:
        image = _picture(content, max_side, limits) if isinstance(content, bytes) else _still(content, limits)
        return encode(image, max_side, blur)
    except FingerprintError:
        raise
    except MemoryError as error:
        raise MediaTooLarge("the preview needs more memory than a decoder may use") from error
    except Exception as error:  # a decoder may raise anything at all on hostile bytes
        raise damaged("media", error) from error


def _picture(data: bytes, max_side: int, limits: Limits) -> Image.Image:
    kind = image_kind(data)
    image, _ = loaded(data, kind, limits, draft=2 * max_side)
    if image.mode.startswith("I") or image.mode == "F":
        image = Image.fromarray(eight_bits(image)[0])
    image.thumbnail((2 * max_side, 2 * max_side), Image.Resampling.BOX)
    image = image if kind in _AS_DECODED else ImageOps.exif_transpose(image)
    seen = in_its_colours(image)
    return image if seen is None else Image.fromarray(seen)


def _still(file: BinaryIO, limits: Limits) -> Image.Image:
    with open_container(file) as container:
        stream = video_stream(container, limits)
        last = None
        for last in container.decode(stream):
            check_pixels(last.width, last.height, limits.video_pixels)
            if last.time is None or last.time >= _STILL_AT:
                break
        if last is None:
            raise UnreadableMedia("not one frame of the video could be decoded: send the original file again")
        return upright(last, last.to_image())


def upright(frame: Any, image: Image.Image) -> Image.Image:
    """A film's frame as players show it."""
    turn = turn_of(frame)
    return image if turn == AS_IS else Image.fromarray(np.ascontiguousarray(turned(np.asarray(image), turn)))


def encode(image: Image.Image, max_side: int, blur: float) -> tuple[bytes, tuple[int, int]]:
    """Copies the pixels alone, so that no comment, profile or Exif block comes along."""
    if image.mode in ("RGBA", "LA", "PA", "P") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    image = image.convert("RGB")
    image.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
    if blur:
        image = image.filter(ImageFilter.GaussianBlur(blur))
    out = io.BytesIO()
    Image.fromarray(np.asarray(image)).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue(), image.size
