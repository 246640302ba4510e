"""Rows of a benchmark table, and the Markdown page that shows them with the machine they were measured on."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

PACKAGES = [
    "numpy",
    "numba",
    "simplejpeg",
    "pillow",
    "pillow-heif",
    "av",
    "pdqhash",
    "vpdq",
    "faiss-cpu",
    "threatexchange",
    "disrupt",
]


@dataclass(frozen=True)
class Row:
    """One line: what was measured, against what, the target as written, and the figure.

    `unit` says how to read `measured` ("x faster", "x the time of the peer", "ms", "bytes an entry"...);
    `met` is None for a figure without a target, or where the peer is absent (`note` says why).
    """

    what: str
    peer: str
    target: str
    measured: float
    unit: str
    met: bool | None
    note: str = ""


def skipped(what: str, peer: str, target: str, why: str) -> Row:
    """A row that could not be measured here."""
    return Row(what, peer, target, float("nan"), "", None, f"not measured: {why}")


def medians(
    *calls: Callable[[], object],
    rounds: int = 15,
    warm: int = 1,
    clock: Callable[[], float] = time.process_time,
) -> list[float]:
    """Median seconds of each call, the calls taking turns so that a noisy machine slows all alike.

    Seconds of this process's processor, which others on the machine do not take from; `time.perf_counter` is
    for what another process does, or several threads.
    """
    for call in calls:
        for _ in range(warm):
            call()
    times: list[list[float]] = [[] for _ in calls]
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for _ in range(rounds):
            for call, spent in zip(calls, times, strict=True):
                start = clock()
                call()
                spent.append(clock() - start)
    finally:
        if was_enabled:
            gc.enable()
    return [statistics.median(spent) for spent in times]


def machine() -> str:
    """The processor, its cores, the memory, the kernel and Python: one line, without the host's name."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [ln.split(":", 1)[1].strip() for ln in cpuinfo.read_text().splitlines() if "model name" in ln]
        model = names[0] if names else model
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{model} ({platform.machine()}), {os.cpu_count()} cores, {gigabytes:.0f} GiB, "
        f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}"
    )


def versions() -> str:
    """The packages that take part, with their versions; those that are absent are left out."""
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(found)


def _figure(row: Row) -> str:
    if row.measured != row.measured:  # NaN: not measured
        return "-"
    return f"{row.measured:,.3g} {row.unit}" if abs(row.measured) < 100 else f"{row.measured:,.0f} {row.unit}"


def render(title: str, rows: Sequence[Row], notes: Sequence[str] = ()) -> str:
    """A Markdown section: a heading, the machine, the table, the notes."""
    lines = [
        f"## {title}",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}. {machine()}. {versions()}.",
        "",
        "| what | peer | target | measured | met | note |",
        "|---|---|---|---|---|---|",
    ]
    marks = {True: "yes", False: "**no**", None: "-"}
    lines += [
        f"| {r.what} | {r.peer} | {r.target} | {_figure(r)} | {marks[r.met]} | {r.note} |" for r in rows
    ]
    return "\n".join([*lines, "", *(f"- {note}" for note in notes), ""])
