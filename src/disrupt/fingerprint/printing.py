"""The hashes of decoded pixels, as the plain values that leave the sandbox."""

from __future__ import annotations

from disrupt.fingerprint.decode import Picture
from disrupt.fingerprint.exif import TURNS
from disrupt.fingerprint.pdq import pdq_from_array, pdq_turned
from disrupt.fingerprint.tasks import Plain


def print_picture(picture: Picture) -> Plain:
    """Size, hash, upright hash and notes of a picture."""
    pixels, exact = picture.pixels, not picture.rounded
    pdq = pdq_from_array(pixels, exact=exact)
    turn = TURNS.get(picture.orientation)
    upright = pdq_turned(pixels, turn, exact=exact) if turn else None
    return {
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "pdq": [pdq.hex, pdq.quality],
        "upright": [upright.hex, upright.quality] if upright else None,
        "notes": list(picture.notes),
    }
