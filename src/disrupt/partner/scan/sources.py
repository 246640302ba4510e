"""Which files a scan goes through: folders, stores and web archives in their order, and lists of names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from disrupt.partner.hash import walk
from disrupt.partner.scan.opening import is_archive, is_elsewhere, listed


def files(sources: Sequence[str], lists: Sequence[str], since: float | None) -> Iterator[str]:
    """Every file, as it is come upon; with `since` (seconds since 1970) only what was changed later."""
    for path in _all(sources, lists):
        if since is None or is_elsewhere(path) or _is_newer(path, since):
            yield path


def _all(sources: Sequence[str], lists: Sequence[str]) -> Iterator[str]:
    for source in sources:
        yield from listed(source) if "://" in source or is_archive(source) else walk([source])
    for name in lists:
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
