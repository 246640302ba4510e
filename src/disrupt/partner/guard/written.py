"""Lines of a log, whole or not at all: half a line would spoil the next one, and with it the whole log."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

_BLOCK = 1 << 16


def append_line(path: Path, line: bytes) -> None:
    """Add a line, which ends with its newline, and sync it. Raises OSError, and has added nothing then.

    What a cut of the power left of a line that nobody was told is taken away first.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # several processes write; nobody else holds this file's lock
        end = _end_of_lines(handle)
        os.ftruncate(handle, end)
        try:
            if os.write(handle, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            os.fsync(handle)
        except OSError:
            os.ftruncate(handle, end)
            raise
    finally:
        os.close(handle)


def _end_of_lines(handle: int) -> int:
    """Where the last whole line ends."""
    end = os.fstat(handle).st_size
    while end:
        start = max(0, end - _BLOCK)
        found = os.pread(handle, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
