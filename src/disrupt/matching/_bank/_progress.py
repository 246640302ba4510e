"""How far a bank that is being made has come: what a killed program's next life goes on with."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from disrupt.matching._bank._container import fsync_directory

PROGRESS = ".load-progress.tmp"


@dataclass(frozen=True, slots=True)
class Progress:
    """`kept`: how many values of each column count; what is behind them was not finished."""

    source: str
    cursor: str
    classes: list[str]
    kept: Mapping[str, int]


def write_progress(folder: Path, progress: Progress) -> None:
    """Atomically: everything before it lasts."""
    beside = folder / f".load-progress.{os.getpid()}.tmp"
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(asdict(progress), out)
        out.flush()
        os.fsync(out.fileno())
    beside.replace(folder / PROGRESS)
    fsync_directory(folder)


def read_progress(folder: Path) -> Progress | None:
    """What was kept, or None where nothing was that can be read."""
    try:
        raw = json.loads((folder / PROGRESS).read_bytes())
        kept = {str(name): int(count) for name, count in raw["kept"].items()}
        one = Progress(str(raw["source"]), str(raw["cursor"]), [str(name) for name in raw["classes"]], kept)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return one if all(count >= 0 for count in kept.values()) else None
