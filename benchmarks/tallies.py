"""What `benchmarks.robustness` counts: a tally for each edit at each level, over one bench of photographs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from disrupt.matching import HammingIndex
from disrupt.matching.plans import Level

LEVELS: tuple[Level, ...] = ("fast", "standard", "thorough")
ACT = 31
Pixels = NDArray[np.uint8]


@dataclass
class Tally:
    """What was counted for one edit at one level."""

    uploads: int = 0
    plain: int = 0
    matched: int = 0
    found: int = 0
    pairs: int = 0
    false_matches: int = 0
    false_probables: int = 0
    stored: int = 0  # found without derived entries

    def add(self, other: Tally) -> None:
        """Sum two tallies."""
        for name in (one.name for one in fields(self)):
            setattr(self, name, getattr(self, name) + getattr(other, name))


Table = dict[str, dict[Level, Tally]]


@dataclass(frozen=True)
class Bench:
    """The photographs, their entries, and an index of them without and with derived entries."""

    paths: list[Path]
    entries: NDArray[np.uint8]
    usable: NDArray[np.bool_]
    strangers: int  # pictures of which there is only the hash; numbered on after the photographs
    plain: HammingIndex
    derived: HammingIndex
