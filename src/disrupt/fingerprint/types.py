"""What a fingerprint is: plain frozen values, without a decoder in sight."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

_HEX = re.compile(r"[0-9a-f]{64}")


def _checked_hex(value: str) -> None:
    if not _HEX.fullmatch(value):
        raise ValueError(f"a PDQ is 64 lower-case hexadecimal digits, not {value[:70]!r}")


@dataclass(frozen=True, slots=True)
class Pdq:
    """A PDQ: 256 bits as 64 hexadecimal digits, most significant first, and a quality from 0 to 100.

    A quality of 49 or less says the picture has too few features to be matched on.
    """

    hex: str
    quality: int

    def __post_init__(self) -> None:
        _checked_hex(self.hex)

    @property
    def bits(self) -> npt.NDArray[np.uint8]:
        """The hash as uint8 (32,), in the order of the hexadecimal digits."""
        return np.frombuffer(bytes.fromhex(self.hex), dtype=np.uint8)


class Dihedral(NamedTuple):
    """The PDQ of a picture and of its seven turned or mirrored forms, all from one DCT.

    Each name says what was done to the pixels `a`, in numpy's words (the reference's name in brackets).
    """

    identity: Pdq
    """a (Original)"""
    rot90: Pdq
    """numpy.rot90(a): a quarter turn counter-clockwise (Rotate90)"""
    rot180: Pdq
    """numpy.rot90(a, 2) (Rotate180)"""
    rot270: Pdq
    """numpy.rot90(a, 3): a quarter turn clockwise (Rotate270)"""
    flipx: Pdq
    """numpy.flipud(a): mirrored top to bottom (FlipX)"""
    flipy: Pdq
    """numpy.fliplr(a): mirrored left to right (FlipY)"""
    transpose: Pdq
    """a.T: mirrored on the main diagonal (FlipPlus1)"""
    antitranspose: Pdq
    """numpy.rot90(a, 2).T: mirrored on the other diagonal (FlipMinus1)"""


@dataclass(frozen=True, slots=True)
class Shown:
    """The PDQ of another form in which viewers show a picture, and which form that is.

    "on white", "on black": where it is transparent; "frame 3": one of an animation, a page, another picture;
    "in its colours": where its colour profile makes another picture of it.
    """

    form: str
    pdq: Pdq


@dataclass(frozen=True, slots=True)
class ImageFingerprint:
    """The fingerprints of a picture.

    `width` and `height` are of the pixels as stored; `pdq` is of those pixels, which is what other
    implementations hash; `upright` is of the picture as it is shown, only where EXIF orientation turns it.
    `shown` are the other forms that a viewer shows, those with features only, no two alike. `notes` says
    what was left out, or guessed ("damaged or cut short: about 94 % of it was decoded").
    """

    sha256: str
    md5: str
    width: int
    height: int
    pdq: Pdq
    upright: Pdq | None = None
    notes: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    kind: Literal["image"] = "image"


@dataclass(frozen=True, slots=True)
class VpdqFrame:
    """One hashed frame of a video: its number, its time in seconds, its PDQ and quality."""

    frame: int
    timestamp: float
    quality: int
    hex: str

    def __post_init__(self) -> None:
        _checked_hex(self.hex)

    @property
    def bits(self) -> npt.NDArray[np.uint8]:
        """The hash as uint8 (32,), in the order of the hexadecimal digits."""
        return np.frombuffer(bytes.fromhex(self.hex), dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class VideoFingerprint:
    """The fingerprints of a video; `duration` in seconds, `vpdq` one entry a hashed frame, as stored.

    `upright`: the same frames as they are shown, where the film says that it is to be turned. `others`: the
    frames of other video tracks, where they were asked for.
    """

    sha256: str
    md5: str
    width: int
    height: int
    duration: float
    vpdq: tuple[VpdqFrame, ...]
    notes: tuple[str, ...] = ()
    upright: tuple[VpdqFrame, ...] = ()
    others: tuple[VpdqFrame, ...] = ()
    kind: Literal["video"] = "video"

    @property
    def every_frame(self) -> tuple[VpdqFrame, ...]:
        """All that were hashed, in every form and of every track."""
        return (*self.vpdq, *self.upright, *self.others)
