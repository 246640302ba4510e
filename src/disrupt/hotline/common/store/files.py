"""Writing small files so that they are whole or absent, private, and on the disk when we say so."""

from __future__ import annotations

import errno
import itertools
import os
import stat
from pathlib import Path
from typing import BinaryIO

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


class NotOurFile(OSError):
    """Something stands where a file of ours should: a link, a pipe, a device."""


def open_own(path: Path, flags: int = os.O_RDONLY) -> BinaryIO:
    """Open a plain file that we wrote. Raises NotOurFile, FileNotFoundError.

    Another process may write in the same folder: a link of its own would lead to what only we may touch, and
    a pipe would hold us for ever.
    """
    try:
        fd = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO, errno.EISDIR}:
            raise NotOurFile("This is not a file of ours.") from None
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise NotOurFile("This is not a file of ours.")
    return os.fdopen(fd, "rb" if flags == os.O_RDONLY else "r+b")


def private_folder(path: Path, mode: int = PRIVATE_FOLDER) -> Path:
    """Make the folder (and its parents), readable by its owner only; what is new outlasts a power cut."""
    new = list(itertools.takewhile(lambda one: not one.exists(), (path, *path.parents)))
    path.mkdir(parents=True, exist_ok=True, mode=mode)
    for one in new:
        sync_folder(one.parent)
    return path


def create_only(path: Path) -> BinaryIO:
    """A new file for writing, mode 0600. Raises FileExistsError."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE), "wb")


def sync_folder(path: Path) -> None:
    """Make a rename or an unlink in this folder durable."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_private(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write `data` atomically, mode 0600; an existing file is replaced whole."""
    private_folder(path.parent)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def create_private(path: Path, data: bytes) -> bytes:
    """Write `data` unless the file exists already; return what the file holds in the end.

    Two processes that start at the same moment therefore agree on one content.
    """
    if path.exists():  # nearly always: nothing is written, nor waited for
        return path.read_bytes()
    private_folder(path.parent)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    write_private(beside, data)
    try:
        os.link(beside, path)
    except FileExistsError:
        return path.read_bytes()
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)
    return data
