"""A folder that a mail server delivers to (Maildir): what has come, what is left for a person, when it goes.

Whoever sends a mail says what is in it, and somebody who got into the mail server's account could put
anything beside it: a link to what only we may read, a pipe that nobody writes to. Only plain files are mails;
the rest is told in the log, never opened, and taken away with what was left.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from disrupt.hotline.common import clock
from disrupt.hotline.common.store.files import NotOurFile, open_own

log = logging.getLogger(__name__)

NEW, LEFT, ON_ITS_WAY = "new", "cur", "tmp"
# What marks a mail in `cur`, and the longest name that a file system takes, in bytes.
_SEEN_BY_NONE, _LONGEST_NAME = ":2,", 255
_strange: dict[Path, int] = {}


def waiting(folder: Path | None) -> list[str]:
    """Names of the mails that have arrived; none where no folder is set."""
    if folder is None:
        return []
    found = [(entry.name, _is_mail(entry)) for entry in _entries(folder / NEW)]
    _tell(folder, sum(not mail for _name, mail in found))
    return sorted(name for name, mail in found if mail)


def read(folder: Path, name: str, most: int) -> bytes | None:
    """The first `most` bytes of a mail that has arrived; None where it is gone, or is no mail any more."""
    try:
        with open_own(folder / NEW / name) as file:
            return file.read(most)
    except (FileNotFoundError, NotOurFile):
        return None


def done(folder: Path, name: str) -> None:
    """Delete a mail whose deed is done."""
    (folder / NEW / name).unlink(missing_ok=True)


def leave(folder: Path, name: str) -> None:
    """Put a mail that is not understood where a person looks; a name that is too long gets a short one."""
    kept = folder / LEFT
    kept.mkdir(mode=0o700, exist_ok=True)
    if len(os.fsencode(name + _SEEN_BY_NONE)) > _LONGEST_NAME:
        name_there = hashlib.blake2b(os.fsencode(name), digest_size=16).hexdigest()
    else:
        name_there = name
    (folder / NEW / name).rename(kept / (name_there + _SEEN_BY_NONE))


def left_too_long(folder: Path | None) -> list[str]:
    """What was left for a person for as long as anything personal is kept, as `cur/NAME`.

    Also what a mail server began and never ended, and what is no mail: nothing else would ever take it away.
    """
    if folder is None:
        return []
    limit = (clock.now() - settings.KEEP_PERSONAL_DATA).timestamp()
    return sorted(
        f"{place}/{entry.name}"
        for place in (NEW, LEFT, ON_ITS_WAY)
        for entry in _entries(folder / place)
        if not entry.is_dir(follow_symlinks=False)
        and not (place == NEW and _is_mail(entry))
        and _since(entry) < limit
    )


def throw_away(folder: Path | None, place_and_name: str) -> None:
    """Delete what was left; running twice is harmless."""
    if folder is not None:
        (folder / place_and_name).unlink(missing_ok=True)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except (FileNotFoundError, NotADirectoryError):
        return


def _is_mail(entry: os.DirEntry[str]) -> bool:
    """A plain file of one name: while a mail server links it from `tmp`, it has not arrived yet."""
    try:
        info = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    return stat.S_ISREG(info.st_mode) and info.st_nlink == 1


def _since(entry: os.DirEntry[str]) -> float:
    """Since when it stands there, at the latest: a time of the file's own may lie in the future."""
    try:
        info = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return float("inf")
    return min(info.st_mtime, info.st_ctime)


def _tell(folder: Path, strange: int) -> None:
    """Say once what is not read, and again when it becomes more; never by its name, which is not ours."""
    if strange > _strange.get(folder, 0):
        log.warning(
            "%s: %d of what stands in “%s” is no mail (a link, a pipe, a folder, a file of two names) and is"
            " not read; see who puts it there",
            folder,
            strange,
            NEW,
        )
    _strange[folder] = strange
