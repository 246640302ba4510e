"""Where on the disk an address of the site leads, and which files of the guarded folders are media."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from disrupt.errors import DisruptError
from disrupt.fingerprint.sniff import HEAD, sniff
from disrupt.partner.guard.home import Home, Uploads

_SECONDS = 20


class ResolveFailed(DisruptError):
    """The owner's command did not say where an address leads."""


def places_of(address: str, home: Home) -> list[Path]:
    """The files that an address leads to, by the folders' own addresses or by the owner's `resolve` command.

    Those that are not there any more are named too; none where it leads to nothing that is guarded.
    Raises ResolveFailed: that it leads nowhere would be no more than a guess.
    """
    found = [place for one in home.uploads if (place := _below(address, one)) is not None]
    # Below the path of the uploads a site may show other names than its files have.
    if home.resolve and not any(os.path.lexists(place) for place in found):
        asked = [place for place in _asked(address, home.resolve) if uploads_of(place, home) is not None]
        found = asked or found
    return found


def uploads_of(place: Path, home: Home) -> Uploads | None:
    """The guarded folder that a file is in."""
    with suppress(OSError):
        real = place.parent.resolve() / place.name
        for one in home.uploads:
            if real.is_relative_to(one.folder) and real != one.folder:
                return one
    return None


def _below(address: str, uploads: Uploads) -> Path | None:
    if not uploads.at:
        return None
    asked, base = urlsplit(address), urlsplit(uploads.at)
    path, prefix = unquote(asked.path), unquote(base.path).rstrip("/") + "/"
    if asked.netloc.lower() != base.netloc.lower() or not path.startswith(prefix):
        return None
    parts = path[len(prefix) :].split("/")
    if "\0" in path or not any(parts) or any(part in ("", ".", "..") for part in parts):
        return None
    return uploads.folder.joinpath(*parts)


def _asked(address: str, command: Sequence[str]) -> list[Path]:
    """What the owner's own command says: a path a line."""
    try:
        done = subprocess.run(
            [*command, address], capture_output=True, timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ResolveFailed(f"`resolve`: {command[0]} could not be run: {type(error).__name__}") from error
    if done.returncode:
        raise ResolveFailed(f"`resolve`: {command[0]} ended with {done.returncode}: run it with an address")
    return [Path(os.fsdecode(line)) for line in done.stdout.splitlines() if line]


def media(home: Home, newer_than: float = 0.0) -> Iterator[Path]:
    """Every picture and film of the guarded folders, by its first bytes; links are not followed.

    `newer_than`: only what was put there, or changed, since (seconds since 1970).
    """
    for one in home.uploads:
        yield from media_below(one.folder, newer_than)


def media_below(root: Path, newer_than: float = 0.0) -> Iterator[Path]:
    """The same of one folder."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            place = Path(folder, name)
            with suppress(OSError):
                if newer_than and place.lstat().st_ctime < newer_than:
                    continue
                if is_media(place):
                    yield place


def is_media(place: Path) -> bool:
    """Whether the first bytes are a picture's or a film's. Raises OSError."""
    if not stat.S_ISREG(place.lstat().st_mode):
        return False
    with os.fdopen(os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        return sniff(file.read(HEAD)) != "unknown"
