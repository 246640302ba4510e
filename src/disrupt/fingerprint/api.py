"""Fingerprints of files: the decoder works in the sandbox while the digests are taken here."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from disrupt.fingerprint.answers import image_of, nonsense, time_of, video_of
from disrupt.fingerprint.digest import Digests
from disrupt.fingerprint.limits import DEFAULT, Limits
from disrupt.fingerprint.sandbox import Sandbox, default_sandbox
from disrupt.fingerprint.sniff import HEAD, sniff
from disrupt.fingerprint.source import Source, descriptor, digest_descriptor
from disrupt.fingerprint.tasks import MOST_STILLS, Answer, Sampling, Task
from disrupt.fingerprint.types import ImageFingerprint, VideoFingerprint

_PREVIEW_CEILING = 16 << 20
_MOST_FORMS = 3


@dataclass(frozen=True, slots=True, eq=False)
class ImageLuma:
    """A picture's fingerprint and its luma as stored, uint8 (H, W), made smaller where asked.

    `forms`: the same of what it looks like on white and on black, where it is transparent, and in the colours
    of its profile, where those are others.
    """

    fingerprint: ImageFingerprint
    luma: npt.NDArray[np.uint8]
    forms: tuple[tuple[str, npt.NDArray[np.uint8]], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class MovingPicture:
    """A moving picture's fingerprint, and N stills: their seconds and luma, uint8 (N, side, side)."""

    fingerprint: ImageFingerprint | VideoFingerprint
    seconds: tuple[float, ...]
    luma: npt.NDArray[np.uint8]


def fingerprint_image(
    source: Source, *, trusted: bool = False, sandbox: Sandbox | None = None
) -> ImageFingerprint:
    """Fingerprint a picture given as a path, bytes or a seekable binary file; see `fingerprint_file`."""
    return image_of(*ask(source, Task("image"), trusted, sandbox)[:2])


def fingerprint_video(
    source: Source,
    *,
    sampling: Sampling = "seconds",
    trusted: bool = False,
    sandbox: Sandbox | None = None,
) -> VideoFingerprint:
    """Fingerprint a video; `sampling="keyframes"` hashes only frames that stand on their own, which is
    about ten times faster and enough to find copies. See `fingerprint_file`.
    """
    return video_of(*ask(source, Task("video", sampling=sampling), trusted, sandbox)[:2])


def fingerprint_file(
    source: Source,
    *,
    sampling: Sampling = "seconds",
    trusted: bool = False,
    sandbox: Sandbox | None = None,
    seconds: float | None = None,
) -> ImageFingerprint | VideoFingerprint:
    """Fingerprint a picture or a video, whichever its bytes say it is.

    Content given as bytes or by a file object is handed to the decoder in memory and never touches a disk.
    The decoder runs in `sandbox` (default: one that the process shares). `trusted=True` decodes in this
    process instead: only for archives whose every file is known to be harmless. In the sandbox it may take
    `seconds` of wall clock (default: what the sandbox's limits say).

    Raises FingerprintError: MissingFile, EmptyFile, UnsupportedMedia, UnreadableMedia, MediaTooLarge (of
    which TookTooLong), NoVideoStream, SandboxFailure.
    """
    answer, digests = ask(source, Task("file", sampling=sampling), trusted, sandbox, seconds=seconds)
    return video_of(answer, digests) if "vpdq" in answer.values else image_of(answer, digests)


def image_luma(
    source: Source, *, max_side: int = 1024, trusted: bool = False, sandbox: Sandbox | None = None
) -> ImageLuma:
    """Fingerprint a picture and give its luma too, its longer side under twice `max_side` pixels.

    Raises what `fingerprint_file` does.
    """
    ceiling = _MOST_FORMS * 4 * max_side * max_side
    answer, digests = ask(source, Task("luma", max_side=max_side), trusted, sandbox, ceiling)
    try:
        width, height = (int(side) for side in answer.values["luma"])
        names = [str(name)[:40] for name in answer.values["forms"]]
        luma = np.frombuffer(answer.blob, dtype=np.uint8).reshape(1 + len(names), height, width)
    except (KeyError, TypeError, ValueError) as error:
        raise nonsense() from error
    return ImageLuma(image_of(answer, digests), luma[0], tuple(zip(names, luma[1:], strict=True)))


def stills(
    source: Source,
    *,
    side: int = 256,
    sampling: Sampling = "seconds",
    trusted: bool = False,
    sandbox: Sandbox | None = None,
) -> MovingPicture:
    """Fingerprint a video or an animated picture and give its stills' luma too, each stretched to a square.

    A video gives a still for each hashed frame (the closest together that MOST_STILLS allow); an animated
    picture each distinct frame; any other picture none. Raises what `fingerprint_file` does.
    """
    task = Task("stills", max_side=side, sampling=sampling)
    answer, digests = ask(source, task, trusted, sandbox, MOST_STILLS * side * side)
    try:
        seconds = tuple(time_of(second) for second in answer.values["stills"])
        luma = np.frombuffer(answer.blob, dtype=np.uint8).reshape(len(seconds), side, side)
    except (KeyError, TypeError, ValueError) as error:
        raise nonsense() from error
    found = video_of(answer, digests) if "vpdq" in answer.values else image_of(answer, digests)
    return MovingPicture(found, seconds, luma)


def preview(
    source: Source,
    *,
    max_side: int = 512,
    blur: float = 0.0,
    trusted: bool = False,
    sandbox: Sandbox | None = None,
) -> bytes:
    """A JPEG of a picture, or of a still of a video: upright, without metadata, its longer side at most
    `max_side` pixels, blurred by a Gaussian of `blur` pixels. Raises what `fingerprint_file` does.
    """
    task = Task("preview", max_side=max_side, blur=blur)
    return ask(source, task, trusted, sandbox, _PREVIEW_CEILING)[0].blob


def ask(
    source: Source,
    task: Task,
    trusted: bool,
    sandbox: Sandbox | None,
    blob_ceiling: int = 0,
    *,
    seconds: float | None = None,
    patience: float | None = None,
) -> tuple[Answer, Digests]:
    """Have the task done, and digest the content meanwhile. Raises FingerprintError."""
    limits = sandbox.limits if sandbox else DEFAULT
    with descriptor(source, limits) as fd:
        if trusted:
            return _here(fd, task, limits), digest_descriptor(fd)
        seconds = _seconds(fd, task, limits) if seconds is None else seconds
        pending = (sandbox or default_sandbox()).run(task, fd, seconds, blob_ceiling, patience)
        try:
            digests = digest_descriptor(fd)
        except BaseException:
            pending.abandon()
            raise
        return pending.result(), digests


def _seconds(fd: int, task: Task, limits: Limits) -> float:
    if task.operation == "video":
        return limits.video_seconds
    is_video = task.operation in ("file", "stills") and sniff(os.pread(fd, HEAD, 0)) == "video"
    return limits.video_seconds if is_video else limits.image_seconds


def _here(fd: int, task: Task, limits: Limits) -> Answer:
    """Decode in this process; the decoders are imported only now."""
    from disrupt.fingerprint.operations import perform

    with os.fdopen(os.dup(fd), "rb") as file:
        return perform(task, file, limits)
