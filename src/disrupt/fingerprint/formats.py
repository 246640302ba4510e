"""The kinds of picture that are decoded here: the one list of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "jpeg", "png", "webp", "gif", "bmp", "tiff", "heif", "avif", "jp2", "jxl", "pdf", "video", "unknown"
]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of picture: its name, Pillow's name of its decoder, the bytes that its files begin with.

    `moves`: it may hold frames, pages or further pictures.
    """

    name: str
    pillow: str
    starts: tuple[bytes, ...] = ()
    moves: bool = False


FORMATS: Final[dict[Kind, Format]] = {
    "jpeg": Format("JPEG", "JPEG", (b"\xff\xd8\xff",)),
    "png": Format("PNG", "PNG", (b"\x89PNG\r\n\x1a\n",), moves=True),
    "webp": Format("WebP", "WEBP", moves=True),
    "gif": Format("GIF", "GIF", (b"GIF87a", b"GIF89a"), moves=True),
    "bmp": Format("BMP", "BMP", (b"BM",)),
    "tiff": Format("TIFF", "TIFF", (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"), moves=True),
    "jp2": Format("JPEG 2000", "JPEG2000", (b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")),
    "jxl": Format("JPEG XL", "JXL", (b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n"), moves=True),
    "pdf": Format("PDF", "PDF", (b"%PDF-",), moves=True),
    "heif": Format("HEIC", "HEIF", moves=True),
    "avif": Format("AVIF", "AVIF", moves=True),
}
"""WebP, HEIC and AVIF are told by what stands further on (`sniff`)."""


def spoken() -> str:
    """Their names in a sentence."""
    names = [one.name for one in FORMATS.values()]
    return f"{', '.join(names[:-1])} or {names[-1]}"
