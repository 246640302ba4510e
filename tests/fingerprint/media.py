"""Pictures and films made in code, with what is wrong with them where something should be."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av
import imagecodecs
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from disrupt.fingerprint.kinds import pdf

U8 = npt.NDArray[np.uint8]


def scene(height: int, width: int, seed: int = 0, grey: bool = False) -> U8:
    """Soft coloured shapes with detail at every frequency that PDQ looks at, as a photograph has."""
    rng = np.random.default_rng(seed)
    small = rng.integers(60, 196, (40, 44, 3), dtype=np.uint8)  # no colour is clipped
    image = Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC)
    if min(height, width) > 32:
        image = image.filter(ImageFilter.GaussianBlur(1))
    return np.asarray(image.convert("L") if grey else image).copy()


def encode(pixels: U8 | Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def heic(pixels: U8) -> bytes:
    import pillow_heif

    out = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(out)
    return out.getvalue()


def with_orientation(pixels: U8, orientation: int, kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[274] = orientation
    return encode(pixels, kind, exif=exif, **({"quality": 95} if kind == "JPEG" else {}))


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_bomb(side: int = 60000) -> bytes:
    """A PNG that announces side x side pixels and holds a stream of zeros that inflates to megabytes."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(20_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def animation(kind: str) -> bytes:
    frames = [Image.fromarray(scene(60, 80, seed)) for seed in range(3)]
    return encode(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def film(
    seconds: int = 3,
    rate: int = 5,
    size: tuple[int, int] = (96, 128),
    codec: str = "mpeg4",
    container: str = "mp4",
    pixel_format: str = "yuv420p",
    gop: int = 5,
) -> bytes:
    """A film whose picture changes every second; `size` is height, width."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate)
        stream.height, stream.width, stream.pix_fmt = size[0], size[1], pixel_format
        stream.codec_context.gop_size = gop
        stream.codec_context.time_base = Fraction(1, rate)
        for number in range(seconds * rate):
            pixels = scene(*size, seed=number // rate)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        output.mux(stream.encode())
    return out.getvalue()


def slow_film(frames: int = 10_000, size: tuple[int, int] = (720, 1280), rate: int = 25) -> bytes:
    """A film that is small and takes long: after its first frame, frames in which nothing changes."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as output:
        stream = output.add_stream("mpeg4", rate=rate)
        stream.height, stream.width, stream.pix_fmt = size[0], size[1], "yuv420p"
        stream.codec_context.gop_size = 600
        picture = av.VideoFrame.from_ndarray(scene(*size), format="rgb24")
        packets: list[bytes] = []
        for number in range(30):
            picture.pts = number
            packets += [bytes(packet) for packet in stream.encode(picture)]
        # Nothing is left to improve by then: the last packet says "as before", and may be repeated.
        time_base = stream.codec_context.time_base
        for number in range(frames):
            packet = av.Packet(packets[min(number, len(packets) - 1)])
            packet.stream, packet.time_base = stream, time_base
            packet.pts = packet.dts = number
            packet.is_keyframe = number == 0
            output.mux(packet)
    return out.getvalue()


def too_little(seconds: float = 2.0) -> Iterator[float]:
    """Ever less time, until a film that is slow to decode does not end in it on a machine as fast as any."""
    for _ in range(7):
        yield seconds
        seconds /= 2
    raise AssertionError("no time was too little")


def many_scans(pixels: U8, scans: int) -> bytes:
    """A progressive JPEG whose last scan is repeated, as libjpeg lets it be."""
    content = encode(pixels, "JPEG", progressive=True, quality=85)
    last = content.rindex(b"\xff\xda")
    scan, end = content[last:-2], content[-2:]
    return content[:last] + scan * (scans - content.count(b"\xff\xda") + 1) + end


def sound_only() -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as output:
        stream = output.add_stream("aac", rate=44100)
        for i in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), dtype=np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts = 44100, 1024 * i
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return out.getvalue()


def every_picture() -> dict[str, bytes]:
    """One small file of every kind of picture."""
    pixels = scene(96, 128)
    exif = Image.Exif()
    exif[274] = 6
    return {
        "jpeg": encode(pixels, "JPEG", quality=90, exif=exif),
        "png": encode(pixels, "PNG"),
        "webp": encode(pixels, "WEBP", lossless=True),
        "gif": animation("GIF"),
        "bmp": encode(pixels, "BMP"),
        "tiff": encode(pixels, "TIFF", compression="tiff_lzw"),
        "avif": encode(pixels, "AVIF", quality=90),
        "heif": heic(pixels),
        "jp2": encode(pixels, "JPEG2000", quality_layers=[20]),
        "jxl": bytes(imagecodecs.jpegxl_encode(pixels, lossless=True, numthreads=1)),
        "pdf": pdf.sample(Image.fromarray(pixels)),
    }


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()
