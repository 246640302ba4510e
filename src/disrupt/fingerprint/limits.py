"""How much a decoder may use before it is told to stop."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings on one file. Pixels are of one picture or frame; times are wall clock."""

    pixels: int = 256_000_000
    """A JPEG: its grey plane takes one byte a pixel."""
    colour_pixels: int = 89_000_000
    """Any other picture, or a preview: up to twelve bytes a pixel while it is decoded."""
    video_pixels: int = 36_000_000
    """One frame (8K is 33 million); a decoder keeps up to seventeen of them."""
    frames: int = 40_000
    """Hashed frames of a video: eleven hours at one a second."""
    decoded_frames: int = 5_000_000
    bytes: int = 64 << 30
    """Length of a file that is read where it lies."""
    bytes_in_memory: int = 4 << 30
    """Length of content handed over as bytes or by a file object."""
    jpeg_scans: int = 32
    """Scans of a JPEG; a progressive one has about ten. More are decoded where the picture is small:"""
    jpeg_work: int = 2_000_000_000
    """Pixels times scans, which is what a JPEG of many scans costs (about five seconds)."""
    image_seconds: float = 30.0
    video_seconds: float = 1800.0
    memory: int = 3072 * MIB
    """Address space of one decoder, on top of what it has when warm."""


DEFAULT = Limits()
