"""PDQ of pixels: the public functions, from one array to many buffers.

`pdq_from_array` equals `pdqhash.compute` bit for bit, at a small part of its cost: the blur and the
decimation are one sparse linear map (see `_weights`), applied once (see `_kernels`). Where rounding would
decide a bit, the reference's own order of operations is repeated (see `_exact`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from disrupt.fingerprint import _exact, _kernels
from disrupt.fingerprint._weights import DCT, Taps, colour_taps, taps, window
from disrupt.fingerprint.types import Dihedral, Pdq

MIN_SIDE: Final = 5
"""A picture with a shorter side has the zero hash and quality 0, as in the reference."""

DIHEDRAL: Final = Dihedral._fields
"""The names of the eight forms, in the order of every (8, 32) array of hashes here."""

_COSINES: Final = DCT
_COSINES_T: Final = np.ascontiguousarray(DCT.T)
_ZERO: Final = Pdq("0" * 64, 0)
_QUALITY_SLACK: Final = 2e-3

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]


def _rounding(height: int, width: int) -> float:
    """How far the reference's own rounding may move a coefficient of a picture of this size."""
    return 1e-3 + 5e-7 * max(height, width)


def _flat(pixels: U8) -> tuple[U8, int, int]:
    """The bytes, the length of a row in the picture, and from one row to the next; copies if it must."""
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] != 3):
        raise ValueError(f"pixels are uint8 (H, W) or (H, W, 3), not {pixels.dtype} {pixels.shape}")
    if not pixels.flags.c_contiguous:
        pixels = np.ascontiguousarray(pixels)
    span = pixels.shape[1] * (3 if pixels.ndim == 3 else 1)
    return pixels.reshape(-1), span, span


def _axes(height: int, width: int, colour: bool) -> tuple[Taps, Taps]:
    blur = not (height == 64 and width == 64)
    return taps(height, blur), (colour_taps if colour else taps)(width, blur)


def _hashes(
    flat: U8, height: int, width: int, stride: int, *, colour: bool, eight: bool, exact: bool
) -> tuple[U8, int]:
    rows, columns = _axes(height, width, colour)
    buffer = np.empty((64, 64), dtype=np.float32)
    coefficients = np.empty((16, 16), dtype=np.float32)
    hashes = np.empty((8 if eight else 1, 32), dtype=np.uint8)
    slack = _QUALITY_SLACK if exact else 0.0
    span = width * 3 if colour else width
    quality, gap = _kernels.hash_plane(
        flat, 0, stride, span, rows, columns, _COSINES, _COSINES_T, eight, slack, buffer, coefficients, hashes
    )
    if exact and (quality < 0 or gap < _rounding(height, width)):
        plane = np.empty((height, width), dtype=np.float32)
        _exact.luma(flat, 0, stride, height, width, 3 if colour else 1, plane)
        blur = not (height == 64 and width == 64 and not eight)
        _exact.buffer64(plane, blur, window(width), window(height), buffer)
        _exact.dct(buffer, _COSINES, coefficients)
        if eight:
            _kernels.hash_dct_eight(coefficients, hashes)
        else:
            _kernels.hash_dct(coefficients, hashes[0])
        quality = _kernels.quality(buffer, 0.0)
    return hashes, int(quality)


def pdq_from_array(pixels: U8) -> Pdq:
    """PDQ of pixels, uint8 (H, W) grey or (H, W, 3) red-green-blue.

    Raises ValueError for another shape or type. A side under 5 pixels gives the zero hash, quality 0.
    """
    height, width = pixels.shape[:2] if pixels.ndim in (2, 3) else (0, 0)
    flat, _, stride = _flat(pixels)
    if min(height, width) < MIN_SIDE:
        return _ZERO
    hashes, quality = _hashes(flat, height, width, stride, colour=pixels.ndim == 3, eight=False, exact=True)
    return Pdq(hashes.tobytes().hex(), quality)


def pdq_dihedral_from_array(pixels: U8) -> Dihedral:
    """The PDQ of the picture and of its seven turned and mirrored forms, from one transform.

    Takes and raises what `pdq_from_array` does. All eight have the quality of the picture.
    """
    height, width = pixels.shape[:2] if pixels.ndim in (2, 3) else (0, 0)
    flat, _, stride = _flat(pixels)
    if min(height, width) < MIN_SIDE:
        return Dihedral(*[_ZERO] * 8)
    hashes, quality = _hashes(flat, height, width, stride, colour=pixels.ndim == 3, eight=True, exact=True)
    return Dihedral(*(Pdq(one.tobytes().hex(), quality) for one in hashes))


def pdq_from_plane(flat: U8, height: int, width: int, stride: int) -> Pdq:
    """PDQ of a luma plane whose rows begin every `stride` bytes of `flat` (1-D uint8): a video frame.

    Rounding is not resolved here: a decoder's luma differs from recomputed luma by more than that.
    """
    if flat.ndim != 1 or width > stride or (height - 1) * stride + width > len(flat):
        raise ValueError("the plane does not fit in its bytes: check height, width and stride")
    if min(height, width) < MIN_SIDE:
        return _ZERO
    hashes, quality = _hashes(flat, height, width, stride, colour=False, eight=False, exact=False)
    return Pdq(hashes.tobytes().hex(), quality)


def buffer64(pixels: U8) -> F32:
    """PDQ's blurred and decimated luma, float32 (64, 64), of pixels uint8 (H, W) or (H, W, 3)."""
    flat, span, stride = _flat(pixels)
    rows, columns = _axes(pixels.shape[0], pixels.shape[1], pixels.ndim == 3)
    middle = np.empty((64, span), dtype=np.float32)
    out = np.empty((64, 64), dtype=np.float32)
    _kernels.reduce_rows(flat, 0, stride, span, *rows, middle)
    _kernels.reduce_columns(middle, *columns, out)
    return out


def dct16(buffer: F32) -> F32:
    """The cosine coefficients 1 to 16 on each axis, float32 (16, 16), of a (64, 64) buffer."""
    out = np.empty((16, 16), dtype=np.float32)
    _kernels.dct(np.ascontiguousarray(buffer, dtype=np.float32), _COSINES, _COSINES_T, out)
    return out


def hashes_from_dct(coefficients: F32) -> U8:
    """The eight hashes, uint8 (8, 32) in the order of DIHEDRAL, of (16, 16) coefficients."""
    out = np.empty((8, 32), dtype=np.uint8)
    _kernels.hash_dct_eight(np.ascontiguousarray(coefficients, dtype=np.float32), out)
    return out


def hash_buffers(buffers: F32) -> tuple[U8, U8]:
    """The eight hashes uint8 (N, 8, 32) and the quality uint8 (N,) of float32 (N, 64, 64) buffers."""
    if buffers.ndim != 3 or buffers.shape[1:] != (64, 64):
        raise ValueError(f"buffers are float32 (N, 64, 64), not {buffers.shape}")
    buffers = np.ascontiguousarray(buffers, dtype=np.float32)
    hashes = np.empty((len(buffers), 8, 32), dtype=np.uint8)
    qualities = np.empty(len(buffers), dtype=np.uint8)
    _kernels.hash_many(buffers, _COSINES, _COSINES_T, hashes, qualities)
    return hashes, qualities
