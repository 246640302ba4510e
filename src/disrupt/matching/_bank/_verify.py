"""A bank read whole from the disk and compared with every checksum."""

from __future__ import annotations

from pathlib import Path

from disrupt.matching._bank._container import open_arrays
from disrupt.matching._bank._live import Live
from disrupt.matching._bank._snapshot import TABLES, sha256_of
from disrupt.matching.entries import entry_from_json
from disrupt.matching.errors import BadEntry, BankFileError, IndexFileError
from disrupt.matching.index import HammingIndex


def verified(folder: Path) -> tuple[BankFileError, ...]:
    """What is wrong with the bank in this folder."""
    live = Live.open(folder)
    problems = list(live.problems)
    path = live.manifest.path(folder, "entries")
    if not problems and sha256_of(live.snapshot.data) != live.manifest.sha256:
        problems.append(BankFileError(path, 0, "it was changed since it was written"))
    if not live.snapshot.problems:
        for part, check in (("tables", _verify_tables), ("index", _verify_index)):
            file = live.manifest.path(folder, part)
            try:
                check(file)
            except (IndexFileError, OSError) as error:
                problems.append(BankFileError(file, 0, str(error)))
    for number in range(len(live.snapshot)):
        try:
            entry_from_json(live.snapshot.line(number))
        except BadEntry as error:
            problems.append(BankFileError(path, number + 1, str(error)))
    return tuple(problems)


def _verify_tables(path: Path) -> None:
    open_arrays(path, TABLES).verify()


def _verify_index(path: Path) -> None:
    HammingIndex.load(path).verify()
