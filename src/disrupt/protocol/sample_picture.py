"""A picture made of numbers, the same everywhere to the bit: a hotline lists it, a platform uploads it.

It shows soft grey blotches and nobody. Whoever uploads it and sees it blocked has proven their whole chain,
from the list to the upload's rejection, without a real picture. Its category is TEST.
"""

from __future__ import annotations

import struct
import zlib

CATEGORY = "TEST"
SIDE = 512
_CELLS = 16
_BLOCK = 65_535

SHA256 = "e8b517497fca62f03f2cfffd6ef2e26e572be68fc4e676a1b8464d4b70d1cdf8"
MD5 = "cd34faf2545eb29093594ec11f0534d4"
PDQ = "1f6b7868f5d9eed18cb4c509cccc27bec3788752454130d6dbd042f70caad598"
QUALITY = 100


def _corners() -> list[list[int]]:
    """Greys of the corners of 16 x 16 cells, by a linear congruential generator (Numerical Recipes')."""
    state, rows = 20_261_130, []
    for _ in range(_CELLS + 1):
        row = []
        for _ in range(_CELLS + 1):
            state = (1_664_525 * state + 1_013_904_223) % 2**32
            row.append(state >> 24)
        rows.append(row)
    return rows


def _lines() -> bytes:
    """The PNG's scan lines, each with its filter byte 0: every pixel between its cell's four corners."""
    corners, width = _corners(), SIDE // _CELLS
    out = bytearray()
    for y in range(SIDE):
        row, down = divmod(y, width)
        edge = [a * (width - down) + b * down for a, b in zip(corners[row], corners[row + 1], strict=True)]
        out.append(0)
        for x in range(SIDE):
            column, across = divmod(x, width)
            out.append((edge[column] * (width - across) + edge[column + 1] * across) // (width * width))
    return bytes(out)


def _stored(data: bytes) -> bytes:
    """A zlib stream (RFC 1950) of stored blocks: a compressor's choices would differ from one to the next."""
    blocks = []
    for start in range(0, len(data), _BLOCK):
        part = data[start : start + _BLOCK]
        last = start + _BLOCK >= len(data)
        blocks.append(struct.pack("<BHH", last, len(part), len(part) ^ 0xFFFF) + part)
    return b"\x78\x01" + b"".join(blocks) + struct.pack(">I", zlib.adler32(data))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png() -> bytes:
    """The file: 512 x 512 pixels of grey, a quarter of a megabyte."""
    head = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 0, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), _chunk(b"IDAT", _stored(_lines())), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
