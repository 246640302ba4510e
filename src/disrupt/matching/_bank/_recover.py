"""A manifest made anew where it was damaged or lost, so that what is banked can be read again."""

from __future__ import annotations

import re
from pathlib import Path

from disrupt.matching._bank._folder import locked
from disrupt.matching._bank._snapshot import Manifest, read_manifest, write_manifest
from disrupt.matching.errors import BankFileError, BankTooNew

_JOURNAL = re.compile(r"journal-(\d+)\.jsonl")


def recover_manifest(folder: Path) -> BankFileError | None:
    """Write a manifest that names the generation last written to, if there is none that can be read.

    Returns what was wrong. Source and cursor come from the journal where it has them; else the next sync
    reads its feed from the start. Raises `BankMissing`, `BankTooNew`, `BankFileError` where nothing is left.
    """
    with locked(folder):
        try:
            read_manifest(folder)
        except BankTooNew:
            raise
        except BankFileError as error:
            generation = _last_written(folder)
            if generation is None:
                raise
            # No size is -1: whoever opens this reads the entries line by line.
            write_manifest(folder, Manifest(generation, "", None, 0, 0, -1, 0, ""))
            return error
    return None


def _last_written(folder: Path) -> int | None:
    """The generation of the newest journal: an unfinished or an outdated one has none that is newer."""
    found: list[tuple[int, int]] = []
    for path in folder.iterdir():
        named = _JOURNAL.fullmatch(path.name)
        if named and (folder / path.name.replace("journal", "entries")).is_file():
            found.append((path.stat().st_mtime_ns, int(named[1])))
    return max(found)[1] if found else None
