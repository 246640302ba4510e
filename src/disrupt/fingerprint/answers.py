"""What a decoder answered, checked as what a hostile program might have said, as frozen values."""

from __future__ import annotations

import math
from typing import Any

from disrupt.fingerprint.digest import Digests
from disrupt.fingerprint.errors import SandboxFailure
from disrupt.fingerprint.tasks import Answer
from disrupt.fingerprint.types import ImageFingerprint, Pdq, Shown, VideoFingerprint, VpdqFrame


def nonsense() -> SandboxFailure:
    """The error for an answer that no honest decoder gives."""
    return SandboxFailure("the decoder gave a senseless answer: the file is damaged or hostile")


def image_of(answer: Answer, digests: Digests) -> ImageFingerprint:
    """A picture's fingerprint. Raises SandboxFailure."""
    values = answer.values
    try:
        upright = values["upright"]
        return ImageFingerprint(
            sha256=digests.sha256,
            md5=digests.md5,
            width=side_of(values["width"]),
            height=side_of(values["height"]),
            pdq=pdq_of(values["pdq"]),
            upright=None if upright is None else pdq_of(upright),
            notes=notes_of(values["notes"]),
            shown=tuple(Shown(_form(name), pdq_of(pair)) for name, *pair in values["shown"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise nonsense() from error


def video_of(answer: Answer, digests: Digests) -> VideoFingerprint:
    """A video's fingerprint. Raises SandboxFailure."""
    values = answer.values
    try:
        return VideoFingerprint(
            sha256=digests.sha256,
            md5=digests.md5,
            width=side_of(values["width"]),
            height=side_of(values["height"]),
            duration=time_of(values["duration"]),
            vpdq=_frames(values["vpdq"]),
            notes=notes_of(values["notes"]),
            upright=_frames(values["upright"]),
            others=_frames(values["others"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise nonsense() from error


def _frames(rows: Any) -> tuple[VpdqFrame, ...]:
    return tuple(
        VpdqFrame(int(frame), time_of(timestamp), quality_of(quality), hex_)
        for frame, timestamp, quality, hex_ in rows
    )


def _form(value: Any) -> str:
    return "".join(c for c in str(value) if c.isprintable())[:40]


def pdq_of(pair: Any) -> Pdq:
    """A hash and its quality. Raises TypeError, ValueError."""
    hex_, quality = pair
    return Pdq(hex_, quality_of(quality))


def quality_of(value: Any) -> int:
    """A quality. Raises ValueError."""
    if not (type(value) is int and 0 <= value <= 100):
        raise ValueError("a quality is 0 to 100")
    return value


def side_of(value: Any) -> int:
    """A side in pixels. Raises ValueError."""
    if not (type(value) is int and 0 < value < 1 << 31):
        raise ValueError("a side is a positive number of pixels")
    return value


def time_of(value: Any) -> float:
    """A time in seconds. Raises TypeError, ValueError."""
    seconds = float(value)
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ValueError("a time is a finite number of seconds")
    return seconds


def notes_of(values: Any) -> tuple[str, ...]:
    """At most ten notes, each on one line. Raises TypeError."""
    return tuple("".join(c for c in str(note) if c.isprintable())[:200] for note in list(values)[:10])
