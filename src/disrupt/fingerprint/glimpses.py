"""A few frames of a film, spread over it, within seconds; runs in the sandbox.

Key frames are jumped to, which costs the same in a film of an hour as in one of a minute. Where there are too
few of them (a film may have one, on a title card), the film is gone through for as long as there is time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO, NamedTuple

import av.error
from PIL import Image

from disrupt.fingerprint.containers import check_frame, duration_of, open_container, turn_of, video_stream
from disrupt.fingerprint.errors import UnreadableMedia
from disrupt.fingerprint.limits import Limits
from disrupt.fingerprint.previews import upright

_STEP = 0.25
"""Seconds between frames, at first, of a film that does not say how long it is."""
_PACKETS = 4000
"""Packets that one jump may read before it has found a frame."""


class Glimpse(NamedTuple):
    """A frame, made smaller, and its second."""

    second: float
    image: Image.Image


class Glimpses(NamedTuple):
    """The film's size as shown, frames in order of time, and up to where it was seen (None: all of it)."""

    width: int
    height: int
    frames: list[Glimpse]
    until: float | None


def glimpses(file: BinaryIO, limits: Limits, *, most: int, max_side: int, seconds: float) -> Glimpses:
    """At most `most` frames, none larger than `max_side`, gathered in at most `seconds`.

    Raises UnreadableMedia, NoVideoStream, MediaTooLarge.
    """
    deadline = time.monotonic() + seconds
    with open_container(file) as container:
        stream = video_stream(container, limits)
        seen = _Seen(container, stream, limits, max_side, deadline)
        length = duration_of(container, stream) or 0.0
        found = seen.jump(length, most) if length > 0 else {}
        until = None
        if len(found) < most:
            walked, until = seen.walk(length / most or _STEP, most)
            late = max(walked, default=-1.0)
            found = walked | {second: image for second, image in found.items() if second > late}
    if not found:
        raise UnreadableMedia("not one frame of the video could be decoded: send the original file again")
    frames = [Glimpse(second, found[second]) for second in sorted(found)][:most]
    return Glimpses(seen.width, seen.height, frames, until)


class _Seen:
    def __init__(self, container: Any, stream: Any, limits: Limits, max_side: int, deadline: float) -> None:
        self.container, self.stream, self.limits = container, stream, limits
        self.max_side, self.deadline = max_side, deadline
        self.width = self.height = 0

    def jump(self, length: float, most: int) -> dict[float, Image.Image]:
        """The key frame at or before each of `most` moments; fewer where they share one."""
        found: dict[float, Image.Image] = {}
        self.stream.codec_context.skip_frame = "NONKEY"
        start = self.stream.start_time or 0
        for number in range(most):
            if self._late():
                break
            moment = length * (number + 0.5) / most
            with suppress(av.error.FFmpegError, ValueError, OverflowError):
                self.container.seek(start + int(moment / self.stream.time_base), stream=self.stream)
                frame = next(self._frames(_PACKETS, keys=True), None)
                if frame is not None:
                    found.setdefault(self._second(frame), self._small(frame))
        self.stream.codec_context.skip_frame = "DEFAULT"
        return found

    def walk(self, step: float, most: int) -> tuple[dict[float, Image.Image], float | None]:
        """Frames at least `step` seconds apart from the start on; where the time was up, or None."""
        with suppress(av.error.FFmpegError, ValueError):
            self.container.seek(self.stream.start_time or 0, stream=self.stream)
        found: dict[float, Image.Image] = {}
        next_at, second = float("-inf"), 0.0
        try:
            for frame in self._frames(self.limits.decoded_frames):
                second = self._second(frame)
                if second >= next_at:
                    found[second] = self._small(frame)
                    next_at = second + step
                if len(found) >= 2 * most:
                    found = {at: found[at] for at in sorted(found)[::2]}
                    step *= 2
                if self._late():
                    return _spread(found, most), second
        except (av.error.FFmpegError, ValueError, OverflowError):
            if not found:
                raise UnreadableMedia("the video is damaged: send the original file again") from None
        return _spread(found, most), None

    def _frames(self, packets: int, *, keys: bool = False) -> Iterator[Any]:
        for number, packet in enumerate(self.container.demux(self.stream)):
            if number >= packets or self._late():
                return
            if keys and packet.size and not packet.is_keyframe:
                continue
            with suppress(av.error.InvalidDataError, av.error.EOFError):
                yield from packet.decode()

    def _late(self) -> bool:
        return time.monotonic() >= self.deadline

    def _second(self, frame: Any) -> float:
        if frame.pts is None or frame.time_base is None:
            return 0.0
        return round(max(0.0, float((frame.pts - (self.stream.start_time or 0)) * frame.time_base)), 3)

    def _small(self, frame: Any) -> Image.Image:
        check_frame(frame.width, frame.height, self.limits)
        if not self.width:
            lying = turn_of(frame).transpose
            self.width, self.height = (frame.height, frame.width) if lying else (frame.width, frame.height)
        scale = min(1.0, self.max_side / max(frame.width, frame.height, 1))
        width, height = max(2, round(frame.width * scale)), max(2, round(frame.height * scale))
        return upright(frame, frame.to_image(width=width, height=height))


def _spread(found: dict[float, Image.Image], most: int) -> dict[float, Image.Image]:
    """At most `most` of them, evenly, the first and the last among them."""
    times = sorted(found)
    if len(times) <= most:
        return found
    chosen = {round(number * (len(times) - 1) / max(1, most - 1)) for number in range(most)}
    return {times[number]: found[times[number]] for number in chosen}
