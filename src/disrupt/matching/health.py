"""How far a bank can be trusted to answer: clean, stale, empty or damaged, and when it was last fetched."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from disrupt.matching._bank._container import fsync_directory

State = Literal["clean", "stale", "empty", "damaged"]

FETCHED = "fetched.json"
DAY = 86_400.0
"""Seconds after which a bank that is fetched from a hotline is stale, unless somebody says otherwise."""


@dataclass(frozen=True, slots=True)
class Health:
    """The worst that holds of a bank. "No match" means nothing was found only where `state` is clean.

    `entries`: banked; `fetched`: when its source was last read to the end (seconds since 1970, None: never,
    or it has no source); `reasons`: a sentence for each thing that is wrong.
    """

    state: State
    entries: int
    fetched: float | None
    reasons: tuple[str, ...]


def judge(
    *,
    entries: int,
    source: str,
    fetched: float | None,
    problems: tuple[str, ...],
    now: float,
    max_age: float | None,
) -> Health:
    """Damaged before empty before stale. A bank without a source is nobody's copy and never stale."""
    reasons = [*problems]
    state: State = "damaged" if problems else "clean"
    if not entries:
        reasons.append("it has no entries: nothing can be found")
        state = "empty" if state == "clean" else state
    old = _why_stale(fetched, now, max_age) if source and max_age is not None else ""
    if old:
        reasons.append(old)
        state = "stale" if state == "clean" else state
    return Health(state, entries, fetched, tuple(reasons))


def _why_stale(fetched: float | None, now: float, max_age: float) -> str:
    if fetched is None:
        return "it was never fetched to the end: run `disrupt sync`"
    if fetched > now + max_age:
        return "it was fetched in the future: set the clock, then run `disrupt sync`"
    if now - fetched > max_age:
        return f"it was last fetched {(now - fetched) / 3600:.1f} hours ago: run `disrupt sync`"
    return ""


def write_fetched(folder: Path, at: float, source: str = "", sources: Sequence[str] = ()) -> None:
    """Note when a source was read to the end; atomically. The one of `sources` read longest ago counts."""
    before = _times(folder)
    times = {name: before.get(name, 0.0) for name in sources} | ({source: at} if source else {})
    at = min(times.values(), default=at)
    temporary = folder / f".{FETCHED}.{os.getpid()}.tmp"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump({"at": at, "sources": times}, out)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(folder / FETCHED)
    fsync_directory(folder)


def _times(folder: Path) -> dict[str, float]:
    """When each of several sources was read to the end."""
    try:
        found = json.loads((folder / FETCHED).read_bytes())["sources"]
        return {str(name): float(at) for name, at in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def read_fetched(folder: Path) -> float | None:
    """When that was; None where it never was, or where the note cannot be read (which makes a bank stale)."""
    try:
        at = json.loads((folder / FETCHED).read_bytes())["at"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return float(at) if type(at) in (int, float) and math.isfinite(at) else None
