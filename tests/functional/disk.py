"""A disk of one's own: a real ext4 in a file, that can lose its power with what was not synced, or break."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SIZE = 8 * 1024**3  # sparse; the portal keeps some of it free
_PROGRAMS = ("mkfs.ext4", "mount", "umount", "findmnt", "e2fsck")
_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN: _IOR('X', 125, __u32)
_NOTHING_FLUSHED = 2  # EXT4_GOING_FLAGS_NOLOGFLUSH
# What e2fsck ends with when it had nothing to mend, and when it has mended what there was.
_MENDED = (0, 1)


class Disk:
    """Mounted at `place`; whoever has files open there must have ended before `again`."""

    def __init__(self, image: Path, place: Path) -> None:
        self._image, self.place = image, place
        with image.open("wb") as file:
            file.truncate(_SIZE)
        place.mkdir()
        self._run("mkfs.ext4", "-q", str(image))
        self._mount()

    def loses_power(self) -> None:
        """From now on nothing is read or written; what was not synced is lost, the kernel's own log too."""
        folder = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, _SHUTDOWN, struct.pack("I", _NOTHING_FLUSHED))
        finally:
            os.close(folder)

    def breaks(self) -> None:
        """The kernel finds an error on it: from now on it can be read only, whoever has files open."""
        device = self._run("findmnt", "--noheadings", "--output", "SOURCE", str(self.place)).strip()
        Path("/sys/fs/ext4", Path(device).name, "trigger_fs_error").write_text("a test")

    def again(self) -> None:
        """The machine starts anew: the disk is looked over, and mounted."""
        self.away()
        done = subprocess.run(
            ["e2fsck", "-fp", str(self._image)], capture_output=True, text=True, check=False
        )
        assert done.returncode in _MENDED, done.stdout + done.stderr
        self._mount()

    def away(self) -> None:
        """Take it out, if it is in."""
        if os.path.ismount(self.place):
            # Whoever still has a file open there keeps nobody from going on.
            self._run("umount", "--lazy", str(self.place))

    def _mount(self) -> None:
        self._run("mount", "-o", "loop,errors=remount-ro", str(self._image), str(self.place))

    @staticmethod
    def _run(*words: str) -> str:
        return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout


@contextmanager
def disk(folder: Path) -> Iterator[Disk | None]:
    """A disk, gone afterwards; None where this machine lets nobody mount one."""
    if os.geteuid() != 0 or not all(map(shutil.which, _PROGRAMS)):
        yield None
        return
    try:
        one = Disk(folder / "disk.img", folder / "disk")
    except subprocess.CalledProcessError:
        yield None
        return
    try:
        yield one
    finally:
        one.away()
