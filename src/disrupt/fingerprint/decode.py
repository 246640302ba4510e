"""Bytes of a picture to pixels, refusing what is damaged or too large; runs inside the sandbox."""

from __future__ import annotations

import io
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import simplejpeg
from PIL import AvifImagePlugin, Image, ImageFile, UnidentifiedImageError

from disrupt.fingerprint.depth import upper_eight
from disrupt.fingerprint.errors import (
    EmptyFile,
    FingerprintError,
    MediaTooLarge,
    UnreadableMedia,
    UnsupportedMedia,
)
from disrupt.fingerprint.exif import TURNS, orientation_of_jpeg
from disrupt.fingerprint.formats import FORMATS, Kind, spoken
from disrupt.fingerprint.kinds import jxl, pdf
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.profiles import MARK, changes, in_its_colours
from disrupt.fingerprint.sniff import HEAD, sniff

_SCAN = b"\xff\xda"
_ORIENTATION = 274
_SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N", "I")
_FORGIVEN = ("jpeg", "png", "gif", "bmp", "tiff")
_PROFILES, _SMALL = 1 << 17, 512
"""Where a JPEG's colour profile begins, at the latest; and how small a picture shows what it does."""
_ENOUGH = 0.2
"""The part of a damaged picture that must be there."""
Buffer = bytes | memoryview

AvifImagePlugin.DEFAULT_MAX_THREADS = 1


class Picture(NamedTuple):
    """Pixels as stored, uint8 (H, W) or (H, W, 3); the Exif orientation they still need; what was left out.

    `rounded` says that the luma comes from the decoder rather than from red, green and blue. `alpha`: uint8
    (H, W), where the picture is transparent somewhere. `moves`: it has further frames, pages or pictures.
    `seen`: uint8 (H, W, 3) in the colours of its profile, where those are others.
    """

    pixels: npt.NDArray[np.uint8]
    orientation: int
    notes: tuple[str, ...]
    rounded: bool = False
    alpha: npt.NDArray[np.uint8] | None = None
    moves: bool = False
    seen: npt.NDArray[np.uint8] | None = None


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
            f" send a {spoken()} picture, or a video"
        )
    return kind


def decode_image(data: Buffer, limits: Limits) -> Picture:
    """Decode the first picture of a file.

    JPEG gives its luma plane; the others red, green and blue, or grey. Alpha is kept apart, because other PDQ
    programs drop it. What browsers show although it is damaged is decoded as far as it goes, with a note.
    Raises EmptyFile, UnsupportedMedia, UnreadableMedia, MediaTooLarge.
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
    notes: tuple[str, ...] = ()
    try:
        luma = simplejpeg.decode_jpeg(data, colorspace="GRAY")[:, :, 0]
    except ValueError:
        try:
            luma = simplejpeg.decode_jpeg(data, colorspace="GRAY", strict=False)[:, :, 0]
        except ValueError:
            return None
        notes = note_of_damage(luma)
        if not notes:
            return None
    orientation, seen = orientation_of_jpeg(data), _jpeg_in_its_colours(data, limits)
    return Picture(luma, orientation, notes, rounded=space != "Gray", seen=seen)


def _jpeg_in_its_colours(data: Buffer, limits: Limits) -> npt.NDArray[np.uint8] | None:
    """Made smaller, which costs less and says the same; None where there is no profile that changes it."""
    if MARK not in bytes(data[:_PROFILES]):
        return None
    with open_picture(data, "jpeg", limits) as image:
        if not changes(image):
            return None
    image, _ = loaded(data, "jpeg", limits, draft=_SMALL)
    return in_its_colours(image)


def note_of_damage(pixels: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    """What to say of pixels that damage left; nothing where too little is left to be called the picture."""
    # Decoders leave the rows that did not come in one tone; a BMP comes from below.
    part = 1 - max(_blank(pixels[::-1]), _blank(pixels)) / len(pixels)
    return (f"damaged or cut short: about {100 * part:.0f} % of it was decoded",) if part >= _ENOUGH else ()


def _blank(pixels: npt.NDArray[np.uint8]) -> int:
    """How many rows from the first on are all of one tone."""
    alike = (pixels == pixels[:1, :1]).reshape(len(pixels), -1).all(axis=1)
    return len(pixels) if alike.all() else int(alike.argmin())


def _other(data: Buffer, kind: Kind, limits: Limits) -> Picture:
    image, harmed = loaded(data, kind, limits)
    with image:
        pixels, notes = _pixels(image)
        alpha = _alpha(image)
        if harmed:
            # Undecoded rows are of one tone, and fully transparent where they can be.
            notes = (*note_of_damage(pixels), *notes)
            if not notes or not notes[0].startswith("damaged"):
                raise damaged(kind.upper())
        # Asked after decoding: Pillow turns TIFF and HEIF upright itself, and then says so.
        orientation = image.getexif().get(_ORIENTATION, 1) if kind != "heif" else 1
        # How many there are is not asked: finding out can take as long as decoding all of them.
        moves = bool(getattr(image, "is_animated", False))
        seen = in_its_colours(image) if alpha is None else None
    orientation = orientation if orientation in TURNS else 1
    return Picture(pixels, orientation, notes, alpha=alpha, moves=moves, seen=seen)


def loaded(data: Buffer, kind: Kind, limits: Limits, *, draft: int = 0) -> tuple[Image.Image, bool]:
    """The first picture decoded by Pillow, and whether it is damaged but shown all the same.

    `draft`: a JPEG may be decoded smaller, with sides of at least that. Raises MediaTooLarge, and whatever
    Pillow does for what no browser shows.
    """
    try:
        return _loaded(data, kind, limits, draft), False
    except (OSError, SyntaxError, ValueError, EOFError):
        if kind not in _FORGIVEN:
            raise
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            return _loaded(data, kind, limits, draft), True
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False


def _loaded(data: Buffer, kind: Kind, limits: Limits, draft: int) -> Image.Image:
    image = open_picture(data, kind, limits)
    if draft and kind == "jpeg":
        image.draft("RGB", (draft, draft))
    image.load()
    return image


def open_picture(data: Buffer, kind: Kind, limits: Limits) -> Image.Image:
    """Open with Pillow, as that kind and no other, and check the size; nothing is decoded yet."""
    if kind in ("jxl", "pdf"):
        (jxl if kind == "jxl" else pdf).register()
    try:
        image = (
            _heif(data) if kind == "heif" else Image.open(io.BytesIO(data), formats=[FORMATS[kind].pillow])
        )
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
    """Eight-bit grey or red-green-blue of the current frame, which is loaded."""
    if image.mode in _SIXTEEN_BITS or image.mode == "F":
        return eight_bits(image)
    if image.mode not in ("L", "RGB"):
        image = image.convert("L" if image.mode in ("1", "LA", "La") else "RGB")
    return np.asarray(image), ()


def eight_bits(image: Image.Image) -> tuple[npt.NDArray[np.uint8], tuple[str, ...]]:
    """Grey of 16 bits or in floating point, scaled by the range that is there; and what to say of it."""
    deep: npt.NDArray[Any] = np.asarray(image)
    if image.mode == "F":
        deep = np.nan_to_num(deep.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
        low, high = float(deep.min(initial=0)), float(deep.max(initial=0))
        if low >= 0 and 1 < high <= 255:
            return deep.astype(np.uint8), ("floating point: taken as 0-255",)
        stretched = (deep - low) * (255.0 / (high - low if high > low else 1.0))
        return stretched.round().astype(np.uint8), (f"floating point: {low:g} to {high:g} taken as 0-255",)
    if image.mode == "I" and deep.max(initial=0) <= 255:
        return deep.clip(0, 255).astype(np.uint8), ()
    scaled, bits = upper_eight(deep)
    used = "" if bits == 16 else f", of which {bits} are used"
    return scaled, (f"16 bits a sample{used}: the upper 8 were used",)


def _alpha(image: Image.Image) -> npt.NDArray[np.uint8] | None:
    """The opacity of the current frame; None where it is opaque everywhere."""
    if not (image.mode in ("RGBA", "LA", "La", "RGBa", "PA") or "transparency" in image.info):
        return None
    if image.mode in ("RGBA", "LA", "PA"):
        alpha = np.asarray(image.getchannel("A"))
    else:
        alpha = np.asarray(image.convert("RGBA").getchannel("A"))
    return alpha if alpha.min(initial=255) < 255 else None


def composites(picture: Picture) -> list[tuple[str, npt.NDArray[np.uint8]]]:
    """What a transparent picture looks like on white and on black; nothing for an opaque one."""
    if picture.alpha is None:
        return []
    pixels, mask = Image.fromarray(picture.pixels), Image.fromarray(picture.alpha)
    grounds = (("on white", 255), ("on black", 0))
    return [
        (
            name,
            np.asarray(
                Image.composite(pixels, Image.new(pixels.mode, pixels.size, _tone(pixels, tone)), mask)
            ),
        )
        for name, tone in grounds
    ]


def _tone(image: Image.Image, tone: int) -> int | tuple[int, int, int]:
    return tone if image.mode == "L" else (tone, tone, tone)
