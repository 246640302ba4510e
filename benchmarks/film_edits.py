"""Films re-encoded with an edit in every frame, to look up beside the films they were made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
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


@dataclass(frozen=True)
class FilmEdit:
    """What is done to a film: to each frame (given one of another film beside it), to its length, its speed.

    `seconds`: only so many, from its middle. `speed`: how much faster it is played. `beside`: whether the
    other film is to be seen as well.
    """

    edit: Callable[[U8, U8], U8]
    seconds: float | None = None
    speed: float = 1.0
    beside: bool = False

    def of(self, frames: list[U8], others: list[U8], rate: float) -> Iterator[U8]:
        """The edited frames."""
        first, last = 0, len(frames)
        if self.seconds is not None:
            length = min(last, round(self.seconds * rate))
            first = (last - length) // 2
            last = first + length
        for number in range(first, last):
            yield self.edit(frames[number].copy(), others[number % len(others)])


def _alone(edit: Edit) -> Callable[[U8, U8], U8]:
    return lambda frame, _other: edit(frame)


def crop_80(frame: U8, _other: U8) -> U8:
    """Four fifths of each side."""
    height, width = frame.shape[:2]
    return frame[height // 10 : height - height // 10, width // 10 : width - width // 10]


def crop_off_centre(frame: U8, _other: U8) -> U8:
    """Without a sixth at the left and at the top."""
    height, width = frame.shape[:2]
    return frame[height // 6 :, width // 6 :]


def tall_bars(frame: U8, _other: U8) -> U8:
    """In the middle of a telephone's upright screen, black above and below."""
    height, width = frame.shape[:2]
    tall = np.zeros((max(height, width * 16 // 9), width, 3), np.uint8)
    top = (len(tall) - height) // 2
    tall[top : top + height] = frame
    return tall


def side_bars(frame: U8, _other: U8) -> U8:
    """Bars at both sides, a blurred copy of the film in them."""
    height, width = frame.shape[:2]
    wide = Image.fromarray(frame).resize((width * 8 // 5, height)).filter(ImageFilter.GaussianBlur(12))
    out = np.asarray(wide).copy()
    left = (out.shape[1] - width) // 2
    out[:, left : left + width] = frame
    return out


def box_over_the_middle(frame: U8, _other: U8) -> U8:
    """A grey box over the middle third of each side."""
    height, width = frame.shape[:2]
    frame[height // 3 : height - height // 3, width // 3 : width - width // 3] = 128
    return frame


def mirrored_and_framed(frame: U8, _other: U8) -> U8:
    """Mirrored, in a white frame."""
    height, width = frame.shape[:2]
    out = np.full((height * 5 // 4, width * 5 // 4, 3), 250, np.uint8)
    out[height // 8 : height // 8 + height, width // 8 : width // 8 + width] = frame[:, ::-1]
    return out


def in_another(frame: U8, other: U8) -> U8:
    """At half its sides in the upper right of another film."""
    height, width = frame.shape[:2]
    out = np.asarray(Image.fromarray(other).resize((width, height))).copy()
    small = np.asarray(Image.fromarray(frame).resize((width // 2, height // 2)))
    left = width - small.shape[1] - width // 20
    out[height // 20 : height // 20 + small.shape[0], left : left + small.shape[1]] = small
    return out


def turned(frame: U8, _other: U8) -> U8:
    """A quarter turn."""
    return np.rot90(frame).copy()


EVERY: dict[str, FilmEdit] = {
    "logo over a fifth": FilmEdit(_alone(logo)),
    "sticker": FilmEdit(_alone(sticker)),
    "crop 95 %": FilmEdit(_alone(crop)),
    "blurred and brighter": FilmEdit(_alone(soft)),
    "captions": FilmEdit(_alone(captions)),
    "crop 80 %": FilmEdit(crop_80),
    "crop off centre": FilmEdit(crop_off_centre),
    "tall bars": FilmEdit(tall_bars),
    "blurred bars at the sides": FilmEdit(side_bars),
    "box over the middle": FilmEdit(box_over_the_middle),
    "mirrored, framed, five seconds": FilmEdit(mirrored_and_framed, seconds=5.0),
    "in another film": FilmEdit(in_another, beside=True),
    "turned": FilmEdit(turned),
    "a quarter faster": FilmEdit(lambda frame, _other: frame, speed=1.25),
}
"""The edits of which the page says how many are found."""


def encode(frames: Iterable[U8], rate: float, out: Path) -> Path:
    """As platforms do: x264, a key frame in ten seconds, where no scene changes."""
    import av

    with av.open(str(out), "w") as target:
        made = target.add_stream("libx264", rate=Fraction(rate).limit_denominator(1000))
        made.pix_fmt, made.options = "yuv420p", {"preset": "veryfast", "crf": "30"}
        for number, frame in enumerate(frames):
            even = np.ascontiguousarray(frame[: frame.shape[0] // 2 * 2, : frame.shape[1] // 2 * 2])
            if not number:
                made.height, made.width = even.shape[:2]
            target.mux(made.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        target.mux(made.encode())
    return out


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
