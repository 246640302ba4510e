"""PDQ as two sparse matrix products and a small cosine transform: the loops that run on machine code.

The algorithm is that of "PDQ & TMK + PDQF" (Facebook, 2019); the order of the sums is ours, so that
the results equal the reference's to rounding.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from disrupt.fingerprint._jit import kernel

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]
I64 = npt.NDArray[np.int64]


@kernel()
def reduce_rows(
    flat: U8, offset: int, stride: int, span: int, start: I64, count: I64, weight: F32, out: F32
) -> None:
    """Apply a (64, H) matrix to the left: `out` (64, span); rows of `flat` begin every `stride` bytes.

    Eight, four, two rows at once, because `out` is read and written once for each group.
    """
    for i in range(64):
        acc = out[i, :span]
        acc[:] = 0
        n = count[i]
        k = 0
        base = offset + start[i] * stride
        while k + 8 <= n:
            w0, w1, w2, w3 = weight[i, k], weight[i, k + 1], weight[i, k + 2], weight[i, k + 3]
            w4, w5, w6, w7 = weight[i, k + 4], weight[i, k + 5], weight[i, k + 6], weight[i, k + 7]
            r0 = flat[base : base + span]
            r1 = flat[base + stride : base + stride + span]
            r2 = flat[base + 2 * stride : base + 2 * stride + span]
            r3 = flat[base + 3 * stride : base + 3 * stride + span]
            r4 = flat[base + 4 * stride : base + 4 * stride + span]
            r5 = flat[base + 5 * stride : base + 5 * stride + span]
            r6 = flat[base + 6 * stride : base + 6 * stride + span]
            r7 = flat[base + 7 * stride : base + 7 * stride + span]
            for x in range(span):
                acc[x] += (
                    (w0 * np.float32(r0[x]) + w1 * np.float32(r1[x]))
                    + (w2 * np.float32(r2[x]) + w3 * np.float32(r3[x]))
                ) + (
                    (w4 * np.float32(r4[x]) + w5 * np.float32(r5[x]))
                    + (w6 * np.float32(r6[x]) + w7 * np.float32(r7[x]))
                )
            k += 8
            base += 8 * stride
        if k + 4 <= n:
            w0, w1, w2, w3 = weight[i, k], weight[i, k + 1], weight[i, k + 2], weight[i, k + 3]
            r0 = flat[base : base + span]
            r1 = flat[base + stride : base + stride + span]
            r2 = flat[base + 2 * stride : base + 2 * stride + span]
            r3 = flat[base + 3 * stride : base + 3 * stride + span]
            for x in range(span):
                acc[x] += (w0 * np.float32(r0[x]) + w1 * np.float32(r1[x])) + (
                    w2 * np.float32(r2[x]) + w3 * np.float32(r3[x])
                )
            k += 4
            base += 4 * stride
        if k + 2 <= n:
            w0, w1 = weight[i, k], weight[i, k + 1]
            r0 = flat[base : base + span]
            r1 = flat[base + stride : base + stride + span]
            for x in range(span):
                acc[x] += w0 * np.float32(r0[x]) + w1 * np.float32(r1[x])
            k += 2
            base += 2 * stride
        if k < n:
            w0 = weight[i, k]
            r0 = flat[base : base + span]
            for x in range(span):
                acc[x] += w0 * np.float32(r0[x])


@kernel()
def reduce_columns(rows: F32, start: I64, count: I64, weight: F32, out: F32) -> None:
    """Apply the transpose of a (64, W) matrix to the right of `rows` (64, W): `out` (64, 64)."""
    for i in range(64):
        for j in range(64):
            n = count[j]
            source = rows[i, start[j] : start[j] + n]
            factor = weight[j, :n]
            total = np.float32(0.0)
            for k in range(n):
                total += factor[k] * source[k]
            out[i, j] = total


@kernel(exact=True)
def quality(buffer: F32, slack: float) -> int:
    """Quality of a 64x64 buffer; -1 when a gradient within `slack` of its step could change it."""
    total = low = high = 0
    for i in range(64):
        for j in range(64):
            here = buffer[i, j]
            if i < 63:
                step = abs((here - buffer[i + 1, j]) * np.float32(100)) / np.float32(255)
                total += int(step)
                low += int(max(step - slack, np.float32(0)))
                high += int(step + slack)
            if j < 63:
                step = abs((here - buffer[i, j + 1]) * np.float32(100)) / np.float32(255)
                total += int(step)
                low += int(max(step - slack, np.float32(0)))
                high += int(step + slack)
    if min(low // 90, 100) != min(high // 90, 100):
        return -1
    return min(total // 90, 100)


@kernel()
def dct(buffer: F32, cosines: F32, cosines_t: F32, out: F32) -> None:
    """out (16, 16) = cosines · buffer · cosinesᵀ; `cosines_t` is the (64, 16) transpose, contiguous."""
    half = np.zeros((16, 64), dtype=np.float32)
    for i in range(16):
        acc = half[i]
        for k in range(0, 64, 4):
            c0, c1, c2, c3 = cosines[i, k], cosines[i, k + 1], cosines[i, k + 2], cosines[i, k + 3]
            for j in range(64):
                acc[j] += (c0 * buffer[k, j] + c1 * buffer[k + 1, j]) + (
                    c2 * buffer[k + 2, j] + c3 * buffer[k + 3, j]
                )
    for i in range(16):
        row = out[i]
        row[:] = 0
        for k in range(64):
            a = half[i, k]
            for j in range(16):
                row[j] += a * cosines_t[k, j]


@kernel(exact=True)
def lower_median(values: F32, gap: F32) -> np.float32:
    """The lower median of 256 values (rank 128 of 256); lowers gap[0] to its distance to the next value."""
    keys = np.empty(256, dtype=np.int32)
    raw = values.view(np.int32)
    for i in range(256):
        # The order of floats as an order of integers.
        keys[i] = np.int32(raw[i]) ^ ((np.int32(raw[i]) >> 31) & np.int32(0x7FFFFFFF))
    low, high = np.int64(-(2**31)), np.int64(2**31 - 1)
    while low < high:  # the smallest key with at least 128 keys at or below it
        middle = np.int32((low + high) >> 1)
        below = np.int32(0)
        for i in range(256):
            below += np.int32(keys[i] <= middle)
        if below >= 128:
            high = np.int64(middle)
        else:
            low = np.int64(middle) + 1
    rank = np.int32(low)
    median = np.float32(0)
    above = np.float32(np.inf)
    at_or_below = 0
    for i in range(256):
        if keys[i] == rank:
            median = values[i]
    for i in range(256):
        at_or_below += int(values[i] <= median)
        above = min(above, values[i] if values[i] > median else np.float32(np.inf))
    distance = above - median if at_or_below == 128 else np.float32(0)
    gap[0] = min(gap[0], distance)
    return median


@kernel(exact=True)
def pack(values: F32, threshold: np.float32, transposed: bool, out: U8) -> None:
    """Bit 16i+j = value (i, j) > threshold, the highest bit first; `transposed` swaps i and j."""
    for byte in range(32):
        packed = 0
        for bit in range(8):
            k = 255 - 8 * byte - bit
            if transposed:
                k = (k & 15) * 16 + (k >> 4)
            packed = packed * 2 + int(values[k] > threshold)
        out[byte] = packed


@kernel(exact=True)
def hash_dct(coefficients: F32, out: U8) -> np.float32:
    """The hash of a (16, 16) transform into out (32,); returns how far the median is from the next value."""
    gap = np.full(1, np.inf, dtype=np.float32)
    values = coefficients.ravel()
    pack(values, lower_median(values, gap), False, out)
    return np.float32(gap[0])


@kernel(exact=True)
def hash_dct_eight(coefficients: F32, out: U8) -> np.float32:
    """The eight dihedral hashes of a (16, 16) transform into out (8, 32), in the order of `Dihedral`.

    Mirroring negates the cosines that are odd about the middle (rows, columns or both), a turn also
    transposes; a transposed hash has the same median, so four medians serve all eight.
    """
    gap = np.full(1, np.inf, dtype=np.float32)
    plain = coefficients.ravel()
    up_down = np.empty(256, dtype=np.float32)
    left_right = np.empty(256, dtype=np.float32)
    both = np.empty(256, dtype=np.float32)
    for i in range(16):
        for j in range(16):
            value = coefficients[i, j]
            k = 16 * i + j
            up_down[k] = value if i & 1 else -value
            left_right[k] = value if j & 1 else -value
            both[k] = -value if (i + j) & 1 else value
    median = lower_median(plain, gap)
    pack(plain, median, False, out[0])
    pack(plain, median, True, out[6])
    median = lower_median(both, gap)
    pack(both, median, False, out[2])
    pack(both, median, True, out[7])
    median = lower_median(up_down, gap)
    pack(up_down, median, False, out[4])
    pack(up_down, median, True, out[3])
    median = lower_median(left_right, gap)
    pack(left_right, median, False, out[5])
    pack(left_right, median, True, out[1])
    return np.float32(gap[0])


@kernel()
def hash_plane(
    flat: U8,
    offset: int,
    stride: int,
    span: int,
    rows: tuple[I64, I64, F32],
    columns: tuple[I64, I64, F32],
    cosines: F32,
    cosines_t: F32,
    eight: bool,
    slack: float,
    gain: float,
    buffer: F32,
    coefficients: F32,
    hashes: U8,
) -> tuple[int, np.float32]:
    """Pixels to hash in one call: fills buffer, coefficients and hashes (1 or 8, 32); (quality, gap).

    `gain` multiplies the luma: video keeps black at 16 and white at 235.
    """
    middle = np.empty((64, span), dtype=np.float32)
    reduce_rows(flat, offset, stride, span, rows[0], rows[1], rows[2], middle)
    reduce_columns(middle, columns[0], columns[1], columns[2], buffer)
    if gain != 1.0:
        for i in range(64):
            for j in range(64):
                buffer[i, j] *= np.float32(gain)
    dct(buffer, cosines, cosines_t, coefficients)
    gap = hash_dct_eight(coefficients, hashes) if eight else hash_dct(coefficients, hashes[0])
    return quality(buffer, slack), gap
