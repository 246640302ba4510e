"""The hashes of a decoded picture in every form that viewers show, as plain values that leave the sandbox."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from disrupt.fingerprint._stills import frames_of
from disrupt.fingerprint.decode import Picture, composites
from disrupt.fingerprint.exif import AS_IS, TURNS
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.pdq import pdq_from_array, pdq_turned
from disrupt.fingerprint.profiles import IN_ITS_COLOURS
from disrupt.fingerprint.tasks import Plain
from disrupt.fingerprint.types import Pdq

_MOST = 16
"""Further forms of one picture, at most."""
_LOOKED_AT = 300
_LOOKING = 5.0
"""Frames of an animation that are hashed to find the distinct ones, and seconds for it, at most."""
_ALIKE = 31
_FEATURES = 50


def print_picture(picture: Picture, data: bytes, limits: Limits) -> Plain:
    """Size, hash, upright hash, the other forms and the notes of a picture; `data` is its file."""
    pixels, exact = picture.pixels, not picture.rounded
    pdq = pdq_from_array(pixels, exact=exact)
    turn = TURNS.get(picture.orientation)
    upright = pdq_turned(pixels, turn, exact=exact) if turn else None
    forms = _Forms([pdq, *([upright] if upright else [])])
    for name, seen in composites(picture):
        forms.add(name, pdq_turned(seen, turn or AS_IS))
    if picture.seen is not None:
        forms.add(IN_ITS_COLOURS, pdq_turned(picture.seen, turn or AS_IS, exact=False))
    notes = list(picture.notes)
    if picture.moves:
        notes.append(_frames(data, limits, forms))
    return {
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "pdq": [pdq.hex, pdq.quality],
        "upright": [upright.hex, upright.quality] if upright else None,
        "shown": forms.rows,
        "notes": notes,
    }


class _Forms:
    """The forms that are worth a hash of their own: with features, and unlike those before."""

    def __init__(self, known: list[Pdq]) -> None:
        self._bits = [int(one.hex, 16) for one in known]
        self.rows: list[list[Any]] = []

    def add(self, name: str, pdq: Pdq) -> None:
        bits = int(pdq.hex, 16)
        alike = any((bits ^ other).bit_count() <= _ALIKE for other in self._bits)
        if pdq.quality >= _FEATURES and not alike and len(self.rows) < _MOST:
            self._bits.append(bits)
            self.rows.append([name, pdq.hex, pdq.quality])


def _frames(data: bytes, limits: Limits, forms: _Forms) -> str:
    """Add the distinct frames, pages or pictures of a file; returns what to say of them."""
    until = time.monotonic() + _LOOKING
    before, seen = len(forms.rows), 0
    for number, (image, _) in enumerate(frames_of(data, limits)):
        seen = number + 1
        forms.add(f"frame {seen}", pdq_from_array(np.asarray(image), exact=False))
        if seen >= _LOOKED_AT or time.monotonic() >= until:
            break
    distinct = 1 + len(forms.rows) - before
    return f"animated, or several pages: {distinct} distinct of the first {seen}"
