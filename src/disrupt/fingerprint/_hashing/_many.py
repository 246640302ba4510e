"""Many 64x64 buffers hashed at once: the views of one upload, of which rounding decides nothing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from disrupt.fingerprint._hashing._kernels import hash_dct_eight, lower_median, pack
from disrupt.fingerprint._jit import kernel

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]

SIGNS = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1], [-1, 1], [1, -1], [1, 1], [-1, -1]])
TRANSPOSED = np.array([False, True, False, True, False, False, True, True])
"""For each of the eight forms: what becomes of the odd cosines' coefficients of rows and columns; whether
they are transposed."""

MIRRORED = 5
"""The number of the form that is mirrored left to right."""


@kernel()
def _folded_dct(buffer: F32, cosines: F32, folds: F32, half: F32, turned: F32, out: F32) -> None:
    """As `_kernels.dct`, in half the products: each cosine is even or odd about the middle.

    `folds` (2, 32, 64), `half` (64, 16) and `turned` (2, 32, 16) are room to work in.
    """
    for k in range(32):
        for j in range(64):
            folds[0, k, j] = buffer[k, j] - buffer[63 - k, j]
            folds[1, k, j] = buffer[k, j] + buffer[63 - k, j]
    line = np.empty(64, np.float32)
    for i in range(16):
        p = i & 1
        for j in range(64):
            line[j] = 0
        for k in range(0, 32, 8):
            c0, c1, c2, c3 = cosines[i, k], cosines[i, k + 1], cosines[i, k + 2], cosines[i, k + 3]
            c4, c5, c6, c7 = cosines[i, k + 4], cosines[i, k + 5], cosines[i, k + 6], cosines[i, k + 7]
            for j in range(64):
                line[j] += (
                    (c0 * folds[p, k, j] + c1 * folds[p, k + 1, j])
                    + (c2 * folds[p, k + 2, j] + c3 * folds[p, k + 3, j])
                ) + (
                    (c4 * folds[p, k + 4, j] + c5 * folds[p, k + 5, j])
                    + (c6 * folds[p, k + 6, j] + c7 * folds[p, k + 7, j])
                )
        for j in range(64):
            half[j, i] = line[j]
    for k in range(32):
        for i in range(16):
            turned[0, k, i] = half[k, i] - half[63 - k, i]
            turned[1, k, i] = half[k, i] + half[63 - k, i]
    for j in range(16):
        p = j & 1
        for i in range(16):
            line[i] = 0
        for k in range(0, 32, 4):
            c0, c1, c2, c3 = cosines[j, k], cosines[j, k + 1], cosines[j, k + 2], cosines[j, k + 3]
            for i in range(16):
                line[i] += (c0 * turned[p, k, i] + c1 * turned[p, k + 1, i]) + (
                    c2 * turned[p, k + 2, i] + c3 * turned[p, k + 3, i]
                )
        for i in range(16):
            out[i, j] = line[i]


@kernel()
def _quality(buffer: F32) -> int:
    """PDQ's quality, but for steps that lie on a whole number."""
    share = np.float32(100.0 / 255.0)
    total = np.int32(0)
    for i in range(63):
        for j in range(64):
            total += np.int32(abs(buffer[i, j] - buffer[i + 1, j]) * share)
    for i in range(64):
        for j in range(63):
            total += np.int32(abs(buffer[i, j] - buffer[i, j + 1]) * share)
    return min(int(total) // 90, 100)


@kernel(exact=True)
def formed(coefficients: F32, sign_rows: int, sign_columns: int, transposed: bool, values: F32) -> None:
    """The coefficients (16, 16) of one of the eight forms, into values (256,)."""
    for i in range(16):
        # Coefficient 0 is the first cosine, which is odd about the middle.
        along = np.float32(sign_rows if i % 2 == 0 else 1)
        for j in range(16):
            across = np.float32(sign_columns if j % 2 == 0 else 1)
            values[16 * j + i if transposed else 16 * i + j] = along * across * coefficients[i, j]


@kernel(exact=True)
def hash_many(
    buffers: F32, straight: npt.NDArray[np.bool_], cosines: F32,
    signs: npt.NDArray[np.int64], coefficients: F32, hashes: U8, qualities: U8,
) -> None:  # fmt: skip
    """The transform (N, 16, 16), the hashes (N, 8, 32) and the quality (N,) of each 64x64 buffer.

    Of a `straight` one only the first hash and the mirrored one are made; the others are left as they are.
    """
    folds, half = np.empty((2, 32, 64), np.float32), np.empty((64, 16), np.float32)
    turned = np.empty((2, 32, 16), np.float32)
    values, gap = np.empty(256, np.float32), np.empty(1, np.float32)
    for n in range(len(buffers)):
        _folded_dct(buffers[n], cosines, folds, half, turned, coefficients[n])
        qualities[n] = _quality(buffers[n])
        if straight[n]:
            plain = coefficients[n].ravel()
            pack(plain, lower_median(plain, gap), False, hashes[n, 0])
            formed(coefficients[n], signs[MIRRORED, 0], signs[MIRRORED, 1], False, values)
            pack(values, lower_median(values, gap), False, hashes[n, MIRRORED])
        else:
            hash_dct_eight(coefficients[n], hashes[n])


@kernel(exact=True)
def hash_form(
    buffers: F32,
    cosines: F32,
    sign_rows: int,
    sign_columns: int,
    transposed: bool,
    hashes: U8,
) -> None:
    """One of the eight hashes, (N, 32), of each 64x64 buffer."""
    folds, half = np.empty((2, 32, 64), np.float32), np.empty((64, 16), np.float32)
    turned = np.empty((2, 32, 16), np.float32)
    values, gap = np.empty(256, np.float32), np.empty(1, np.float32)
    coefficients = np.empty((16, 16), np.float32)
    for n in range(len(buffers)):
        _folded_dct(buffers[n], cosines, folds, half, turned, coefficients)
        formed(coefficients, sign_rows, sign_columns, transposed, values)
        pack(values, lower_median(values, gap), False, hashes[n])
