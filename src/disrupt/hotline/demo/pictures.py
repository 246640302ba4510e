"""The pictures of the demonstration: what is deposited, and what a platform's users upload later."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageOps

DEPOSITED = ("cat.jpg", "coffee.jpg")
INNOCENT = ("brick.jpg", "grass.jpg", "gravel.jpg")
_SIZE, _SECONDS, _RATE = (320, 214), 4, 12


@dataclass(frozen=True)
class Upload:
    """One upload at the platform: its file, and whether it shows what was deposited."""

    path: Path
    copy: bool


def film(pictures: list[Image.Image]) -> bytes:
    """A short video (MPEG-4 in MP4) that moves slowly over the pictures."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=_RATE)
        stream.width, stream.height, stream.pix_fmt = *_SIZE, "yuv420p"
        stream.bit_rate = 800_000
        for picture in pictures:
            for number in range(_SECONDS * _RATE // len(pictures)):
                frame = av.VideoFrame.from_ndarray(_still(picture, number), format="rgb24")
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return buffer.getvalue()


def _still(picture: Image.Image, number: int) -> np.ndarray:
    width, height = picture.size
    margin = min(width, height) * 0.002 * number
    box = (margin, margin, width - margin, height - margin)
    return np.asarray(picture.convert("RGB").resize(_SIZE, Image.Resampling.BILINEAR, box=box))


def family(examples: Path) -> list[list[bytes]]:
    """What three people send of one photograph."""
    with Image.open(examples / "galaxies.jpg") as opened:
        picture = opened.convert("RGB")
    margin = picture.width // 20
    cut = picture.crop((margin, margin, picture.width - margin, picture.height - margin))
    framed = ImageOps.expand(picture, border=margin, fill=(240, 240, 240))
    return [[_jpeg(picture)], [_jpeg(ImageOps.mirror(picture)), _jpeg(cut)], [_jpeg(framed)]]


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def uploads(examples: Path, video: bytes, folder: Path) -> list[Upload]:
    """Write altered copies and innocent pictures into `folder`, as a platform's users would upload them."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Upload] = []

    def save(name: str, picture: Image.Image, *, copy: bool, quality: int = 85) -> None:
        picture.save(folder / name, quality=quality)
        made.append(Upload(folder / name, copy))

    for name in DEPOSITED:
        stem = Path(name).stem
        with Image.open(examples / name) as opened:
            picture = opened.convert("RGB")
        half = picture.resize((picture.width // 2, picture.height // 2))
        save(f"{stem}-recompressed.jpg", picture, copy=True, quality=25)
        save(f"{stem}-resized.jpg", half, copy=True)
        save(f"{stem}-mirrored.jpg", ImageOps.mirror(picture), copy=True)
        save(f"{stem}-border.jpg", ImageOps.expand(picture, border=60, fill=(20, 20, 20)), copy=True)
    (folder / "film-again.mp4").write_bytes(video)
    made.append(Upload(folder / "film-again.mp4", copy=True))
    for name in INNOCENT:
        with Image.open(examples / name) as opened:
            save(f"innocent-{name}", opened.convert("RGB"), copy=False)
    return made
