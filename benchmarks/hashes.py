"""Hashes to measure an index with: random ones, their neighbours, and those of real pictures in crowds."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint8]


def random_hashes(count: int, seed: int) -> Hashes:
    """Uniform bits: what distinct pictures come near to."""
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def near(hashes: Hashes, seed: int, most: int = 40) -> Hashes:
    """Each hash with up to `most` bits turned over."""
    rng = np.random.default_rng(seed)
    out = hashes.copy()
    bits = rng.integers(0, 256, (len(out), most), dtype=np.uint8)
    used = np.arange(most) < rng.integers(0, most + 1, len(out))[:, None]
    for column in range(most):
        rows = np.flatnonzero(used[:, column])
        out[rows, bits[rows, column] >> 3] ^= np.left_shift(1, bits[rows, column] & 7).astype(np.uint8)
    return out


def crowded_hashes(count: int, seed: int, reference: Path | None) -> tuple[Hashes, str]:
    """Hashes of real pictures in clusters, as in a bank of films and of many copies: buckets are heavy."""
    found: list[str] = []
    for name in ("pdq/haystack.txt", "pdq.csv"):
        if reference is not None and (reference / name).exists():
            found += re.findall(r"\b[0-9a-f]{64}\b", (reference / name).read_text())
    if found:
        centres = np.unique(np.frombuffer(bytes.fromhex("".join(found)), np.uint8).reshape(-1, 32), axis=0)
        told = f"{len(centres)} hashes of real pictures, each with its neighbours"
    else:
        centres, told = random_hashes(1350, seed), "1350 random centres, each with its neighbours"
    return near(centres[np.random.default_rng(seed).integers(0, len(centres), count)], seed), told
