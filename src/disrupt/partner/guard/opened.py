"""Files below a folder that others may write in: opened step by step from the top, and no link is followed.

Whoever runs the site may swap a folder for a link between a look at a path and a deed on it, to have a file
taken from, or put, where only the guard may. So a deed is done on what was opened, never on a path.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import BinaryIO

from disrupt.errors import DisruptError

_NO_LINK = {errno.ELOOP, errno.ENOTDIR}
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class QuarantineError(DisruptError):
    """The file stays where it is."""


class NotAFile(QuarantineError):
    """There is no such file, or it is a folder, a link or a device."""


class OutsideRoot(QuarantineError):
    """The path leads out of the folder that is guarded."""


@contextmanager
def folder_below(root: Path, inner: PurePath, *, make: bool = False) -> Iterator[int]:
    """A folder below `root`, opened; `make`: with what is missing on the way. Raises OutsideRoot, OSError."""
    if inner.is_absolute() or ".." in inner.parts:
        raise OutsideRoot(f"{inner}: is not in {root}")
    here = os.open(root, _FOLDER)
    try:
        for part in inner.parts:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=here)
            try:
                there = os.open(
                    part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here
                )
            except OSError as error:
                if error.errno in _NO_LINK:
                    raise OutsideRoot(f"{root / inner}: a link stands in the way, out of {root}") from error
                raise
            os.close(here)
            here = there
        yield here
    finally:
        os.close(here)


@contextmanager
def plain_file(folder: int, name: str) -> Iterator[BinaryIO]:
    """A plain file in an opened folder, to read. Raises NotAFile, OSError."""
    try:
        # Without waiting: a pipe would hold us until somebody writes to it.
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:
            raise NotAFile(f"{name}: is no file") from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise NotAFile(f"{name}: is no file")
    with os.fdopen(handle, "rb") as file:
        yield file


def move(
    file: BinaryIO, source: tuple[int, str], target: tuple[int, str], dress: Callable[[int], None]
) -> None:
    """Move a file that was opened from `source` and overwrite none; folders are opened ones.

    By a second name, or, where the two are on different disks, by a copy, to which `dress` gives its mode and
    times. Raises FileExistsError, NotAFile (it was swapped meanwhile), OSError.
    """
    try:
        os.link(source[1], target[1], src_dir_fd=source[0], dst_dir_fd=target[0], follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        _copy(file, target, dress)
    else:
        there = os.stat(target[1], dir_fd=target[0], follow_symlinks=False)
        if not os.path.samestat(os.fstat(file.fileno()), there):
            os.unlink(target[1], dir_fd=target[0])
            raise NotAFile(f"{source[1]}: something else was put in its place")
    os.unlink(source[1], dir_fd=source[0])
    os.fsync(target[0])
    os.fsync(source[0])


def _copy(file: BinaryIO, target: tuple[int, str], dress: Callable[[int], None]) -> None:
    folder, name = target
    beside = f".{name[:100]}.{os.urandom(4).hex()}.tmp"
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as copy:
            file.seek(0)
            shutil.copyfileobj(file, copy, 1 << 20)
            copy.flush()
            dress(handle)
            os.fsync(handle)
        try:
            os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            os.rename(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
        else:
            raise FileExistsError(name)
    except OSError:
        os.unlink(beside, dir_fd=folder)
        raise
