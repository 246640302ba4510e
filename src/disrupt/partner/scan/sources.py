"""What a scan goes through: folders, stores, web archives, tables in their order, and lists of names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from disrupt.partner.hash import walk
from disrupt.partner.scan.opening import is_archive, is_elsewhere, listed
from disrupt.partner.scan.rows import is_table, parquet_rows, query_rows


@dataclass(frozen=True, slots=True)
class Sources:
    """What was named: `column` is of Parquet files, `query` goes to `database`, `since` is in seconds."""

    named: Sequence[str] = ()
    lists: Sequence[str] = ()
    since: float | None = None
    column: str = ""
    database: str = ""
    query: str = ""

    @property
    def countable(self) -> bool:
        """Whether to go through them once more, only to count them, is cheap."""
        return "-" not in self.lists and not self.query and not any(map(is_table, self.named))


def files(sources: Sources) -> Iterator[str]:
    """Every file, as it is come upon; with `since` only what was changed later."""
    for path in _all(sources):
        if sources.since is None or is_elsewhere(path) or _is_newer(path, sources.since):
            yield path


def _all(sources: Sources) -> Iterator[str]:
    for source in sources.named:
        if is_table(source):
            yield from parquet_rows(source, sources.column)
        else:
            yield from listed(source) if "://" in source or is_archive(source) else walk([source])
    if sources.query:
        yield from query_rows(sources.database, sources.query)
    for name in sources.lists:
        if name == "-":
            yield from _lines(sys.stdin.buffer)
        else:
            with Path(name).open("rb") as lines:
                yield from _lines(lines)


def _lines(lines: Iterable[bytes]) -> Iterator[str]:
    for line in lines:
        path = line.rstrip(b"\r\n")
        if path:
            yield os.fsdecode(path)


def _is_newer(path: str, since: float) -> bool:
    with suppress(OSError):
        return Path(path).stat().st_mtime >= since
    return True  # whoever reads it says what is wrong
