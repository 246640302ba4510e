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
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from disrupt.matching._bank._container import fsync_directory
from disrupt.partner.guard.opened import NotAFile as NotAFile
from disrupt.partner.guard.opened import OutsideRoot as OutsideRoot
from disrupt.partner.guard.opened import QuarantineError as QuarantineError
from disrupt.partner.guard.opened import folder_below, move, plain_file
from disrupt.partner.guard.written import append_line

_BLOCK = 1 << 20
_CONTENT, _GOING_BACK, _LOGGED = "content", "going back", "logged"


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
        self._owes_lines = True
        with self._alone():
            self._settle()

    def hold(self, path: Path, root: Path, *, reason: str, notice: str = "") -> Held:
        """Take a file off. Raises QuarantineError (it stays) and OSError."""
        base, place = _below(path, root)
        inner = place.relative_to(base)
        with folder_below(base, inner.parent) as folder, plain_file(folder, inner.name) as file:
            status = os.fstat(file.fileno())
            held = Held(
                id=f"{time.strftime('%Y%m%d', time.gmtime())}-{secrets.token_hex(6)}",
                root=str(base),
                path=str(inner),
                sha256=_digest(file),
                size=status.st_size,
                # Who may run a file as somebody else is not for an upload to say.
                mode=stat.S_IMODE(status.st_mode) & 0o777,
                owner=status.st_uid,
                group=status.st_gid,
                mtime_ns=status.st_mtime_ns,
                at=time.time(),
                reason=reason,
                notice=notice,
            )
            there = self._held / held.id
            with self._alone():
                self._settle()
                there.mkdir(mode=0o700)
                # The record first: whenever a kill comes, the file is at its place or can be put back.
                _write(there / "record.json", asdict(held))
                try:
                    with folder_below(there, PurePath()) as off:
                        move(file, (folder, inner.name), (off, _CONTENT), lambda handle: None)
                    os.fchmod(file.fileno(), 0o600)
                except (OSError, QuarantineError):
                    shutil.rmtree(there)
                    raise
                self._owes_lines = True
                self.note("held", **asdict(held))
                (there / _LOGGED).touch(mode=0o600)
                self._owes_lines = False
        return held

    def undo(self, held_id: str) -> Held:
        """Put a file back as it was, overwriting none. Raises NotHeld, PlaceTaken, OutsideRoot, OSError."""
        held = self.get(held_id)
        there, base, inner = self._held / held.id, Path(held.root), PurePath(held.path)

        def as_it_was(handle: int) -> None:
            os.utime(handle, ns=(held.mtime_ns, held.mtime_ns))
            # The owner first: what is somebody else's must not carry our rights for a moment.
            with suppress(PermissionError):
                os.fchown(handle, held.owner, held.group)
            os.fchmod(handle, held.mode & 0o777)

        base.mkdir(parents=True, exist_ok=True)
        with (
            self._alone(),
            folder_below(base, inner.parent, make=True) as folder,
            folder_below(there, PurePath()) as off,
            plain_file(off, _CONTENT) as content,
        ):
            (there / _GOING_BACK).touch(mode=0o600)
            # Before the file is seen again: a guard that watches must know whose wish it is.
            self.note("putting back", **asdict(held))
            as_it_was(content.fileno())
            try:
                move(content, (off, _CONTENT), (folder, inner.name), as_it_was)
            except FileExistsError as error:
                os.fchmod(content.fileno(), 0o600)
                (there / _GOING_BACK).unlink()
                place = base / inner
                raise PlaceTaken(f"{place}: something else is there now: move it away first") from error
            self._owes_lines = True
            self.note("put back", **asdict(held))
            shutil.rmtree(there)
            self._owes_lines = False
        return held

    def get(self, held_id: str) -> Held:
        """What is held under this number. Raises NotHeld."""
        held = self._record(held_id)
        if not (self._held / held.id / _CONTENT).exists():
            raise NotHeld(f"{held_id[:60]}: nothing is held under this number")
        return held

    def _record(self, held_id: str) -> Held:
        if not held_id or Path(held_id).name != held_id:
            raise NotHeld(f"{held_id[:60]!r}: nothing is held under this number")
        try:
            return Held(**json.loads((self._held / held_id / "record.json").read_bytes()))
        except (OSError, ValueError, TypeError, RecursionError) as error:
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
        """What was done, oldest first, after so many lines. Raises QuarantineError for a damaged one."""
        with suppress(FileNotFoundError), (self.folder / "log.jsonl").open("rb") as lines:
            for number, line in enumerate(islice(lines, after, None), after + 1):
                if line.endswith(b"\n"):
                    try:
                        yield json.loads(line)
                    except (ValueError, RecursionError) as error:
                        raise QuarantineError(f"log.jsonl: line {number} is damaged") from error

    def note(self, deed: str, **told: object) -> dict[str, object]:
        """Add a line to the log, whole or not at all; returns it. Raises OSError (no space is left)."""
        line = {"deed": deed, "now": time.time(), **told}
        append_line(self.folder / "log.jsonl", json.dumps(line).encode() + b"\n")
        return line

    def _settle(self) -> None:
        """Finish what a kill or a full disk left half done: a file in both places goes on where it was going,
        and a line that the log lacks is added.

        What cannot be read is left for a person; it keeps nobody from the rest.
        """
        if not self._owes_lines:
            return
        self._owes_lines = False
        for child in [child for child in self._held.iterdir() if child.is_dir()]:
            back = (child / _GOING_BACK).exists()
            try:
                if (child / _CONTENT).exists() and not self._is_back(child):
                    continue
                if back:
                    self._log_once(child, "put back")
            except (OSError, QuarantineError):
                self._owes_lines = True
                continue
            shutil.rmtree(child)  # it never left its place, or is there again

    def _is_back(self, child: Path) -> bool:
        """Whether a file is at its place again, so that nothing is held any more; if not, that is logged."""
        try:
            if self._goes_on(child):
                return True
        except (NotAFile, FileNotFoundError):
            pass  # nothing is at its place: it was moved whole
        self._log_once(child, "held")
        return False

    def _log_once(self, child: Path, deed: str) -> None:
        """Add the line of a deed that the log lacks, of something that can be read."""
        if (child / _LOGGED).exists() and deed == "held":
            return
        held = self._record(child.name)
        if not any(line.get("deed") == deed and line.get("id") == held.id for line in self.log()):
            self.note(deed, **asdict(held))
        (child / _LOGGED).touch(mode=0o600)

    def _goes_on(self, child: Path) -> bool:
        """Whether the file is at its place, so that nothing is held here any more."""
        held = self._record(child.name)
        inner, back = PurePath(held.path), (child / _GOING_BACK).exists()
        with folder_below(Path(held.root), inner.parent) as folder:
            with plain_file(folder, inner.name) as file:
                if _digest(file) != held.sha256:
                    return False
            if not back:
                os.unlink(inner.name, dir_fd=folder)
        if back:
            self.note("put back", **asdict(held))
        return back

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
    """SHA-256 of a plain file; no link is followed, no pipe is waited for. Raises NotAFile, OSError."""
    with folder_below(path.parent, PurePath()) as folder, plain_file(folder, path.name) as file:
        return _digest(file)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _write(path: Path, value: dict[str, Any]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(value, out)
        out.flush()
        os.fsync(out.fileno())
    fsync_directory(path.parent)
