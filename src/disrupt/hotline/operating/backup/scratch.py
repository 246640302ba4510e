"""A private folder for a moment; what a killed run has left in such a folder is taken away by the next.

A copy of the database that a power cut left behind would keep what is erased from the database later.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from disrupt.hotline.common.store.files import private_folder
from disrupt.hotline.operating.backup.places import Places


@contextlib.contextmanager
def scratch(places: Places, name: str) -> Iterator[Path]:
    """An empty folder, gone at the end; its lock says that somebody is at work in it."""
    private_folder(places.scratch)
    with contextlib.ExitStack() as stack:
        with locked(places.scratch):  # nobody takes away what has no lock yet
            for left in places.scratch.iterdir():
                _take_away(left)
            folder = Path(
                stack.enter_context(tempfile.TemporaryDirectory(prefix=f"{name}-", dir=places.scratch))
            )
            stack.enter_context(locked(folder))
        yield folder


@contextlib.contextmanager
def locked(folder: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """One at a time, of those who ask for the same folder."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(fd, how)
        yield
    finally:
        os.close(fd)


def _take_away(left: Path) -> None:
    if left.is_symlink() or not left.is_dir():
        left.unlink()
        return
    with contextlib.suppress(BlockingIOError), locked(left, fcntl.LOCK_EX | fcntl.LOCK_NB):
        shutil.rmtree(left)
