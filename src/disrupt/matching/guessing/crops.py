"""What may have been cut off an upload: the few guesses that come near nearly every crop, likeliest first."""

from __future__ import annotations

from functools import cache

Box = tuple[float, float, float, float]
Cut = tuple[int, int, int, int]

# fmt: off
CUTS: tuple[Cut, ...] = (
    (5, 5, 5, 5), (10, 10, 10, 10), (10, 0, 0, 0), (5, 5, 5, 15), (0, 0, 0, 30), (0, 0, 10, 5),
    (30, 0, 0, 0), (0, 15, 0, 0), (5, 0, 30, 0), (10, 5, 0, 10), (5, 5, 10, 0), (15, 10, 5, 0),
    (0, 35, 0, 0), (20, 5, 5, 15), (0, 25, 0, 0), (0, 5, 20, 5), (10, 5, 10, 25), (5, 0, 5, 5),
    (15, 0, 0, 0), (0, 0, 35, 0), (5, 20, 15, 0), (5, 5, 5, 0), (0, 0, 0, 20), (25, 10, 5, 5),
    (15, 0, 10, 25), (5, 10, 20, 15), (35, 0, 0, 0), (10, 10, 5, 20), (0, 0, 0, 35), (5, 30, 5, 5),
    (0, 5, 25, 20), (10, 10, 5, 10), (5, 0, 15, 0), (15, 5, 10, 5), (5, 10, 5, 15), (0, 20, 0, 5),
    (10, 15, 15, 5), (0, 10, 15, 5), (10, 0, 10, 25), (5, 0, 15, 15), (20, 15, 5, 10), (0, 20, 25, 5),
    (10, 25, 20, 0), (0, 10, 25, 15), (0, 0, 20, 0), (15, 10, 5, 10), (5, 5, 15, 10), (15, 15, 0, 5),
    (15, 0, 15, 25), (5, 0, 15, 20), (5, 10, 25, 5), (10, 30, 5, 5), (15, 20, 5, 5), (20, 15, 5, 15),
    (5, 5, 15, 20), (20, 0, 0, 30), (20, 5, 0, 25), (20, 20, 5, 10), (25, 5, 0, 15),
)
# fmt: on
"""Left, top, right, bottom, in hundredths of the whole picture: chosen by `benchmarks/learn_crops.py`, so
that each comes near the most crops that none before it has. The rest of the way is for `placing`."""


def whole_of(cut: tuple[float, float, float, float]) -> Box:
    """The whole picture in units of the sides of what a cut left of it; the cut in parts of the whole."""
    left, top, right, bottom = cut
    width, height = 1 - left - right, 1 - top - bottom
    return -left / width, -top / height, 1 + right / width, 1 + bottom / height


def _turned(cut: Cut) -> tuple[Cut, ...]:
    """The same cut in its eight orientations: as it is and mirrored first."""
    a, b, c, d = cut
    return (
        cut,
        (c, b, a, d),
        (a, d, c, b),
        (c, d, a, b),
        (b, a, d, c),
        (d, a, b, c),
        (b, c, d, a),
        (d, c, b, a),
    )


@cache
def crops() -> tuple[Box, ...]:
    """The whole picture, in units of the upload's sides, under each guess, and under its mirror images.

    What was chosen on some photographs was chosen by chance to the left as often as to the right.
    """
    turned = [_turned(cut) for cut in CUTS]
    every = dict.fromkeys(forms[number] for number in range(8) for forms in turned)
    return tuple(whole_of((a / 100, b / 100, c / 100, d / 100)) for a, b, c, d in every)
