"""Films re-encoded with an edit in every frame, to look up beside the films they were made of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

U8 = NDArray[np.uint8]
Edit = Callable[[U8], U8]

MOST_FRAMES = 1500


def logo(frame: U8) -> U8:
    """A red rectangle over a fifth of the picture."""
    height, width = frame.shape[:2]
    frame[height // 10 : height // 2 - height // 20, width // 20 : width // 2] = (240, 30, 30)
    return frame


def sticker(frame: U8) -> U8:
    """A green one over its middle."""
    height, width = frame.shape[:2]
    frame[height // 3 : height // 3 + height // 4, width // 3 : width // 3 + width // 4] = (20, 200, 30)
    return frame


def crop(frame: U8) -> U8:
    """Nineteen twentieths of each side."""
    height, width = frame.shape[:2]
    return frame[height // 40 : height - height // 40, width // 40 : width - width // 40]


def soft(frame: U8) -> U8:
    """Blurred, and far brighter."""
    blurred = Image.fromarray(frame).filter(ImageFilter.GaussianBlur(4))
    return np.clip((np.asarray(blurred) / 255.0) ** 0.5 * 255, 0, 255).astype(np.uint8)


def captions(frame: U8) -> U8:
    """Bars over a quarter of its height."""
    frame[-frame.shape[0] // 6 :] = 20
    frame[: frame.shape[0] // 12] = 250
    return frame


EDITS: tuple[Edit, ...] = (logo, sticker, crop, soft, captions)


def write(film: Path, edit: Edit, out: Path) -> Path:
    """The film at half its size, edited and encoded as platforms do: x264, a key frame in ten seconds."""
    import av

    with av.open(str(film)) as source, av.open(str(out), "w") as target:
        stream = source.streams.video[0]
        made = target.add_stream("libx264", rate=round(stream.average_rate or 25))
        made.pix_fmt, made.options = "yuv420p", {"preset": "veryfast", "crf": "30"}
        for number, frame in enumerate(source.decode(stream)):
            picture = Image.fromarray(edit(frame.to_ndarray(format="rgb24").copy()))
            half = picture.resize((picture.width // 4 * 2, picture.height // 4 * 2))
            if not number:
                made.width, made.height = half.size
            target.mux(made.encode(av.VideoFrame.from_image(half)))
            if number >= MOST_FRAMES:
                break
        target.mux(made.encode())
    return out
