"""Odd files of every kind that people send, made here, each with what is odd about it in its name."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image
from tests.fingerprint import test_as_shown as made
from tests.fingerprint.media import U8, encode, heic, scene, with_orientation
from tests.fingerprint.test_profiles import profiled

PIXELS, OTHER = made.PIXELS, made.OTHER
GREY = scene(240, 320, 1, grey=True)
FILM = tuple(float(second) for second in np.arange(0, 4, 1 / 15))


def cards(kind: str) -> bytes:
    """A title card of a moment, then the picture."""
    frames = [Image.fromarray(OTHER), Image.fromarray(PIXELS)]
    return encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=[40, 3000])


def several_heic() -> bytes:
    """Two pictures, of which the second is the one that is shown."""
    import pillow_heif

    file = pillow_heif.from_pillow(Image.fromarray(OTHER))
    file.add_from_pillow(Image.fromarray(PIXELS))
    out = io.BytesIO()
    file.save(out, primary_index=1)
    return out.getvalue()


def decoy() -> bytes:
    """One picture on white, another where alpha is dropped."""
    ratio = (255.0 - PIXELS @ made.LUMA) / np.maximum(255.0 - 0.4 * OTHER @ made.LUMA, 1)
    return made.rgba((OTHER * 0.4).astype(np.uint8), np.clip(ratio * 255, 1, 255))


def ink() -> bytes:
    """Black throughout: the picture is in alpha alone."""
    return made.rgba(np.zeros_like(PIXELS), 255 - PIXELS @ made.LUMA)


def with_gamma() -> bytes:
    """A PNG that says of its samples that they are linear."""
    content = encode(PIXELS, "PNG")
    body = b"gAMA" + struct.pack(">I", 100_000)
    return content[:33] + struct.pack(">I", 4) + body + struct.pack(">I", zlib.crc32(body)) + content[33:]


def deep(samples: U8, shift: int, gain: int) -> bytes:
    """Samples of sixteen bits, PNG: all used, or the lower twelve."""
    wide = (samples.astype(np.uint16) * gain) >> shift
    return bytes(imagecodecs.png_encode(wide))


def floating() -> bytes:
    return encode(Image.fromarray(GREY.astype(np.float32) / 255), "TIFF")


DRAWN: dict[str, Callable[[], bytes]] = {
    "JPEG without its end": made.without_end,
    "PNG cut short": made.cut_png,
    "PNG with a wrong check sum": made.bad_check_sum,
    "a decoy under transparency": decoy,
    "a picture in alpha alone": ink,
    **{f"JPEG, orientation {n}": lambda n=n: with_orientation(PIXELS, n) for n in range(2, 9)},
    "PNG, orientation 6": lambda: with_orientation(PIXELS, 6, "PNG"),
    "WebP, orientation 8": lambda: with_orientation(PIXELS, 8, "WEBP"),
    "JPEG in four inks": lambda: encode(Image.fromarray(PIXELS).convert("CMYK"), quality=90),
    "PNG, 16 bits, colour": lambda: deep(PIXELS, 0, 257),
    "PNG, 16 bits, grey": lambda: deep(GREY, 0, 257),
    "PNG, 12 bits in 16": lambda: deep(GREY, 0, 16),
    "PNG that says it is linear": with_gamma,
    "JPEG with a profile that swaps colours": lambda: profiled("JPEG"),
    "PNG with a profile that swaps colours": lambda: profiled("PNG"),
    "animated GIF": lambda: cards("GIF"),
    "animated WebP": lambda: cards("WEBP"),
    "animated PNG": lambda: cards("PNG"),
    "animated AVIF": lambda: cards("AVIF"),
}
"""Pictures that Chromium draws."""

FILMS: dict[str, Callable[[], bytes]] = {
    "a film that is turned": made.turned_film,
    "a motion photo: film and still": lambda: made.two_tracks((96, 128), (480, 640), (20, 1)),
    "WebM as a browser records it": lambda: made.recorded([*FILM]),
}
"""Films that Chromium plays."""

FOREIGN: dict[str, tuple[Callable[[], bytes], tuple[U8, ...]]] = {
    "TIFF of two pages": (lambda: cards("TIFF"), (OTHER, PIXELS)),
    "TIFF in floating point": (floating, (GREY,)),
    "HEIC": (lambda: heic(PIXELS), (PIXELS,)),
    "HEIC of two pictures": (several_heic, (PIXELS, OTHER)),
    "JPEG XL": (lambda: bytes(imagecodecs.jpegxl_encode(PIXELS, lossless=True, numthreads=1)), (PIXELS,)),
    "JPEG 2000": (lambda: encode(PIXELS, "JPEG2000", quality_layers=[20]), (PIXELS,)),
}
"""Pictures that Chromium does not draw, and what they were made of: no browser is their referee."""

BY_SOME = ("jxl",)
"""Kinds that some builds of Chromium draw, and others do not."""

DARK = ("PNG, 12 bits in 16",)
"""Chromium draws them almost black, and nothing is to be seen; what they hold is hashed."""

MADE_OF: dict[str, tuple[U8, ...]] = {
    **{name: pictures for name, (_, pictures) in FOREIGN.items()},
    "PNG, 12 bits in 16": (GREY,),
}
"""What is taken for seen where Chromium shows nothing."""

DAMAGED = ("JPEG without its end", "PNG cut short", "noeoi.jpg", "cut10pc.png")
"""Of a JPEG that has no end Chromium leaves out the last rows, which are in the file."""

NOT_ON_DEVICES = ("TIFF of two pages", "TIFF in floating point", "JPEG 2000", "base.jp2", *DAMAGED)
"""The device says of them that it cannot open them, and has their digests: it is told to a person (ADR 6)."""

FIRST_ON_DEVICES = ("HEIC of two pictures",)
"""Of these the device makes the fingerprint of the picture alone that is shown first (ADR 114)."""


def collected(folder: Path) -> list[Path]:
    """Odd files that were made after public reports of faults; none where the folder is absent.

    Without those that only say what others show, and those that no browser draws.
    """
    left_out = ("alpha_evade_shown.jpg", "v_base.mp4", "v_rotmeta_upright.mp4")
    unseen = ("base.jp2", "two_primary2.heic", "g16_12bit.png")
    return sorted(one for one in folder.glob("*.*") if one.name not in (*left_out, *unseen))
