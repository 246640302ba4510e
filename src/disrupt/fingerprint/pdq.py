"""PDQ of pixels: the public functions, from one array to many buffers.

`pdq_from_array` equals `pdqhash.compute` bit for bit, at a small part of its cost: the blur and the
decimation are one sparse linear map (see `_weights`), applied once (see `_kernels`). Where rounding would
decide a bit, the reference's own order of operations is repeated (see `_exact`).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from disrupt.fingerprint._hashing import _exact, _kernels, _many
from disrupt.fingerprint._hashing._weights import DCT, Taps, taps, window
from disrupt.fingerprint.exif import AS_IS, Turn
from disrupt.fingerprint.types import Dihedral, Pdq

MIN_SIDE: Final = 5
"""A picture with a shorter side has the zero hash and quality 0, as in the reference."""

DIHEDRAL: Final = Dihedral._fields
"""The names of the eight forms, in the order of every (8, 32) array of hashes here."""

_COSINES: Final = DCT
_COSINES_T: Final = np.ascontiguousarray(DCT.T)
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


def _axes(height: int, width: int, colour: bool, turn: Turn = AS_IS) -> tuple[Taps, Taps]:
    blur = not (height == 64 and width == 64)
    return (
        taps(height, blur=blur, mirror=turn.rows),
        taps(width, blur=blur, mirror=turn.columns, colour=colour),
    )


def _exactly(flat: U8, height: int, width: int, stride: int, colour: bool, hashes: U8) -> int:
    """The same hashes in the reference's order of operations; returns the quality."""
    plane = np.empty((height, width), dtype=np.float32)
    buffer = np.empty((64, 64), dtype=np.float32)
    coefficients = np.empty((16, 16), dtype=np.float32)
    eight = len(hashes) == 8
    _exact.luma(flat, 0, stride, height, width, 3 if colour else 1, plane)
    blur = not (height == 64 and width == 64 and not eight)  # the reference blurs those too for all eight
    _exact.buffer64(plane, blur, window(width), window(height), buffer)
    _exact.dct(buffer, _COSINES, coefficients)
    if eight:
        _kernels.hash_dct_eight(coefficients, hashes)
    else:
        _kernels.hash_dct(coefficients, hashes[0])
    return _kernels.quality(buffer, 0.0)


def _hashes(pixels: U8, *, eight: bool, exact: bool) -> tuple[U8, int]:
    flat, span, stride = _flat(pixels)
    height, width = pixels.shape[:2]
    colour = pixels.ndim == 3
    hashes = np.zeros((8 if eight else 1, 32), dtype=np.uint8)
    if min(height, width) < MIN_SIDE:
        return hashes, 0
    quality, gap = _one_call(flat, span, stride, _axes(height, width, colour), hashes, slack=exact)
    if exact and (quality < 0 or gap < _rounding(height, width)):
        quality = _exactly(flat, height, width, stride, colour, hashes)
    return hashes, quality


def _one_call(
    flat: U8, span: int, stride: int, axes: tuple[Taps, Taps], hashes: U8, *, slack: bool, gain: float = 1.0
) -> tuple[int, float]:
    buffer = np.empty((64, 64), dtype=np.float32)
    coefficients = np.empty((16, 16), dtype=np.float32)
    quality, gap = _kernels.hash_plane(
        *(flat, 0, stride, span, *axes, _COSINES, _COSINES_T, len(hashes) == 8),
        *(_QUALITY_SLACK if slack else 0.0, gain, buffer, coefficients, hashes),
    )
    return int(quality), float(gap)


def _pdq(one: U8, quality: int) -> Pdq:
    return Pdq(one.tobytes().hex(), quality)


def pdq_from_array(pixels: U8, *, exact: bool = True) -> Pdq:
    """PDQ of pixels, uint8 (H, W) grey or (H, W, 3) red-green-blue.

    A side under 5 pixels gives the zero hash, quality 0. Without `exact`, a bit that rounding decides is
    left as it falls: for pixels that carry a decoder's own rounding anyway.
    Raises ValueError for another shape or type.
    """
    hashes, quality = _hashes(pixels, eight=False, exact=exact)
    return _pdq(hashes[0], quality)


def pdq_dihedral_from_array(pixels: U8, *, exact: bool = True) -> Dihedral:
    """The PDQ of the picture and of its seven turned and mirrored forms, from one transform.

    Takes and raises what `pdq_from_array` does. All eight have the quality of the picture.
    """
    hashes, quality = _hashes(pixels, eight=True, exact=exact)
    return Dihedral(*(_pdq(one, quality) for one in hashes))


def pdq_turned(pixels: U8, turn: Turn, *, exact: bool = True) -> Pdq:
    """PDQ of the picture that `turn` makes of `pixels`, without moving a pixel: the sums run backwards."""
    flat, span, stride = _flat(pixels)
    height, width = pixels.shape[:2]
    hashes = np.zeros((8, 32), dtype=np.uint8)
    if min(height, width) < MIN_SIDE:
        return _pdq(hashes[0], 0)
    axes = _axes(height, width, pixels.ndim == 3, turn)
    quality, gap = _one_call(flat, span, stride, axes, hashes, slack=exact)
    if exact and (quality < 0 or gap < _rounding(height, width)):
        return pdq_from_array(turned(pixels, turn))
    return _pdq(hashes[DIHEDRAL.index("transpose") if turn.transpose else 0], quality)


def turned(pixels: U8, turn: Turn) -> U8:
    """The upright picture itself, as a view where that is possible."""
    pixels = pixels[:: -1 if turn.rows else 1, :: -1 if turn.columns else 1]
    return pixels.swapaxes(0, 1) if turn.transpose else pixels


def pdq_from_plane(
    flat: U8, height: int, width: int, stride: int, *, gain: float = 1.0, turn: Turn = AS_IS
) -> Pdq:
    """PDQ of a luma plane whose rows begin every `stride` bytes of `flat` (1-D uint8): a video frame.

    `gain` stretches the luma, which changes the quality only; `turn` makes it upright. Rounding is not
    resolved here: a decoder's luma differs from recomputed luma by more than that. Raises ValueError when the
    plane does not fit.
    """
    if flat.ndim != 1 or width > stride or (height - 1) * stride + width > len(flat):
        raise ValueError("the plane does not fit in its bytes: check height, width and stride")
    hashes = np.zeros((8 if turn.transpose else 1, 32), dtype=np.uint8)
    if min(height, width) < MIN_SIDE:
        return _pdq(hashes[0], 0)
    axes = _axes(height, width, False, turn)
    quality, _ = _one_call(flat, width, stride, axes, hashes, slack=False, gain=gain)
    return _pdq(hashes[DIHEDRAL.index("transpose") if turn.transpose else 0], quality)


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
    _, hashes, qualities = transform_buffers(buffers)
    return hashes, qualities


def hash_form(buffers: F32, form: int) -> U8:
    """Of the eight hashes that of this number in DIHEDRAL, uint8 (N, 32), of float32 (N, 64, 64) buffers."""
    out = np.empty((len(buffers), 32), dtype=np.uint8)
    rows, columns = _many.SIGNS[form].tolist()
    _many.hash_form(buffers, _COSINES, rows, columns, bool(_many.TRANSPOSED[form]), out)
    return out


def transform_buffers(buffers: F32, straight: npt.NDArray[np.bool_] | None = None) -> tuple[F32, U8, U8]:
    """The coefficients float32 (N, 16, 16) of float32 (N, 64, 64) buffers, and what `hash_buffers` gives.

    Where `straight` (N,) says so, only the hashes of the picture as it is and mirrored are made; the other
    six are zeros.
    """
    if straight is None:
        straight = np.zeros(len(buffers), np.bool_)
    if buffers.ndim != 3 or buffers.shape[1:] != (64, 64):
        raise ValueError(f"buffers are float32 (N, 64, 64), not {buffers.shape}")
    buffers = np.ascontiguousarray(buffers, dtype=np.float32)
    coefficients = np.empty((len(buffers), 16, 16), dtype=np.float32)
    hashes = np.zeros((len(buffers), 8, 32), dtype=np.uint8)
    qualities = np.empty(len(buffers), dtype=np.uint8)
    work = buffers, straight, _COSINES, _many.SIGNS
    _many.hash_many(*work, coefficients, hashes, qualities)
    return coefficients, hashes, qualities
