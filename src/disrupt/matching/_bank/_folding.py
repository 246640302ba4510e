"""A journal folded into a new generation of its bank, while readers read and the writer goes on writing.

First what stands in the journal now is taken down, then the new files are written beside the old ones, at
whatever length, and last, in a moment, what was written to the journal meanwhile is copied behind them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from disrupt.matching._bank._folder import is_generation, kept_pieces
from disrupt.matching._bank._live import Live
from disrupt.matching._bank._snapshot import Manifest, encode_lines, write_files, write_journal
from disrupt.matching._bank._tables import Tables
from disrupt.matching.index import HammingIndex

LARGE = 64 << 20
"""Bytes of entries from which folding takes so long that a writer had better not wait for it."""


@dataclass(frozen=True)
class Beginning:
    """A bank as it was when folding began; `end` is how much of its journal counts in that."""

    live: Live
    gone: NDArray[np.bool_]
    added: tuple[tuple[int, int], ...]
    end: int
    cursor: str | None
    source: str

    @classmethod
    def of(cls, live: Live) -> Beginning:
        """Called while nobody changes the bank."""
        places = tuple(place for place in live.changed.values() if place is not None)
        return cls(live, live.gone.copy(), places, live.end, live.cursor, live.source)

    def manifest(self) -> Manifest:
        """Of the generation that comes next, its figures still missing."""
        return Manifest(self.live.manifest.generation + 1, self.source, self.cursor, 0, 0, 0, 0, "")

    def written(self, folder: Path) -> Manifest:
        """Write the new generation's files; nothing leads to them yet."""
        live, old = self.live, self.live.snapshot
        names = [*old.class_names]
        tables, rows = old.tables.without(self.gone)
        lines, more, more_hashes = encode_lines(live.read_all(self.added), names)
        hashes, ids = HammingIndex.load(live.manifest.path(folder, "index")).contents()
        assert len(ids) == len(old.tables.row_entry)
        kept = kept_pieces(memoryview(old.data), old.tables.lines, self.gone)
        everything = np.concatenate([hashes[rows], more_hashes])
        return write_files(
            folder, self.manifest(), chain(kept, [lines]), tables.followed_by(more), names, everything
        )

    def finish(self, folder: Path, manifest: Manifest, live: Live) -> None:
        """Put the new generation in the place of the old, of which `live` is the newest state."""
        write_journal(folder, manifest, live.journal_bytes(self.end, live.end))
        clear(folder, manifest)


def write_anew(
    folder: Path,
    manifest: Manifest,
    pieces: Iterable[bytes | memoryview],
    tables: Tables,
    names: list[str],
    hashes: NDArray[np.uint8],
) -> None:
    """A generation of nothing but this, in the place of all before."""
    done = write_files(folder, manifest, pieces, tables, names, hashes)
    write_journal(folder, done, b"")
    clear(folder, done)


def clear(folder: Path, manifest: Manifest) -> None:
    """Unlink the files of every other generation."""
    current = {manifest.path(folder, part).name for part in ("entries", "journal", "index", "tables")}
    for child in folder.iterdir():
        if is_generation(child.name) and child.name not in current:
            child.unlink(missing_ok=True)
