"""Reads the body of an upload into the sealed store, without letting slow senders hold the portal.

A thread reads for as long as a body lasts. So only so many may read at once (the others are asked to come
back, which the script does by itself); each body has an end in time; and one that asks where an upload stands
has lost its connection: whoever still waits for bytes of that upload is told to stop.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError

from disrupt.hotline.common.store.growing import HeldElsewhere
from disrupt.hotline.common.store.sealing import CHUNK
from disrupt.hotline.intake.receiving import resumable
from disrupt.hotline.intake.receiving.resumable import Going

log = logging.getLogger(__name__)

# Nothing for so long: the connection is dead. The sender goes on with another.
STALLED = 30.0
# The script sends 8 MiB at a time: even at 10 kB/s that takes less.
LONGEST = 15 * 60.0
# How long one who asks for an upload waits for another to let it go.
PATIENCE = 5.0


class TooBusy(RuntimeError):
    """Too many are sending at once: come back in a moment."""


class _Reader:
    """One thread that reads a body."""

    def __init__(self, connection: socket.socket | None) -> None:
        self.connection = connection
        self.stop = threading.Event()

    def end(self) -> None:
        """Wake the thread: it keeps what has arrived and goes."""
        self.stop.set()
        if self.connection is not None:
            try:
                self.connection.shutdown(socket.SHUT_RD)
            except OSError:
                log.debug("the connection had gone already")


_readers: dict[str, _Reader] = {}
_lock = threading.Lock()


@contextmanager
def slot() -> Iterator[None]:
    """One of the places for senders. Raises TooBusy."""
    with _lock:
        if len(_readers) >= settings.UPLOADS_AT_ONCE:
            raise TooBusy("Too many are sending at once.")
    yield


def receive(request: HttpRequest, name: str, upload: Going, limit: int) -> None:
    """Seal at most `limit` bytes of the body; returns when it ends, breaks, stalls or is told to stop.

    Raises OSError when the disk is full; what was sealed before stays.
    """
    connection = request.META.get("gunicorn.socket")
    reader = _Reader(connection)
    with _lock:
        _readers[name] = reader
    deadline = time.monotonic() + LONGEST
    try:
        if connection is not None:
            connection.settimeout(STALLED)
        while limit > 0 and not reader.stop.is_set() and time.monotonic() < deadline:
            try:
                data = request.read(min(CHUNK, limit))
            except UnreadablePostError:
                break
            if not data:
                break
            upload.write(data)
            limit -= len(data)
    finally:
        with _lock:
            if _readers.get(name) is reader:
                del _readers[name]


@contextmanager
def taken_over(owner: str, name: str) -> Iterator[Going]:
    """Hold an upload, and have whoever reads for it stop. Raises as `resumable.going`."""
    resumable.known(owner, name)
    limit = time.monotonic() + PATIENCE
    while True:
        with _lock:
            reader = _readers.get(name)
        if reader is not None:
            reader.end()
        hold = resumable.going(owner, name)
        try:
            upload = hold.__enter__()
            break
        except HeldElsewhere:
            if time.monotonic() > limit:
                raise
            time.sleep(0.05)
    try:
        yield upload
    finally:
        hold.__exit__(None, None, None)
