"""A key for a day, the same in every process of this machine, and never on a disk (D10).

It lies in the machine's shared memory, readable by this account only; where there is none, or somebody else's
file stands in its place, each process has a key of its own. Nobody can tell yesterday's names from it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

MEMORY = Path("/dev/shm")  # noqa: S108  # memory, not a folder of temporary files
_SIZE = 32
_own: dict[dt.date, bytes] = {}


def of(day: dt.date, folder: Path = MEMORY) -> bytes:
    """The key of a day; those of other days are deleted."""
    if day not in _own:
        _own.clear()
        _own[day] = _shared(day, folder) or secrets.token_bytes(_SIZE)
    return _own[day]


def _shared(day: dt.date, folder: Path) -> bytes | None:
    if not folder.is_dir():
        return None
    house = hashlib.sha256(str(settings.KEYS_FOLDER).encode()).hexdigest()[:16]
    path = folder / f"disrupt-{os.geteuid()}-{house}-{day.isoformat()}"
    try:
        for old in folder.glob(f"disrupt-{os.geteuid()}-{house}-*"):
            if old.name < path.name:
                old.unlink(missing_ok=True)
        return _read(path) or _make(path)
    except OSError:
        return None


def _read(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(file.fileno())
        if about.st_uid != os.geteuid() or about.st_mode & 0o077:
            raise PermissionError(f"{path} is not this account's alone.")
        return file.read(_SIZE)


def _make(path: Path) -> bytes | None:
    """Written whole beside it first: who reads it never finds a part. Whoever is second reads the first's."""
    beside = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_SIZE))
        with contextlib.suppress(FileExistsError):
            os.link(beside, path)
    finally:
        beside.unlink()
    return _read(path)
