"""PDQ with the reference's own order of operations, for the rare picture that rounding decides.

Where the median and the next cosine coefficient are closer than rounding, or a picture is flat, the bits
depend on the order in which the reference adds 32-bit floats. This repeats that order exactly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from disrupt.fingerprint._jit import kernel

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]


@kernel(exact=True)
def luma(flat: U8, offset: int, stride: int, height: int, width: int, channels: int, out: F32) -> None:
    """Luma as the reference's Python binding makes it: in 64 bits, red then green then blue, then rounded."""
    for y in range(height):
        row = flat[offset + y * stride : offset + y * stride + width * channels]
        if channels == 1:
            for x in range(width):
                grey = np.float64(row[x])
                out[y, x] = np.float32((grey * 0.299 + grey * 0.587) + grey * 0.114)
        else:
            for x in range(width):
                red, green = np.float64(row[3 * x]), np.float64(row[3 * x + 1])
                blue = np.float64(row[3 * x + 2])
                out[y, x] = np.float32((red * 0.299 + green * 0.587) + blue * 0.114)


@kernel(exact=True)
def _box_rows(source: F32, target: F32, width: int) -> None:
    """A running mean along each row."""
    height, length = source.shape
    right = (width + 2) // 2 - 1
    for y in range(height):
        into, out = source[y], target[y]
        total = np.float32(0)
        size = 0
        for x in range(right):
            total += into[x]
            size += 1
        for x in range(length):
            if x + right < length:
                total += into[x + right]
                if x + right >= width:
                    total -= into[x + right - width]
                else:
                    size += 1
            else:
                total -= into[x + right - width]
                size -= 1
            out[x] = total / np.float32(size)


@kernel(exact=True)
def _box_columns(source: F32, target: F32, width: int) -> None:
    """The same along each column, all columns in step."""
    length, span = source.shape
    right = (width + 2) // 2 - 1
    total = np.zeros(span, dtype=np.float32)
    size = 0
    for y in range(right):
        total += source[y]
        size += 1
    for y in range(length):
        out = target[y]
        if y + right < length:
            into = source[y + right]
            if y + right >= width:
                leaving = source[y + right - width]
                for x in range(span):
                    total[x] = (total[x] + into[x]) - leaving[x]
            else:
                size += 1
                for x in range(span):
                    total[x] += into[x]
        else:
            leaving = source[y + right - width]
            size -= 1
            for x in range(span):
                total[x] -= leaving[x]
        for x in range(span):
            out[x] = total[x] / np.float32(size)


@kernel(exact=True)
def buffer64(plane: F32, blur: bool, row_window: int, column_window: int, out: F32) -> None:
    """Blur a float32 luma plane (overwritten) and take its 64x64 samples."""
    height, width = plane.shape
    if blur:
        other = np.empty_like(plane)
        for _ in range(2):
            _box_rows(plane, other, row_window)
            _box_columns(other, plane, column_window)
    for i in range(64):
        y = int(((i + 0.5) * height) / 64)
        for j in range(64):
            out[i, j] = plane[y, int(((j + 0.5) * width) / 64)]


@kernel(exact=True)
def dct(buffer: F32, cosines: F32, out: F32) -> None:
    """The cosine transform, each sum from its first term to its last."""
    half = np.zeros((16, 64), dtype=np.float32)
    for i in range(16):
        for k in range(64):
            for j in range(64):
                half[i, j] += cosines[i, k] * buffer[k, j]
    for i in range(16):
        for j in range(16):
            total = np.float32(0)
            for k in range(64):
                total += half[i, k] * cosines[j, k]
            out[i, j] = total
