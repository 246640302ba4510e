"""A folder for files taken off a site: each can be put back as it was, and a log says what was done."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from disrupt.errors import DisruptError
from disrupt.matching._container import fsync_directory

_BLOCK = 1 << 20
_GOING_BACK = "going back"


class QuarantineError(DisruptError):
    """The file stays where it is."""


class NotAFile(QuarantineError):
    """There is no such file, or it is a folder, a link or a device."""


class OutsideRoot(QuarantineError):
    """The path leads out of the folder that is guarded."""


class NotHeld(QuarantineError):
    """Nothing is held under this number."""


class PlaceTaken(QuarantineError):
    """Something else is at the file's place now."""


@dataclass(frozen=True, slots=True)
class Held:
    """One file that was taken off: where it was, below `root`, and what it takes to put it back as it was."""

    id: str
    root: str
    path: str
    sha256: str
    size: int
    mode: int
    owner: int
    group: int
    mtime_ns: int
    at: float
    reason: str
    notice: str


class Quarantine:
    """Below `folder`: `held/ID/content` and `held/ID/record.json` of each file, and `log.jsonl`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held = folder / "held"
        self._held.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._alone():
            self._settle()

    def hold(self, path: Path, root: Path, *, reason: str, notice: str = "") -> Held:
        """Take a file off. Raises QuarantineError (it stays) and OSError."""
        base, place = _below(path, root)
        status = place.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise NotAFile(f"{path}: is no file")
        held = Held(
            id=f"{time.strftime('%Y%m%d', time.gmtime())}-{secrets.token_hex(6)}",
            root=str(base),
            path=str(place.relative_to(base)),
            sha256=digest_of(place),
            size=status.st_size,
            mode=stat.S_IMODE(status.st_mode),
            owner=status.st_uid,
            group=status.st_gid,
            mtime_ns=status.st_mtime_ns,
            at=time.time(),
            reason=reason,
            notice=notice,
        )
        there = self._held / held.id
        with self._alone():
            there.mkdir(mode=0o700)
            # The record first: whenever a kill comes, the file is at its place or can be put back.
            _write(there / "record.json", asdict(held))
            try:
                _move(place, there / "content")
            except OSError:
                shutil.rmtree(there)
                raise
            (there / "content").chmod(0o600)
            self.note("held", **asdict(held))
        return held

    def undo(self, held_id: str) -> Held:
        """Put a file back as it was. Raises NotHeld, PlaceTaken (nothing is overwritten) and OSError."""
        held = self.get(held_id)
        there, place = self._held / held.id, Path(held.root) / held.path
        content = there / "content"
        with self._alone():
            place.parent.mkdir(parents=True, exist_ok=True)
            (there / _GOING_BACK).touch(mode=0o600)
            os.utime(content, ns=(held.mtime_ns, held.mtime_ns))
            content.chmod(held.mode)
            with suppress(PermissionError):
                os.chown(content, held.owner, held.group)
            try:
                _move(content, place)
            except FileExistsError as error:
                content.chmod(0o600)
                (there / _GOING_BACK).unlink()
                raise PlaceTaken(f"{place}: something else is there now: move it away first") from error
            self.note("put back", **asdict(held))
            shutil.rmtree(there)
        return held

    def get(self, held_id: str) -> Held:
        """What is held under this number. Raises NotHeld."""
        if not held_id or Path(held_id).name != held_id:
            raise NotHeld(f"{held_id[:60]!r}: nothing is held under this number")
        try:
            return Held(**json.loads((self._held / held_id / "record.json").read_bytes()))
        except (OSError, ValueError, TypeError) as error:
            raise NotHeld(f"{held_id[:60]}: nothing is held under this number") from error

    def holds(self, place: Path) -> bool:
        """Whether something is held that was at this place."""
        with suppress(OSError):
            real = place.parent.resolve() / place.name
            return any(Path(one.root, one.path) == real for one in self.all())
        return False

    def all(self) -> Iterator[Held]:
        """Everything that is held, oldest first."""
        found = []
        for child in self._held.iterdir():
            with suppress(NotHeld):
                found.append(self.get(child.name))
        yield from sorted(found, key=lambda held: (held.at, held.id))

    def log(self, after: int = 0) -> Iterator[dict[str, Any]]:
        """What was done, oldest first, after so many lines."""
        with suppress(FileNotFoundError), (self.folder / "log.jsonl").open("rb") as lines:
            for line in islice(lines, after, None):
                if line.endswith(b"\n"):
                    yield json.loads(line)

    def note(self, deed: str, **told: object) -> None:
        """Add a line to the log."""
        handle = os.open(self.folder / "log.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, json.dumps({"deed": deed, "now": time.time(), **told}).encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)

    def _settle(self) -> None:
        """Finish what a kill left half done: a file in both places goes on where it was going."""
        for child in list(self._held.iterdir()):
            content, back = child / "content", (child / _GOING_BACK).exists()
            if content.exists():
                held = self.get(child.name)
                place = Path(held.root) / held.path
                if not place.is_file() or place.is_symlink() or digest_of(place) != held.sha256:
                    continue
                if not back:
                    place.unlink()
                    self.note("held", **asdict(held))
                    continue
                self.note("put back", **asdict(held))
            shutil.rmtree(child)  # it never left its place, or is there again

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time; the system frees the lock when its holder dies."""
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _below(path: Path, root: Path) -> tuple[Path, Path]:
    """The root and the file, both without links; a link in the file's own place is not followed."""
    base = root.resolve()
    try:
        place = path.parent.resolve(strict=True) / path.name
        place.lstat()
    except OSError as error:
        raise NotAFile(f"{path}: is not there") from error
    if not place.is_relative_to(base) or place == base:
        raise OutsideRoot(f"{path}: is not in {root}")
    return base, place


def digest_of(path: Path) -> str:
    """SHA-256 of a file; a link is not followed. Raises OSError."""
    digest = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _write(path: Path, value: dict[str, Any]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(value, out)
        out.flush()
        os.fsync(out.fileno())
    fsync_directory(path.parent)


def _move(source: Path, target: Path) -> None:
    """Move a file and overwrite none: by a second name, or by a copy where the two are on different disks."""
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
        try:
            shutil.copy2(source, temporary, follow_symlinks=False)
            with temporary.open("rb") as copied:
                os.fsync(copied.fileno())
            if target.exists():
                raise FileExistsError(target) from None
            temporary.rename(target)
        finally:
            temporary.unlink(missing_ok=True)
    source.unlink()
    fsync_directory(target.parent)
    fsync_directory(source.parent)
