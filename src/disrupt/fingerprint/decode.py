"""Bytes of a picture to pixels, refusing what is damaged or too large; runs inside the sandbox."""

from __future__ import annotations

import io
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import AvifImagePlugin, Image, UnidentifiedImageError

from disrupt.fingerprint.errors import (
    EmptyFile,
    FingerprintError,
    MediaTooLarge,
    UnreadableMedia,
    UnsupportedMedia,
)
from disrupt.fingerprint.exif import TURNS, orientation_of_jpeg
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.sniff import HEAD, Kind, sniff

_PILLOW = {
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WEBP",
    "gif": "GIF",
    "bmp": "BMP",
    "tiff": "TIFF",
    "avif": "AVIF",
}
_SCAN = b"\xff\xda"
_ORIENTATION = 274
_SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N", "I")
Buffer = bytes | memoryview

AvifImagePlugin.DEFAULT_MAX_THREADS = 1


class Picture(NamedTuple):
    """Pixels as stored, uint8 (H, W) or (H, W, 3); the Exif orientation they still need; what was left out.

    `rounded` says that the luma comes from the decoder rather than from red, green and blue.
    """

    pixels: npt.NDArray[np.uint8]
    orientation: int
    notes: tuple[str, ...]
    rounded: bool = False


def damaged(kind: str, cause: BaseException | None = None) -> UnreadableMedia:
    """The error for a file that begins like `kind` and cannot be decoded."""
    text = "" if cause is None or isinstance(cause, UnidentifiedImageError) else str(cause).strip()[:120]
    detail = f" ({text})" if text else ""
    return UnreadableMedia(f"the {kind} file is damaged or cut short{detail}: send the original file again")


def check_pixels(width: int, height: int, ceiling: int) -> None:
    """Refuse a picture with more pixels than `ceiling`, before any of them is decoded."""
    if width * height > ceiling:
        raise MediaTooLarge(
            f"the picture has {width} x {height} pixels, more than the {ceiling:,} that are decoded:"
            " send a smaller copy"
        )


def check_scans(data: Buffer, width: int, height: int, limits: Limits) -> None:
    """Refuse a JPEG whose scans, each over the whole picture, would take minutes, before any is decoded."""
    scans = bytes(data).count(_SCAN)
    if scans > limits.jpeg_scans and scans * width * height > limits.jpeg_work:
        raise MediaTooLarge(
            f"the JPEG has {scans} scans of {width} x {height} pixels, more than are decoded:"
            " save it anew and send that"
        )


def image_kind(data: Buffer) -> Kind:
    """The kind of picture, after the checks that come before any decoder."""
    if len(data) == 0:
        raise EmptyFile
    kind = sniff(bytes(data[:HEAD]))
    if kind == "unknown":
        raise UnsupportedMedia(
            "the content is not a picture or a video of a known kind, whatever its name says:"
            " send a JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF picture, or a video"
        )
    return kind


def decode_image(data: Buffer, limits: Limits) -> Picture:
    """Decode the first picture of a file.

    JPEG gives its luma plane; the others red, green and blue, or grey. Alpha is dropped, as other PDQ
    programs do. Raises EmptyFile, UnsupportedMedia, UnreadableMedia, MediaTooLarge.
    """
    kind = image_kind(data)
    if kind == "video":
        raise UnsupportedMedia("the content is a video, not a picture: fingerprint it as a video")
    try:
        picture = _jpeg(data, limits) if kind == "jpeg" else None
        return picture or _other(data, kind, limits)
    except FingerprintError:
        raise
    except MemoryError as error:
        raise MediaTooLarge(
            "the picture needs more memory than a decoder may use: send a smaller copy"
        ) from error
    except Exception as error:  # a decoder may raise anything at all on hostile bytes
        raise damaged(kind.upper(), error) from error


def _jpeg(data: Buffer, limits: Limits) -> Picture | None:
    """The luma plane of a JPEG; None where this decoder will not give it and Pillow may."""
    try:
        height, width, space, _ = simplejpeg.decode_jpeg_header(data)
    except ValueError:
        return None
    check_pixels(width, height, limits.pixels)
    check_scans(data, width, height, limits)
    if space not in ("YCbCr", "Gray"):
        return None
    try:
        luma = simplejpeg.decode_jpeg(data, colorspace="GRAY")
    except ValueError:
        return None
    return Picture(luma[:, :, 0], orientation_of_jpeg(data), (), rounded=space != "Gray")


def _other(data: Buffer, kind: Kind, limits: Limits) -> Picture:
    with open_picture(data, kind, limits) as image:
        pixels, notes = _pixels(image)
        # Asked after decoding: Pillow turns TIFF and HEIF upright itself, and then says so.
        orientation = image.getexif().get(_ORIENTATION, 1) if kind != "heif" else 1
        # How many there are is not asked: finding out can take as long as decoding all of them.
        if getattr(image, "is_animated", False):
            notes += ("several pages: first page only" if kind == "tiff" else "animated: first frame only",)
    return Picture(pixels, orientation if orientation in TURNS else 1, notes)


def open_picture(data: Buffer, kind: Kind, limits: Limits) -> Image.Image:
    """Open with Pillow, as that kind and no other, and check the size; nothing is decoded yet."""
    try:
        image = _heif(data) if kind == "heif" else Image.open(io.BytesIO(data), formats=[_PILLOW[kind]])
    except Image.DecompressionBombError as error:
        raise MediaTooLarge(
            f"the picture has more than the {limits.colour_pixels:,} pixels that are decoded:"
            " send a smaller copy"
        ) from error
    check_pixels(image.width, image.height, limits.colour_pixels)
    if kind == "jpeg":
        check_scans(data, image.width, image.height, limits)
    return image


def _heif(data: Buffer) -> Image.Image:
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.register_heif_opener(thumbnails=False)
    return Image.open(io.BytesIO(data), formats=["HEIF"])


def _pixels(image: Image.Image) -> tuple[npt.NDArray[np.uint8], tuple[str, ...]]:
    """Eight-bit grey or red-green-blue of the current frame."""
    image.load()
    if image.mode in _SIXTEEN_BITS:
        deep: npt.NDArray[Any] = np.asarray(image)
        if image.mode != "I" or int(deep.max(initial=0)) > 255:
            return (deep >> 8).clip(0, 255).astype(np.uint8), ("16 bits a sample: the upper 8 were used",)
        return deep.clip(0, 255).astype(np.uint8), ()
    if image.mode == "F":
        return np.asarray(image).clip(0, 255).astype(np.uint8), ("floating point: clipped to 0-255",)
    if image.mode not in ("L", "RGB"):
        image = image.convert("L" if image.mode in ("1", "LA", "La") else "RGB")
    return np.asarray(image), ()
