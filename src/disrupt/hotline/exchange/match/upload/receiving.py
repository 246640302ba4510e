"""An upload as it arrives: in memory of the kernel's, so many at once and so many bytes; never on a disk."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest

from disrupt.fingerprint import Held, Limits, held
from disrupt.fingerprint.limits import MIB
from disrupt.hotline.exchange.door.errors import ApiError

DECODERS = 2
_WAITING = 1
PLACES = DECODERS + _WAITING
"""Uploads that are received, wait or are decoded: fewer than one network has threads for long bodies."""
_LATER = 2  # seconds after which to come back
_PIECE = 1 << 16
_KIND = re.compile(r"(?:image|video)/[\w.+-]+|application/(?:octet-stream|pdf)")

_places = threading.BoundedSemaphore(PLACES)


def is_upload(content_type: str) -> bool:
    """Whether a body of this type is a file, and not JSON that speaks of one."""
    return _KIND.fullmatch(content_type.partition(";")[0].strip().lower()) is not None


def limits() -> Limits:
    """How much a decoder may use for an upload."""
    most = settings.MATCH_UPLOAD_MIB * MIB
    return Limits(bytes=most, bytes_in_memory=most, image_seconds=15.0, video_seconds=60.0, memory=1024 * MIB)


def busy(why: str) -> ApiError:
    """Nothing is known of the upload; it can be sent again."""
    return ApiError("unavailable", why, headers={"Retry-After": str(_LATER)})


@contextmanager
def place() -> Iterator[None]:
    """One of the places for uploads. Raises ApiError where all are taken, before anything is read."""
    if not _places.acquire(blocking=False):
        raise busy(f"{PLACES} uploads are looked at already.")
    try:
        yield
    finally:
        _places.release()


@contextmanager
def received(request: HttpRequest) -> Iterator[Held]:
    """The body. Raises ApiError, and what reading a body raises."""
    most = settings.MATCH_UPLOAD_MIB
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    if length > most * MIB:
        raise ApiError("body_too_large", f"An upload has {most} MiB at most.")
    with held(_pieces(request), limits()) as content:
        if not length or content.size != length:
            raise ApiError("bad_body", "The upload is empty, or ended before its length was reached.")
        yield content


def _pieces(request: HttpRequest) -> Iterator[bytes]:
    while piece := request.read(_PIECE):
        yield piece
