"""The operations that touch a decoder: from a file to plain values; runs in the sandbox."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import BinaryIO, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from disrupt.fingerprint._stills import Stills, animation_stills
from disrupt.fingerprint.decode import composites, decode_image, image_kind
from disrupt.fingerprint.errors import EmptyFile
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.looks import look_at_film, look_at_picture
from disrupt.fingerprint.previews import preview
from disrupt.fingerprint.printing import print_picture
from disrupt.fingerprint.profiles import IN_ITS_COLOURS
from disrupt.fingerprint.sniff import HEAD
from disrupt.fingerprint.tasks import Answer, Task
from disrupt.fingerprint.types import VpdqFrame
from disrupt.fingerprint.video import Watch, fingerprint_film, other_tracks


def perform(task: Task, file: BinaryIO, limits: Limits) -> Answer:
    """Carry out a task on a seekable binary file. Raises what the decoders raise."""
    file.seek(0)
    if task.operation == "video":
        if file.seek(0, os.SEEK_END) == 0:
            raise EmptyFile
        return _video(file, task, limits)
    if task.operation == "preview":
        return _preview(file, task, limits)
    if task.operation == "look":
        film = image_or_video(file) == "video"
        return look_at_film(file, task, limits) if film else look_at_picture(_read(file), task, limits)
    if task.operation == "file" and image_or_video(file) == "video":
        return _video(file, task, limits)
    if task.operation == "stills":
        return _stills(file, task, limits)
    data = _read(file)
    picture = decode_image(data, limits)
    values = print_picture(picture, data, limits)
    if task.operation == "luma":
        luma = _luma(picture.pixels, task.max_side)
        forms = [(name, _luma(pixels, task.max_side)) for name, pixels in composites(picture)]
        if picture.seen is not None:
            forms.append((IN_ITS_COLOURS, _sized(picture.seen, luma)))
        values["luma"] = [int(luma.shape[1]), int(luma.shape[0])]
        values["forms"] = [name for name, _ in forms]
        return Answer(values, b"".join(one.tobytes() for one in (luma, *(form for _, form in forms))))
    return Answer(values)


def image_or_video(file: BinaryIO) -> Literal["image", "video"]:
    """What the first bytes announce. Raises EmptyFile, UnsupportedMedia."""
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return "video" if image_kind(head) == "video" else "image"


def _read(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


def _sized(seen: npt.NDArray[np.uint8], luma: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Luma of what may have been decoded smaller, in the size of the other."""
    image = Image.fromarray(seen).convert("L")
    return np.asarray(image.resize(luma.shape[::-1], Image.Resampling.BICUBIC))


def _luma(pixels: npt.NDArray[np.uint8], max_side: int) -> npt.NDArray[np.uint8]:
    """The luma of pixels, made smaller by whole numbers until its longer side is under twice `max_side`.

    Any other size would cost more than decoding did, and put pixels where there are none.
    """
    image = Image.fromarray(pixels)
    if image.mode != "L":
        image = image.convert("L")
    by = max(image.size) // max_side if max_side else 1
    return np.asarray(image.reduce(by) if by > 1 else image)


def _stills(file: BinaryIO, task: Task, limits: Limits) -> Answer:
    """The moving picture's own answer, and its stills beside."""
    stills = Stills(task.max_side)
    if image_or_video(file) == "video":
        answer = _video(file, task, limits, stills.watch)
        others = other_tracks(file, limits, task.sampling, stills.watch)
        answer.values["others"] = _rows(others)
    else:
        data = _read(file)
        answer = Answer(print_picture(decode_image(data, limits), data, limits))
        animation_stills(data, limits, stills)
    answer.values["stills"] = stills.seconds
    return Answer(answer.values, stills.pixels())


def _video(file: BinaryIO, task: Task, limits: Limits, watch: Watch | None = None) -> Answer:
    film = fingerprint_film(file, limits, task.sampling, watch)
    return Answer(
        {
            "width": film.width,
            "height": film.height,
            "duration": film.duration,
            "vpdq": _rows(film.vpdq),
            "upright": _rows(film.upright),
            "others": [],
            "notes": list(film.notes),
        }
    )


def _rows(frames: Iterable[VpdqFrame]) -> list[list[object]]:
    return [[f.frame, f.timestamp, f.quality, f.hex] for f in frames]


def _preview(file: BinaryIO, task: Task, limits: Limits) -> Answer:
    kind = image_or_video(file)
    jpeg, size = preview(file if kind == "video" else _read(file), task.max_side, task.blur, limits)
    return Answer({"width": size[0], "height": size[1]}, jpeg)
