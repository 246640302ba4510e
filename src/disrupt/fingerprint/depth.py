"""Samples of more than eight bits brought to eight."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def upper_eight(deep: npt.NDArray[Any]) -> tuple[npt.NDArray[np.uint8], int]:
    """The upper eight of the bits that are used, 8 to 16, of samples of any shape; and how many are used.

    Twelve bits in sixteen would else be sixteen shades. (`threatexchange` clips them at 255 instead.)
    """
    bits = min(max(int(deep.max(initial=0)).bit_length(), 8), 16)
    return (deep >> (bits - 8)).clip(0, 255).astype(np.uint8), bits
