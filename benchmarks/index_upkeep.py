"""What an index costs beside its queries: loading, changes, memory; and what batches and threads bring."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.hashes import Hashes, random_hashes
from benchmarks.report import Row, medians
from disrupt.matching import HammingIndex

_CHANGES = 20_000


def _changes(index: HammingIndex, count: int) -> dict[str, NDArray[np.float64]]:
    """Milliseconds of changes with the query that sees them, and of a query alone; more than a tail holds."""
    fresh = random_hashes(_CHANGES, 11)
    times: dict[str, list[float]] = {"add": [], "remove": [], "query": []}
    for number in range(_CHANGES):
        one = fresh[number : number + 1]
        start = time.perf_counter()
        index.add(one, [count + number])
        found = len(index.query(one))
        added = time.perf_counter()
        index.query(one)
        asked = time.perf_counter()
        index.remove([count + number])
        lost = len(index.query(one))
        removed = time.perf_counter()
        for name, spent in (("add", added - start), ("query", asked - added), ("remove", removed - asked)):
            times[name].append(1e3 * spent)
        if (found, lost) != (1, 0):
            raise SystemExit("a change was not seen by the next query")
    return {name: np.array(spent) for name, spent in times.items()}


def upkeep(index: HammingIndex, entries: Hashes, folder: Path) -> list[Row]:
    """Load, add, remove, memory."""
    count = len(index)
    path = folder / "index"
    start = time.perf_counter()
    index.save(path)
    saved = time.perf_counter() - start
    (loading,) = medians(
        lambda: HammingIndex.load(path).query(entries[:1]), rounds=5, clock=time.perf_counter
    )
    loaded = HammingIndex.load(path)
    start = time.perf_counter()
    loaded.verify()
    verified = time.perf_counter() - start
    times = _changes(loaded, count)
    rows = [
        Row(
            f"load {count:,} entries and answer a query",
            "-",
            "< 1 s",
            1e3 * loading,
            "ms",
            loading < 1,
            f"mapped; verified in {verified:.1f} s, saved in {saved:.1f} s",
        )
    ]
    idle = times.pop("query")
    for name, spent in times.items():
        median = float(np.median(spent))
        note = (
            f"of {_CHANGES:,}, {np.mean(spent > 1):.1%} took over 1 ms (worst {spent.max():.1f}); of queries"
            f" alone, meanwhile, {np.mean(idle > 1):.1%} (worst {idle.max():.1f})"
        )
        what = f"{name} one entry at {count:,}, then see it in a query"
        rows.append(Row(what, "HMA: full rebuild", "< 1 ms", median, "ms", median < 1, note))
    each = index.nbytes / count
    rows.append(Row(f"memory at {count:,} entries", "-", "<= 160 bytes", each, "bytes an entry", each <= 160))
    return rows


def _ask_all(index: HammingIndex, sets: list[Hashes], threads: int) -> None:
    for queries in sets:
        index.query(queries, 31, threads=threads)


def throughput(index: HammingIndex) -> list[Row]:
    """How a batch and threads help."""
    rows = []
    for size, threads in ((1, 1), (16, 1), (256, 1), (4096, 1), (4096, 2)):
        sets = [
            random_hashes(size, 100 + n) for n in range(max(3, 256 // size))
        ]  # never the same twice: caches
        ask = partial(_ask_all, index, sets, threads)
        (spent,) = medians(ask, rounds=7, clock=time.perf_counter)
        rows.append(
            Row(
                f"batch of {size}, {threads} thread(s), {len(index):,} entries",
                "-",
                "",
                len(sets) * size / spent,
                "queries a second",
                None,
            )
        )
    return rows
