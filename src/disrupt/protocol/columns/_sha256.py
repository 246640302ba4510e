"""SHA-256 (FIPS 180-4) as a compiled loop: for many short texts, a library's call for each costs more."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from disrupt.fingerprint._jit import kernel

A = NDArray[Any]


def _roots(power: int, count: int) -> NDArray[np.uint32]:
    """The first 32 bits behind the point of the square (2) or cube (3) roots of the first primes."""
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % other for other in range(2, number)):
            found.append(_root(number << 32 * power, power) & 0xFFFFFFFF)
        number += 1
    return np.array(found, np.uint32)


def _root(value: int, power: int) -> int:
    """The whole part of a root."""
    low, high = 0, 1 << value.bit_length() // power + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**power <= value else (low, middle)
    return low


BEGIN, ROUND = _roots(2, 8), _roots(3, 64)


@njit(inline="always")
def _turned(word: Any, bits: int) -> Any:
    return np.uint32(np.uint32(word >> np.uint32(bits)) | np.uint32(word << np.uint32(32 - bits)))


@kernel(exact=True)
def compress(state: A, data: A, at: int, words: A) -> None:
    """Take in the 64 bytes from `at` on. state uint32 (8,); words uint32 (64,) is scratch."""
    for i in range(16):
        place = at + 4 * i
        words[i] = (
            np.uint32(data[place]) << np.uint32(24)
            | np.uint32(data[place + 1]) << np.uint32(16)
            | np.uint32(data[place + 2]) << np.uint32(8)
            | np.uint32(data[place + 3])
        )
    for i in range(16, 64):
        one, two = words[i - 15], words[i - 2]
        small = _turned(one, 7) ^ _turned(one, 18) ^ np.uint32(one >> np.uint32(3))
        other = _turned(two, 17) ^ _turned(two, 19) ^ np.uint32(two >> np.uint32(10))
        words[i] = np.uint32(words[i - 16] + small + words[i - 7] + other)
    a, b, c, d = state[0], state[1], state[2], state[3]
    e, f, g, h = state[4], state[5], state[6], state[7]
    for i in range(64):
        mixed = _turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)
        chosen = np.uint32(g ^ (e & np.uint32(f ^ g)))
        first = np.uint32(h + mixed + chosen + ROUND[i] + words[i])
        spread = _turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)
        most = np.uint32((a & b) | (c & np.uint32(a | b)))
        h, g, f = g, f, e
        e = np.uint32(d + first)
        d, c, b = c, b, a
        a = np.uint32(first + spread + most)
    state[0] += a
    state[1] += b
    state[2] += c
    state[3] += d
    state[4] += e
    state[5] += f
    state[6] += g
    state[7] += h


@kernel(exact=True)
def sha256(data: A, size: int, state: A, words: A) -> None:
    """The digest of data[:size] into `state`, uint32 (8,). `data`, uint8, is written behind `size`: up to 72
    bytes of it must be free."""
    data[size] = 0x80
    end = (size + 9 + 63) // 64 * 64
    for i in range(size + 1, end - 8):
        data[i] = 0
    for i in range(8):
        data[end - 1 - i] = np.uint8((np.uint64(size) << np.uint64(3)) >> np.uint64(8 * i) & np.uint64(0xFF))
    for i in range(8):
        state[i] = BEGIN[i]
    for at in range(0, end, 64):
        compress(state, data, at, words)


@njit(inline="always")
def put_digest(state: A, out: A, at: int) -> None:
    """The 32 bytes of a digest."""
    for i in range(8):
        for j in range(4):
            out[at + 4 * i + j] = np.uint8(state[i] >> np.uint32(24 - 8 * j) & np.uint32(0xFF))


@njit(inline="always")
def put_hex(state: A, out: A, at: int) -> int:
    """The 64 digits of a digest; where they end."""
    for i in range(8):
        for j in range(8):
            digit = state[i] >> np.uint32(28 - 4 * j) & np.uint32(15)
            out[at + 8 * i + j] = np.uint8(digit + (48 if digit < 10 else 87))
    return at + 64
