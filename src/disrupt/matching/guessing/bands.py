"""Plain bands laid across a picture (stripes, bars with a caption, censor bars): found, and filled in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint._jit import cached

Luma = NDArray[np.float32]

_TONE = 10.0
"""Grey levels within which the pixels of a plain line are of one tone."""
_STRAY = 0.03
"""The part of a plain line that may be of another (a letter that crosses it, compression)."""
_MOST = 0.7
"""The part of the picture that may be bands; more, and nothing is left to fill from."""


@cached(nogil=True)
def _plain_lines(picture: Luma) -> NDArray[np.bool_]:
    size = picture.shape[0]
    plain = np.zeros(size, np.bool_)
    for y in range(size):
        tone = np.median(picture[y, ::8])
        off = 0
        for x in range(size):
            if abs(picture[y, x] - tone) > _TONE:
                off += 1
                if off > _STRAY * size:
                    break
        plain[y] = off <= _STRAY * size
    return plain


@cached(nogil=True)
def filled(picture: Luma) -> tuple[bool, Luma]:
    """A working picture (SIDE, SIDE) with the plain bands across it replaced by what their edges fade into.

    The first value says whether there is such a band with picture on both sides; bands at the upper and
    lower edge are a frame, which `regions` cuts away, unless there are bands within too. Columns: give the
    transpose.
    """
    size = picture.shape[0]
    plain = _plain_lines(picture)
    if not plain.any():
        return False, picture
    out = picture.copy()
    covered, within = 0, 0
    last = -1  # the last line that is picture
    for y in range(size + 1):
        if y < size and plain[y]:
            covered += 1
            continue
        if y - last > 1:
            # The lines beside a band hold half of it: blend from one further out.
            above, below = max(last - 1, 0), min(y + 1, size - 1)
            if last >= 0 and y < size:
                within += y - last - 1
                for k in range(last, y + 1):
                    share = np.float32((k - above) / (below - above))
                    for x in range(size):
                        out[k, x] = picture[above, x] + share * (picture[below, x] - picture[above, x])
            elif y < size:
                for k in range(y + 1):
                    out[k] = picture[below]
            else:
                for k in range(max(last, 0), size):
                    out[k] = picture[above]
        last = y
    return within >= 4 and covered <= _MOST * size, out
