"""Stills of a moving picture: small squares of luma to take views of, as many as there is room for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageSequence

from disrupt.fingerprint.decode import check_pixels, eight_bits, open_picture
from disrupt.fingerprint.formats import FORMATS
from disrupt.fingerprint.sniff import HEAD, sniff
from disrupt.fingerprint.tasks import MOST_STILLS

if TYPE_CHECKING:
    from disrupt.fingerprint.limits import Limits
    from disrupt.fingerprint.types import VpdqFrame


class Stills:
    """Collects stills of `side` x `side` pixels; when there are more than `most`, every second one goes."""

    def __init__(self, side: int, most: int = MOST_STILLS) -> None:
        self.side, self.most = side, most
        self.seconds: list[float] = []
        self._squares: list[npt.NDArray[np.uint8]] = []
        self._every = 1
        self._seen = 0

    def watch(self, frame: Any, found: VpdqFrame) -> None:
        """Take a hashed frame of a film."""
        if self._wanted():
            self._keep(Image.fromarray(frame.to_ndarray(format="gray")), found.timestamp)

    def add(self, image: Image.Image, second: float) -> None:
        """Take a frame of an animated picture, unless it is like the one before."""
        square = self._square(image)
        if self._squares and np.abs(square.astype(np.int16) - self._squares[-1]).max() <= 2:
            return
        if self._wanted():
            self._keep(image, second)

    def _wanted(self) -> bool:
        self._seen += 1
        return (self._seen - 1) % self._every == 0

    def _keep(self, image: Image.Image, second: float) -> None:
        self._squares.append(self._square(image))
        self.seconds.append(round(second, 3))
        if len(self._squares) > self.most:
            self._squares, self.seconds = self._squares[::2], self.seconds[::2]
            self._every *= 2

    def _square(self, image: Image.Image) -> npt.NDArray[np.uint8]:
        return np.asarray(image.convert("L").resize((self.side, self.side), Image.Resampling.BOX))

    def pixels(self) -> bytes:
        """All the squares, one after the other."""
        return b"".join(square.tobytes() for square in self._squares)


def animation_stills(data: bytes, limits: Limits, stills: Stills, deadline: float = float("inf")) -> None:
    """Collect the distinct frames of a file that has several; none where there is one.

    What comes after the deadline (monotonic clock) is left out.
    """
    for number, (image, second) in enumerate(frames_of(data, limits)):
        stills.add(image, second)
        if number >= limits.frames or time.monotonic() >= deadline:
            return


def frames_of(data: bytes, limits: Limits) -> Iterator[tuple[Image.Image, float]]:
    """The frames, pages or pictures of a file in red, green and blue, with their seconds; none if it has one.

    What follows damage is left out. How many the file says it has is never asked.
    """
    kind = sniff(data[:HEAD])
    if kind not in FORMATS or not FORMATS[kind].moves:
        return
    with suppress(OSError, ValueError, EOFError, SyntaxError, RuntimeError):
        image = open_picture(data, kind, limits)
        if not getattr(image, "is_animated", False):
            return
        second = 0.0
        for frame in ImageSequence.Iterator(image):
            check_pixels(frame.width, frame.height, limits.colour_pixels)
            yield (
                (Image.fromarray(eight_bits(frame)[0]) if frame.mode[0] in "IF" else frame).convert("RGB"),
                second,
            )
            second += float(frame.info.get("duration", 0) or 0) / 1000.0
