"""A look at a file for a person who waits: what it is, a picture of it, a few stills, within seconds.

A film is not gone through: a handful of frames, spread over it, say what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from disrupt.fingerprint.answers import image_of, nonsense, notes_of, side_of, time_of
from disrupt.fingerprint.api import ask
from disrupt.fingerprint.digest import Digests
from disrupt.fingerprint.sandbox import Sandbox
from disrupt.fingerprint.source import Source
from disrupt.fingerprint.tasks import Task
from disrupt.fingerprint.types import ImageFingerprint

_COVER_CEILING = 16 << 20
GATHERING = 0.7
"""The part of the time in which frames of a film are gathered; the rest is for making pictures of them."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What a look showed.

    `width`, `height`: as stored, of a film as shown. `picture`: its fingerprint, of a picture only. `cover`:
    a JPEG, upright and without metadata ("" where none was asked for). `seconds` and `luma`, uint8 (N, side,
    side): stills of what moves, each stretched to a square. `until`: the second up to which a film was looked
    through, where the time was not enough for all of it.
    """

    digests: Digests
    width: int
    height: int
    picture: ImageFingerprint | None
    cover: bytes
    seconds: tuple[float, ...]
    luma: npt.NDArray[np.uint8]
    until: float | None
    notes: tuple[str, ...]


def look(
    source: Source,
    *,
    max_side: int = 512,
    blur: float = 0.0,
    still_side: int = 128,
    most: int = 12,
    seconds: float = 10.0,
    patience: float | None = None,
    trusted: bool = False,
    sandbox: Sandbox | None = None,
) -> Look:
    """Look at a picture or a film for at most `seconds`.

    The cover's longer side has at most `max_side` pixels (0: no cover and no stills), blurred by a Gaussian
    of `blur` pixels; at most `most` stills. `patience`: how long to wait for a free decoder.
    Raises DecodersBusy, TookTooLong, and what `fingerprint_file` does.
    """
    task = Task("look", max_side=max_side, blur=blur, still_side=still_side, most=most, seconds=seconds)
    ceiling = _COVER_CEILING + most * still_side * still_side
    answer, digests = ask(source, task, trusted, sandbox, ceiling, seconds=seconds, patience=patience)
    values, blob = answer.values, answer.blob
    try:
        cover = int(values["cover"])
        times = tuple(time_of(second) for second in values["stills"])
        if not 0 <= cover <= len(blob):
            raise ValueError("a cover that was not sent")
        luma = np.frombuffer(blob, np.uint8, offset=cover) if len(blob) > cover else np.zeros(0, np.uint8)
        return Look(
            digests,
            side_of(values["width"]),
            side_of(values["height"]),
            image_of(answer, digests) if "pdq" in values else None,
            blob[:cover],
            times,
            luma.reshape(len(times), still_side, still_side),
            None if values["until"] is None else time_of(values["until"]),
            notes_of(values["notes"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise nonsense() from error
