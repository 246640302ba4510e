"""vPDQ: one PDQ a second of a film, from the luma that the decoder leaves; runs inside the sandbox.

The published algorithm (ThreatExchange, `vpdq`) hashes every frame whose number is a multiple of the whole
part of the frame rate, and dates it number / rate. A film's luma plane is hashed as it lies in memory:
PDQ ignores brightness and contrast, so the narrow range of video needs no conversion but for the quality.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple

import av
import av.error
import numpy as np

from disrupt.fingerprint.errors import FingerprintError, MediaTooLarge, NoVideoStream, UnreadableMedia
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.pdq import pdq_from_array, pdq_from_plane
from disrupt.fingerprint.tasks import Sampling
from disrupt.fingerprint.types import Pdq, VpdqFrame

CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpegtsraw,mpeg,mpegvideo,flv,live_flv,asf,asf_o,ogg,ivf,"
    "rm,mxf,gxf,nut,yuv4mpegpipe,h261,h263,h264,hevc,vvc,m4v,obu,av1,dv,dirac,vc1,swf,wtv,dhav,kux,gif,apng"
)
"""The containers that are opened: none that names other files (playlists, image sequences), none of text."""

_PLANAR = ("420p", "422p", "444p", "440p", "411p", "410p")
_EIGHT_BIT_LUMA = frozenset(
    [
        "gray",
        "nv12",
        "nv21",
        "nv16",
        "nv24",
        *(kind + size for kind in ("yuv", "yuvj", "yuva") for size in _PLANAR),
    ]
)
_FULL_RANGE = 2
_STRETCH = 255.0 / 219.0
_TOO_FAST = 1000.0


class Film(NamedTuple):
    """What a video gives: its size as stored, its length in seconds, its hashed frames, what was left out."""

    width: int
    height: int
    duration: float
    vpdq: tuple[VpdqFrame, ...]
    notes: tuple[str, ...]


def open_container(file: BinaryIO) -> Any:
    """Open a seekable binary file, from its start, as one of CONTAINERS."""
    file.seek(0)
    try:
        return av.open(
            file, buffer_size=1 << 17, options={"format_whitelist": CONTAINERS, "protocol_whitelist": "file"}
        )
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise UnreadableMedia(
            "the content is no video that can be opened, or its end is missing: send the original file again"
        ) from error


def video_stream(container: Any, limits: Limits) -> Any:
    """The film among the streams; a cover picture is none."""
    attached = av.stream.Disposition.attached_pic
    streams = [
        s for s in container.streams.video if not s.disposition & attached and s.codec_context is not None
    ]
    if not streams:
        raise NoVideoStream(
            "the file has no moving picture, only sound or data: there is nothing to fingerprint"
        )
    stream = max(streams, key=lambda s: s.codec_context.width * s.codec_context.height)
    check_frame(stream.codec_context.width, stream.codec_context.height, limits)
    stream.codec_context.thread_count = 1
    return stream


def check_frame(width: int, height: int, limits: Limits) -> None:
    """Refuse frames with more pixels than are decoded."""
    if width * height > limits.video_pixels:
        raise MediaTooLarge(
            f"the video has {width} x {height} pixels, more than the {limits.video_pixels:,}"
            " that are decoded: send a smaller copy"
        )


def frame_rate(stream: Any) -> float:
    """Frames a second as the container says, 0 where it says nothing sensible."""
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate
    return float(rate) if rate and 0 < float(rate) <= _TOO_FAST else 0.0


def duration_of(container: Any, stream: Any) -> float | None:
    """Seconds, as the stream or the container says; None where neither does."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration and container.duration > 0:
        return float(container.duration / av.time_base)
    return None


def hash_frame(frame: Any) -> Pdq:
    """PDQ of a decoded frame, from its luma plane where it has one of eight bits."""
    name = frame.format.name
    if name in _EIGHT_BIT_LUMA:
        plane = frame.planes[0]
        flat = np.frombuffer(plane, dtype=np.uint8)
        gain = 1.0 if name.startswith(("yuvj", "gray")) or frame.color_range == _FULL_RANGE else _STRETCH
        return pdq_from_plane(flat, frame.height, frame.width, plane.line_size, gain=gain)
    return pdq_from_array(frame.to_ndarray(format="rgb24"), exact=False)


Watch = Callable[[Any, VpdqFrame], None]
"""Called with each hashed frame, while the decoder still has it."""


def fingerprint_film(
    file: BinaryIO, limits: Limits, sampling: Sampling = "seconds", watch: Watch | None = None
) -> Film:
    """Fingerprint a video from a seekable binary file.

    Raises UnreadableMedia, NoVideoStream or MediaTooLarge. What follows damage is left out, with a note.
    """
    with open_container(file) as container:
        stream = video_stream(container, limits)
        size = stream.codec_context.width, stream.codec_context.height
        try:
            frames = _Sampler(container, stream, limits, sampling, watch)
            vpdq = tuple(frames)
        except FingerprintError:
            raise
        except MemoryError as error:
            raise MediaTooLarge(
                "the video needs more memory than a decoder may use: send a smaller copy"
            ) from error
        except (av.error.FFmpegError, ValueError, OverflowError) as error:
            raise UnreadableMedia("the video is damaged: send the original file again") from error
        if not vpdq:
            raise UnreadableMedia("not one frame of the video could be decoded: send the original file again")
        return Film(
            size[0] or frames.width, size[1] or frames.height, frames.duration(), vpdq, frames.notes()
        )


class _Sampler:
    """Decodes a stream once and yields the hashes of the frames that count."""

    def __init__(
        self, container: Any, stream: Any, limits: Limits, sampling: Sampling, watch: Watch | None = None
    ) -> None:
        self.watch = watch
        self.container, self.stream, self.limits = container, stream, limits
        self.keyframes = sampling == "keyframes"
        self.rate = frame_rate(stream)
        self.width = self.height = self.damage = self.decoded = 0
        self.newest: tuple[Any, int] | None = None

    def __iter__(self) -> Iterator[VpdqFrame]:
        hashed = 0
        step = int(self.rate)
        next_at = float("-inf")
        for number, frame in enumerate(self._decode()):
            self.newest = frame, number
            if self.keyframes or not step:
                seconds = self._seconds(frame, number)
                if seconds < next_at:
                    continue
                next_at = seconds + (1.0 if not self.keyframes else 0.999)
            elif number % step:
                continue
            hashed += 1
            if hashed > self.limits.frames:
                raise MediaTooLarge(
                    f"the video has more than {self.limits.frames:,} seconds: send it in parts"
                )
            self.width, self.height = frame.width, frame.height
            check_frame(frame.width, frame.height, self.limits)
            pdq = hash_frame(frame)
            if self.keyframes or not step:
                number = round(seconds * self.rate) if self.rate else number
                found = VpdqFrame(number, seconds, pdq.quality, pdq.hex)
            else:
                found = VpdqFrame(number, number / self.rate, pdq.quality, pdq.hex)
            if self.watch:
                self.watch(frame, found)
            yield found

    def _decode(self) -> Iterator[Any]:
        """Every frame of the stream; with `keyframes`, those that stand on their own."""
        if self.keyframes:
            self.stream.codec_context.skip_frame = "NONKEY"
        packets = self.container.demux(self.stream)
        while True:
            try:
                packet = next(packets)
            except StopIteration:
                return
            except av.error.FFmpegError:
                self.damage += 1
                return
            if self.keyframes and packet.size and not packet.is_keyframe:
                continue
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                self.damage += 1
                continue
            except av.error.EOFError:
                return
            self.decoded += len(frames)
            if self.decoded > self.limits.decoded_frames:
                raise MediaTooLarge(
                    f"the video has more than {self.limits.decoded_frames:,} frames: send it in parts"
                )
            yield from frames

    def _seconds(self, frame: Any, number: int) -> float:
        """The frame's own time, counted from the start of the stream."""
        if frame.pts is None or frame.time_base is None:
            return number / self.rate if self.rate else float(number)
        start = self.stream.start_time or 0
        return max(0.0, float((frame.pts - start) * frame.time_base))

    def duration(self) -> float:
        """Seconds, as the stream or the container says, else the time of the last frame."""
        said = duration_of(self.container, self.stream)
        if said is not None:
            return said
        return self._seconds(*self.newest) if self.newest else 0.0

    def notes(self) -> tuple[str, ...]:
        return (f"damaged: {self.damage} packets could not be decoded",) if self.damage else ()
