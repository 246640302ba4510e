"""What a film's container says, hostile as it is: its tracks, the size and rate of its frames, their turn."""

from __future__ import annotations

from typing import Any, BinaryIO

import av
import av.error

from disrupt.fingerprint.errors import MediaTooLarge, NoVideoStream, UnreadableMedia
from disrupt.fingerprint.exif import AS_IS, TURNS, Turn
from disrupt.fingerprint.limits import Limits

CONTAINERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpegtsraw,mpeg,mpegvideo,flv,live_flv,asf,asf_o,ogg,ivf,"
    "rm,mxf,gxf,nut,yuv4mpegpipe,h261,h263,h264,hevc,vvc,m4v,obu,av1,dv,dirac,vc1,swf,wtv,dhav,kux,gif,apng"
)
"""The containers that are opened: none that names other files (playlists, image sequences), none of text."""

_TOO_FAST = 1000.0
_TURNS = {90: TURNS[8], 180: TURNS[3], 270: TURNS[6]}
"""By degrees counter-clockwise, as FFmpeg gives them."""


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


def video_streams(container: Any) -> list[Any]:
    """The films among the streams, the one that players show first; a cover picture is none.

    Players show the first, as Chromium does, and not the largest: a still as a second track hides no film.
    Raises NoVideoStream.
    """
    attached = av.stream.Disposition.attached_pic
    streams = [
        s for s in container.streams.video if not s.disposition & attached and s.codec_context is not None
    ]
    if not streams:
        raise NoVideoStream(
            "the file has no moving picture, only sound or data: there is nothing to fingerprint"
        )
    return streams


def video_stream(container: Any, limits: Limits, track: int = 0) -> Any:
    """One of those, ready to be decoded. Raises NoVideoStream, MediaTooLarge."""
    stream = video_streams(container)[track]
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


def frame_rate(stream: Any) -> tuple[float, bool]:
    """Frames a second, 0 where nothing sensible is said; and whether the container says so itself.

    What a browser records says nothing: FFmpeg's guess for it is twice what it is.
    """
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate
    sensible = bool(rate) and 0 < float(rate) <= _TOO_FAST
    return (float(rate) if sensible else 0.0), sensible and bool(stream.average_rate)


def turn_of(frame: Any) -> Turn:
    """What makes a frame upright, by its display matrix; AS_IS where it says nothing or a slant."""
    return _TURNS.get(round(frame.rotation) % 360, AS_IS)


def duration_of(container: Any, stream: Any) -> float | None:
    """Seconds, as the stream or the container says; None where neither does."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration and container.duration > 0:
        return float(container.duration / av.time_base)
    return None
