"""An installation is done: files are written whole, commands are run, and each is said before."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import disrupt
from disrupt.hotline.operating.installing.plan import Command, File

Say = Callable[[str], object]


class InstallError(RuntimeError):
    """A step failed: what was done before it stays, and the command can be run again."""


def must_fit(program: Path) -> None:
    """Raises InstallError where it cannot be done."""
    if os.geteuid() != 0:
        raise InstallError("Only root makes accounts and units: run it with sudo, or look with --dry-run.")
    if not program.exists():
        raise InstallError(f"{program} is not there: install the package, and run its own disrupt-hotline.")
    if program.parts[1] in {"home", "root"}:
        raise InstallError("Services cannot see home folders: install the package under /opt, for example.")
    for place in (program, Path(sys.executable), Path(disrupt.__file__).parent):
        if (weak := changeable(place)) is not None:
            raise InstallError(
                f"{weak} can be changed by others than root, and so could what every process does."
            )


def changeable(place: Path, owner: int = 0) -> Path | None:
    """What on the way to a place an account other than `owner` could change; None where nothing is."""
    place = place.resolve()
    for part in (place, *place.parents):
        info = part.stat()
        # In a sticky folder (/tmp) nobody replaces what is another's.
        open_to_all = info.st_mode & 0o022 and not info.st_mode & stat.S_ISVTX
        if info.st_uid not in (0, owner) or open_to_all:
            return part
    return None


def write(root: Path, wanted: Iterable[File], say: Say) -> None:
    """Write the files below `root`; what is there already with the same text is left alone."""
    for file in wanted:
        path = root / str(file.path).lstrip("/")
        there = path.read_text("utf-8") if path.exists() else None
        if there == file.text or (file.keep and there is not None):
            say(f"stays    {file.path}")
            continue
        say(f"{'replaces' if there is not None else 'writes  '} {file.path}")
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        beside = path.with_name(f".{path.name}.new")
        beside.touch(mode=0o600)
        beside.write_text(file.text, "utf-8")
        beside.chmod(file.mode)
        beside.replace(path)


def run(wanted: Iterable[Command], say: Say) -> None:
    """Run the commands in their order. Raises InstallError at the first that fails."""
    for command in wanted:
        say(f"runs     {command.why}: {' '.join(command.words)}")
        try:
            done = subprocess.run(
                command.words, input=command.given, capture_output=True, text=True, check=False, cwd="/"
            )
        except FileNotFoundError:
            raise InstallError(f"{command.words[0]} is missing on this machine.") from None
        if done.returncode:
            said = done.stderr.strip()[-800:]
            raise InstallError(f"{command.words[0]} ended with {done.returncode}: {said}")
