"""Everything a decoder loads lazily, loaded now: afterwards it can open no file."""

from __future__ import annotations

import io
from contextlib import suppress

import av
import numpy as np
from PIL import Image, ImageCms, features

from disrupt.fingerprint.errors import FingerprintError
from disrupt.fingerprint.exif import TURNS
from disrupt.fingerprint.kinds import pdf
from disrupt.fingerprint.limits import DEFAULT
from disrupt.fingerprint.operations import perform
from disrupt.fingerprint.pdq import pdq_dihedral_from_array, pdq_from_array, pdq_turned
from disrupt.fingerprint.tasks import Task

_FORMATS = (("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "I;16"), ("PNG", "P"))
_MORE_FORMATS = (
    ("PNG", "LA"),
    ("WEBP", "RGB"),
    ("GIF", "P"),
    ("BMP", "RGB"),
    ("TIFF", "RGB"),
    ("AVIF", "RGB"),
    ("JPEG2000", "RGB"),
    ("PNG", "RGBA"),
)
_FEATURE = {"JPEG2000": "jpg_2000"}
_LOOK = Task("look", max_side=32, blur=2.0, still_side=16, most=3, seconds=5.0)


def samples() -> list[bytes]:
    """One small file of each kind that can be written here."""
    Image.init()
    noise = np.random.default_rng(0).integers(0, 256, (96, 80, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[274] = 6
    files = []
    for name, mode in (*_FORMATS, *_MORE_FORMATS):
        if name in ("WEBP", "AVIF", "JPEG2000") and not features.check(_FEATURE.get(name, name.lower())):
            continue
        grey = noise[:, :, 0].astype(np.uint16) << 8
        image = Image.fromarray(grey) if mode == "I;16" else Image.fromarray(noise).convert(mode)
        out = io.BytesIO()
        image.save(out, name, **({"exif": exif} if name in ("JPEG", "TIFF", "WEBP") else {}))
        files.append(out.getvalue())
    with suppress(ImportError):
        import imagecodecs

        files.append(bytes(imagecodecs.jpegxl_encode(noise, numthreads=1)))
    files.append(pdf.sample(Image.fromarray(noise)))
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for name in ("JPEG", "PNG"):
        out = io.BytesIO()
        Image.fromarray(noise).save(out, name, icc_profile=profile)
        files.append(out.getvalue())
    with suppress(ImportError, ValueError, OSError, RuntimeError):  # HEIC encoding is optional
        import pillow_heif

        out = io.BytesIO()
        pillow_heif.from_pillow(Image.fromarray(noise)).save(out)
        files.append(out.getvalue())
    return files


def film(codec: str = "mpeg4", container: str = "mp4") -> bytes:
    """Two seconds of a small film."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as output:
        stream = output.add_stream(codec, rate=4)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for i in range(8):
            picture = np.random.default_rng(i).integers(0, 256, (64, 96, 3), dtype=np.uint8)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        output.mux(stream.encode())
    return out.getvalue()


def warm_up() -> None:
    """Run every operation once on every kind of file, and each kind's refusal of a damaged one."""
    av.logging.set_level(None)
    whole = [*samples(), film()]
    for content in [*whole, *(one[: len(one) // 2] for one in whole)]:
        for task in (Task("file"), Task("preview", max_side=32, blur=2.0), Task("luma", max_side=32), _LOOK):
            with suppress(FingerprintError):
                perform(task, io.BytesIO(content), DEFAULT)
    for shape in ((70, 80), (70, 80, 3)):  # a flat picture takes the path that repeats the reference's order
        flat = np.full(shape, 99, dtype=np.uint8)
        for writeable in (True, False):  # decoders hand out both, and each is a compilation of its own
            flat.setflags(write=writeable)
            pdq_from_array(flat)
            pdq_dihedral_from_array(flat)
            pdq_turned(flat, TURNS[6])
    with suppress(FingerprintError):
        perform(Task("video", sampling="keyframes"), io.BytesIO(whole[-1]), DEFAULT)
