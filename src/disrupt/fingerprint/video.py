"""vPDQ: one PDQ a second of a film, from the luma that the decoder leaves; runs inside the sandbox.

The published algorithm (ThreatExchange, `vpdq`) hashes every frame whose number is a multiple of the whole
part of the frame rate, and dates it number / rate. A film's luma plane is hashed as it lies in memory:
PDQ ignores brightness and contrast, so the narrow range of video needs no conversion but for the quality.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, BinaryIO, NamedTuple

import av
import av.error
import numpy as np

from disrupt.fingerprint.containers import (
    check_frame,
    duration_of,
    frame_rate,
    open_container,
    turn_of,
    video_stream,
    video_streams,
)
from disrupt.fingerprint.errors import FingerprintError, MediaTooLarge, UnreadableMedia
from disrupt.fingerprint.exif import AS_IS, Turn
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.pdq import pdq_from_array, pdq_from_plane, pdq_turned
from disrupt.fingerprint.tasks import Sampling
from disrupt.fingerprint.types import Pdq, VpdqFrame

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
_DRIFT = 0.25
"""Seconds by which number / rate may be off before a frame's own time is believed."""
_HOLE = 1.5
"""Seconds after which a frame is hashed although its number is not due: the rate varies."""
MOST_TRACKS = 4


class Film(NamedTuple):
    """What a video gives: its size as stored, its length in seconds, its hashed frames, what was left out.

    `upright`: the same frames as they are shown, where they are turned.
    """

    width: int
    height: int
    duration: float
    vpdq: tuple[VpdqFrame, ...]
    notes: tuple[str, ...]
    upright: tuple[VpdqFrame, ...] = ()


def hash_frame(frame: Any, turn: Turn = AS_IS) -> Pdq:
    """PDQ of a decoded frame, from its luma plane where it has one of eight bits; as `turn` turns it."""
    name = frame.format.name
    if name in _EIGHT_BIT_LUMA:
        plane = frame.planes[0]
        flat = np.frombuffer(plane, dtype=np.uint8)
        gain = 1.0 if name.startswith(("yuvj", "gray")) or frame.color_range == _FULL_RANGE else _STRETCH
        return pdq_from_plane(flat, frame.height, frame.width, plane.line_size, gain=gain, turn=turn)
    pixels = frame.to_ndarray(format="rgb24")
    return pdq_from_array(pixels, exact=False) if turn == AS_IS else pdq_turned(pixels, turn, exact=False)


Watch = Callable[[Any, VpdqFrame], None]
"""Called with each hashed frame, while the decoder still has it."""


def fingerprint_film(
    file: BinaryIO,
    limits: Limits,
    sampling: Sampling = "seconds",
    watch: Watch | None = None,
    track: int = 0,
) -> Film:
    """Fingerprint a video from a seekable binary file: the track that players show, or another one.

    Raises UnreadableMedia, NoVideoStream or MediaTooLarge. What follows damage is left out, with a note.
    """
    with open_container(file) as container:
        several = len(video_streams(container))
        stream = video_stream(container, limits, track)
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
        notes = frames.notes()
        if several > 1:
            notes += (f"{several} video tracks: the first, which players show",)
        return Film(
            size[0] or frames.width,
            size[1] or frames.height,
            frames.duration(),
            vpdq,
            notes,
            tuple(frames.upright),
        )


def other_tracks(file: BinaryIO, limits: Limits, sampling: Sampling, watch: Watch | None) -> list[VpdqFrame]:
    """The hashed frames of the tracks that players do not show, stored and upright; a broken one has none."""
    with open_container(file) as container:
        count = min(len(video_streams(container)), MOST_TRACKS)
    found: list[VpdqFrame] = []
    for track in range(1, count):
        with suppress(UnreadableMedia):
            film = fingerprint_film(file, limits, sampling, watch, track)
            found += [*film.vpdq, *film.upright]
    return found


class _Sampler:
    """Decodes a stream once and yields the hashes of the frames that count."""

    def __init__(
        self, container: Any, stream: Any, limits: Limits, sampling: Sampling, watch: Watch | None = None
    ) -> None:
        self.watch = watch
        self.container, self.stream, self.limits = container, stream, limits
        self.keyframes = sampling == "keyframes"
        self.rate, said = frame_rate(stream)
        self.step = int(self.rate) if said else 0
        self.width = self.height = self.damage = self.decoded = 0
        self.newest: tuple[Any, int] | None = None
        self.upright: list[VpdqFrame] = []
        self.varies = False

    def __iter__(self) -> Iterator[VpdqFrame]:
        hashed = 0
        next_at = last = float("-inf")
        for number, frame in enumerate(self._decode()):
            self.newest = frame, number
            seconds = self._seconds(frame, number)
            if self.keyframes or not self.step:
                if seconds < next_at:
                    continue
                next_at = seconds + 0.999 if self.keyframes else math.floor(seconds + 0.02) + 0.98
            elif number % self.step and seconds - last < _HOLE:
                continue
            last = seconds
            hashed += 1
            if hashed > self.limits.frames:
                raise MediaTooLarge(
                    f"the video has more than {self.limits.frames:,} seconds: send it in parts"
                )
            self.width, self.height = frame.width, frame.height
            check_frame(frame.width, frame.height, self.limits)
            yield self._hashed(frame, *self._dated(number, seconds))

    def _dated(self, number: int, seconds: float) -> tuple[int, float]:
        """The frame's number and second: by the rate, as the published algorithm has it, unless it varies."""
        if self.keyframes or not self.step:
            return (round(seconds * self.rate) if self.rate else number), seconds
        if abs(number / self.rate - seconds) > _DRIFT:
            self.varies = True
            return number, seconds
        return number, number / self.rate

    def _hashed(self, frame: Any, number: int, second: float) -> VpdqFrame:
        pdq = hash_frame(frame)
        found = VpdqFrame(number, second, pdq.quality, pdq.hex)
        turn = turn_of(frame)
        if turn != AS_IS:
            pdq = hash_frame(frame, turn)
            self.upright.append(VpdqFrame(number, second, pdq.quality, pdq.hex))
        if self.watch:
            self.watch(frame, found)
        return found

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
        notes: tuple[str, ...] = ()
        if self.damage:
            notes = (f"damaged: {self.damage} packets could not be decoded",)
        if self.varies or not (self.step or self.keyframes):
            notes += ("the frame rate varies or is not said: seconds are those of the frames themselves",)
        return notes
