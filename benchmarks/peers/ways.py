"""An edited copy that is looked up, and a way of recognising it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BESIDE = 8
"""Photographs after one's own that an edit may put beside it."""


@dataclass(frozen=True)
class Upload:
    """An edited copy: of which photograph, by which edit, with which other photographs beside it."""

    path: Path
    number: int
    edit: str

    def beside(self, total: int) -> set[int]:
        """The photographs that are really in it."""
        several = any(word in self.edit for word in ("collage", "grid", "inset", "gallery"))
        return {(self.number + k) % total for k in range(1 + BESIDE * several)}


@dataclass(frozen=True)
class Way:
    """A way of recognising: how alike each upload (rows) and photograph are (more is more), and its costs."""

    name: str
    alike: NDArray[np.float32]
    milliseconds: float
    size: int
