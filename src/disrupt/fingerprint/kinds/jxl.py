"""JPEG XL for Pillow: the size is read from the first bytes, before anything is decoded (ISO/IEC 18181-1).

Pillow has no decoder of it; `imagecodecs` brings libjxl (docs/adr/0109).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PIL import Image, ImageFile

from disrupt.fingerprint.depth import upper_eight
from disrupt.fingerprint.formats import FORMATS

BARE: Final = b"\xff\x0a"
_RATIOS: Final = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_SIZES: Final = (9, 13, 18, 30)
_HEAD: Final = 1 << 12
_MODES: Final = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


class _Bits:
    """The bits of a codestream, the lowest of a byte first."""

    def __init__(self, data: bytes) -> None:
        self._bits = int.from_bytes(data, "little")
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        """The next bits as a number; raises SyntaxError where there are no more."""
        self._left -= count
        if self._left < 0:
            raise SyntaxError("cut short")
        value = self._bits & ((1 << count) - 1)
        self._bits >>= count
        return value

    def side(self, small: bool) -> int:
        return 8 * (self.take(5) + 1) if small else self.take(_SIZES[self.take(2)]) + 1

    def size(self) -> tuple[int, int]:
        small = bool(self.take(1))
        height = self.side(small)
        ratio = self.take(3)
        if ratio:
            across, down = _RATIOS[ratio - 1]
            return height * across // down, height
        return self.side(small), height


def codestream(data: bytes) -> bytes:
    """The first bytes of the codestream, taken out of its boxes; raises SyntaxError."""
    if data.startswith(BARE):
        return data[2:_HEAD]
    at = 0
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        begin = at + 8
        if length == 1:
            length, begin = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        if kind in (b"jxlc", b"jxlp"):
            begin += 4 if kind == b"jxlp" else 0
            if data[begin : begin + 2] != BARE:
                break
            return data[begin + 2 : begin + _HEAD]
        if length < begin - at:
            break
        at += length
    raise SyntaxError("no picture in its boxes")


def header(data: bytes) -> tuple[int, int, bool]:
    """Width and height as a viewer shows it, and whether it moves; raises SyntaxError."""
    bits = _Bits(codestream(data))
    width, height = bits.size()
    moves = False
    if not bits.take(1) and bits.take(1):  # neither all by default nor without further fields
        turned = bits.take(3) >= 4
        if bits.take(1):
            bits.size()  # the size at which it is meant to be seen
        if not bits.take(1):  # a preview would stand before the animation; such files are taken as stills
            moves = bool(bits.take(1))
        if turned:
            width, height = height, width
    return width, height, moves


class JxlImageFile(ImageFile.ImageFile):
    """A JPEG XL picture, turned as viewers turn it; its frames, where it moves, are decoded together."""

    format = FORMATS["jxl"].pillow
    format_description = "JPEG XL"

    def _open(self) -> None:
        assert self.fp is not None
        self._data = self.fp.read()
        width, height, self.is_animated = header(self._data)
        self._size, self._mode = (width, height), "RGB"
        self._frames: np.ndarray[Any, Any] | None = None
        self._at = 0

    def load(self) -> Any:
        """Decode, once. Raises OSError where it cannot be."""
        if self._frames is None:
            self._frames = self._decoded()
            self._show()
        return super().load()

    def _decoded(self) -> np.ndarray[Any, Any]:
        """The frames (N, H, W, C) as uint8."""
        import imagecodecs

        try:
            # Of a still only the first frame: an index beyond the last would give what lies in the memory.
            pixels: np.ndarray[Any, Any] = imagecodecs.jpegxl_decode(
                self._data, index=None if self.is_animated else 0, numthreads=1
            )
        except imagecodecs.JpegxlError as error:
            raise OSError("JPEG XL: " + str(error)[:80]) from error
        width, height = self._size
        grey = pixels.shape[-2:] == (height, width)
        pixels = pixels.reshape(-1, height, width, 1 if grey else pixels.shape[-1])
        return _eight_bits(pixels)

    def _show(self) -> None:
        assert self._frames is not None
        frame = self._frames[self._at]
        self._mode = _MODES[frame.shape[2]]
        shown = Image.fromarray(frame[:, :, 0] if frame.shape[2] == 1 else frame)
        self.im = shown.im

    def seek(self, frame: int) -> None:
        """Show another frame; raises EOFError beyond the last."""
        if frame == self._at and frame == 0:
            return
        self.load()
        assert self._frames is not None
        if not 0 <= frame < len(self._frames):
            raise EOFError("no more frames")
        self._at = frame
        self._show()

    def tell(self) -> int:
        return self._at


def _eight_bits(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Samples of sixteen bits or in floating point, 0 to 1, as uint8."""
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype.kind == "f":
        light: np.ndarray[Any, Any] = np.nan_to_num(pixels).clip(0, 1)
        return (light * 255 + 0.5).astype(np.uint8)
    return upper_eight(pixels)[0]


def register() -> None:
    """Tell Pillow of it."""
    one = FORMATS["jxl"]
    Image.register_open(one.pillow, JxlImageFile, lambda head: head.startswith(one.starts))
