"""What may be asked of a decoder and what it answers, as plain values that cross a process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

Sampling = Literal["seconds", "keyframes"]
Plain = dict[str, Any]

MOST_STILLS: Final = 600
"""Stills of one file: ten minutes at one a second; of a longer film every second one, or fourth..."""


class Answer(NamedTuple):
    """What an operation gives: JSON values, and bytes where it makes some."""

    values: Plain
    blob: bytes = b""


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do with one file. `max_side` in pixels, `blur` in pixels of the result.

    Of a look: `still_side` is the side of its stills, `most` how many, `seconds` when it must have ended.
    """

    operation: Literal["image", "video", "file", "preview", "luma", "stills", "look"]
    sampling: Sampling = "seconds"
    max_side: int = 0
    blur: float = 0.0
    still_side: int = 0
    most: int = 0
    seconds: float = 0.0
