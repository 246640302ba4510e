"""The pepper of the case codes is replaced: the old one stands beside until its last case has moved.

A case moves when its holder gives the code (cases/pepper/moving.py), for only the code derives its keys.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from disrupt.hotline.cases.pepper.hanging import Hanging, hanging_on, in_use
from disrupt.hotline.common import keys
from disrupt.hotline.common.store.files import write_private
from disrupt.hotline.operating.together.locking import destroy_file


@dataclass(frozen=True)
class Older:
    """A pepper that is being replaced, and what still needs it."""

    path: Path
    needed_by: Hanging

    @property
    def is_needed(self) -> bool:
        return bool(self.needed_by.cases or self.needed_by.files)


def begin(folder: Path, at: dt.datetime) -> None:
    """A new pepper. Every code opens its case with one of them, wherever this stops."""
    path = folder / "shared" / "code.pepper"
    write_private(path.with_name(f"code-{at:%Y%m%dT%H%M%S%f}.pepper"), path.read_bytes())
    write_private(path, keys.new_pepper())


def older(folder: Path) -> list[Older]:
    """Those that are being replaced."""
    present = keys.read_pepper(folder / "shared" / "code.pepper")
    found = []
    for path in sorted((folder / "shared").glob("code-*.pepper")):
        pepper = keys.read_pepper(path)
        # Where a rotation stopped half-way it is the present one, and not needed a second time.
        needed_by = Hanging(0, 0) if pepper.name == present.name else hanging_on(pepper.name)
        found.append(Older(path, needed_by))
    return found


def is_used(folder: Path) -> bool:
    """Whether a portal that has the present one is seen to run."""
    return in_use(keys.read_pepper(folder / "shared" / "code.pepper").name)


def finish(folder: Path) -> int:
    """Destroy those that nothing needs; return how many stay."""
    found = older(folder)
    for one in found:
        if not one.is_needed:
            destroy_file(one.path)
    return sum(one.is_needed for one in found)
