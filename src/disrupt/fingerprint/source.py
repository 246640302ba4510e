"""Where content comes from: a path, bytes or an open file, as a descriptor that a child can be handed.

Content given as bytes or by a file object goes through anonymous memory and never touches a disk.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from disrupt.fingerprint.digest import BLOCK, Digests, digest_chunks
from disrupt.fingerprint.errors import EmptyFile, MediaTooLarge, MissingFile, SandboxFailure, UnsupportedMedia
from disrupt.fingerprint.formats import Kind
from disrupt.fingerprint.limits import DEFAULT, Limits
from disrupt.fingerprint.sniff import HEAD, sniff


class Held:
    """Content in memory of the kernel's, not in this process's own: once closed, nothing of it is left."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    @property
    def size(self) -> int:
        """Bytes of the content."""
        return os.fstat(self._fd).st_size

    @property
    def kind(self) -> Kind:
        """What the first bytes announce."""
        return sniff(os.pread(self._fd, HEAD, 0))

    def digests(self) -> Digests:
        """SHA-256 and MD5 of the content."""
        return digest_descriptor(self._fd)

    def pieces(self) -> Iterator[memoryview]:
        """The content, a block at a time, in one buffer that is wiped at the end."""
        return _blocks(self._fd)

    def duplicate(self) -> int:
        """Another descriptor of it, which the caller closes."""
        return os.dup(self._fd)


Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO | Held


@contextmanager
def held(chunks: Iterable[bytes], limits: Limits = DEFAULT) -> Iterator[Held]:
    """Hold content that comes in pieces; raises MediaTooLarge, SandboxFailure."""
    fd = _in_memory(map(memoryview, chunks), limits)
    try:
        yield Held(fd)
    finally:
        os.close(fd)


@contextmanager
def descriptor(source: Source, limits: Limits) -> Iterator[int]:
    """A readable, seekable descriptor of the content, closed afterwards.

    Raises MissingFile, EmptyFile, MediaTooLarge, UnsupportedMedia (a folder, a device), SandboxFailure
    (a system without anonymous memory files).
    """
    if isinstance(source, Held):
        fd = source.duplicate()
    elif isinstance(source, str | os.PathLike):
        fd = _open_path(source)
    else:
        fd = _in_memory(_chunks(source), limits)
    try:
        size = os.fstat(fd).st_size
        if size == 0:
            raise EmptyFile
        if size > limits.bytes:
            raise MediaTooLarge(f"the file has {size:,} bytes, more than the {limits.bytes:,} that are read")
        yield fd
    finally:
        os.close(fd)


def _open_path(path: str | os.PathLike[str]) -> int:
    try:
        # Without O_NONBLOCK a named pipe would wait for its writer.
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise MissingFile(f"cannot be opened: {(error.strerror or str(error)).lower()}") from error
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise UnsupportedMedia("this is a folder or a device, not a file: name a picture or a video")
    return fd


def _in_memory(chunks: Iterable[memoryview], limits: Limits) -> int:
    """Copy content to a sealed memory file."""
    import fcntl

    if not hasattr(os, "memfd_create"):
        raise SandboxFailure(
            "this system has no anonymous memory files, which only Linux has: give the path of a file"
        )
    fd = os.memfd_create("content", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > limits.bytes_in_memory:
                raise MediaTooLarge(
                    f"the content has more than the {limits.bytes_in_memory:,} bytes that are held in memory:"
                    " give the path of a file"
                )
            while chunk:
                chunk = chunk[os.write(fd, chunk) :]
        seals = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    except BaseException:
        os.close(fd)
        raise
    return fd


def _chunks(content: bytes | bytearray | memoryview | BinaryIO) -> Iterator[memoryview]:
    if isinstance(content, bytes | bytearray | memoryview):
        yield memoryview(content).cast("B")
        return
    content.seek(0)
    while block := content.read(BLOCK):
        yield memoryview(block)


def digest_descriptor(fd: int) -> Digests:
    """Both digests of a descriptor's content; its position, which a child may share, is left alone.

    The content passes through one block of this process's memory, which is wiped.
    """
    return digest_chunks(_blocks(fd))


def _blocks(fd: int) -> Iterator[memoryview]:
    block, at = bytearray(BLOCK), 0
    try:
        while read := os.preadv(fd, [block], at):
            yield memoryview(block)[:read]
            at += read
    finally:
        block[:] = bytes(BLOCK)
