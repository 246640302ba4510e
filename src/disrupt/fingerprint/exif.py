"""The orientation of a picture, from its Exif block, and which way each orientation turns the pixels."""

from __future__ import annotations

from typing import Final, NamedTuple


class Turn(NamedTuple):
    """What makes a picture upright: mirror the rows' order, mirror the columns' order, then transpose."""

    rows: bool
    columns: bool
    transpose: bool


AS_IS: Final = Turn(False, False, False)

TURNS: Final[dict[int, Turn]] = {
    2: Turn(False, True, False),
    3: Turn(True, True, False),
    4: Turn(True, False, False),
    5: Turn(False, False, True),
    6: Turn(True, False, True),
    7: Turn(True, True, True),
    8: Turn(False, True, True),
}
"""Exif 2.3, tag 0x0112: the orientations that turn a picture; 1 does not, other values mean nothing."""

_TAG: Final = 0x0112
_SHORT: Final = 3


def orientation_of_tiff(block: bytes) -> int:
    """Orientation, 1 to 8, that a TIFF header and its first directory give; 1 when they give none."""
    order = {b"II*\x00": "little", b"MM\x00*": "big"}.get(block[:4])
    if order is None:
        return 1

    def number(at: int, size: int) -> int:
        return int.from_bytes(block[at : at + size], order)  # type: ignore[arg-type]  # one of the two orders

    directory = number(4, 4)
    for i in range(min(number(directory, 2), 256)):
        entry = directory + 2 + 12 * i
        if entry + 12 > len(block):
            return 1
        if number(entry, 2) == _TAG and number(entry + 2, 2) == _SHORT:
            value = number(entry + 8, 2)
            return value if 1 <= value <= 8 else 1
    return 1


def orientation_of_jpeg(data: bytes | memoryview) -> int:
    """Orientation, 1 to 8, of a JPEG file; 1 where there is no Exif block or it is damaged."""
    at, end = 2, len(data)
    while at + 4 <= end and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        length = (data[at + 2] << 8) | data[at + 3]
        if marker in (0xDA, 0xD9) or length < 2:
            return 1
        if marker == 0xE1 and bytes(data[at + 4 : at + 10]) == b"Exif\x00\x00":
            return orientation_of_tiff(bytes(data[at + 10 : at + 2 + length]))
        at += 2 + length
    return 1
