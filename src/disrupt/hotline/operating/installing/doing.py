"""An installation is done: files are written whole, commands are run, and each is said before."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

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
