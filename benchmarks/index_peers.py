"""The index against faiss: the same answers, and how long each takes for them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.hashes import Hashes, near, random_hashes
from benchmarks.report import Row, medians
from disrupt.matching import HammingIndex

_FLAT_QUERIES = 50  # a scan takes so long that few are enough
_QUERIES = 1000


class Faiss:
    """The two peers over the same entries."""

    def __init__(self) -> None:
        import faiss

        faiss.omp_set_num_threads(1)
        self.flat = faiss.IndexBinaryFlat(256)
        self.multi = faiss.IndexBinaryMultiHash(256, 16, 16)
        self.multi.nflip = 1

    def build(self, entries: Hashes, *, multi: bool) -> float:
        """Seconds that the MultiHash takes to build."""
        self.flat.add(entries)
        start = time.perf_counter()
        if multi:
            self.multi.add(entries)
        return time.perf_counter() - start

    @staticmethod
    def ask(index: Any, queries: Hashes, radius: int) -> Callable[[], object]:
        # faiss wants distances strictly below its argument.
        return lambda: index.range_search(queries, radius + 1)


def check(index: HammingIndex, flat: Any, queries: Hashes, radius: int) -> int:
    """Both give the same pairs; returns how many."""
    limits, distances, labels = flat.range_search(queries, radius + 1)
    wanted = sorted(
        zip(
            np.repeat(np.arange(len(queries)), np.diff(limits.astype(np.int64))).tolist(),
            labels.tolist(),
            distances.tolist(),
            strict=True,
        )
    )
    found = index.query(queries, radius)
    if (
        sorted(zip(found.query.tolist(), found.entry.tolist(), found.distance.tolist(), strict=True))
        != wanted
    ):
        raise SystemExit("the index and IndexBinaryFlat disagree")
    return len(wanted)


def against_peers(
    index: HammingIndex,
    peers: Faiss,
    entries: Hashes,
    targets: tuple[float, float | None],
    what: str,
    rounds: int,
    note: str = "",
) -> list[Row]:
    """The time of a query, ours in batches of 1000, the peers' likewise (Flat: 50)."""
    queries = np.concatenate([near(entries[: _QUERIES // 2], 7), random_hashes(_QUERIES // 2, 8)])
    few = queries[:: _QUERIES // _FLAT_QUERIES].copy()
    pairs = check(index, peers.flat, few, 31)
    calls = [lambda: index.query(queries, 31), Faiss.ask(peers.flat, few, 31)]
    if targets[1] is not None:
        calls.append(Faiss.ask(peers.multi, few, 31))
    spent = medians(*calls, rounds=rounds)
    ours = spent[0] / len(queries)
    told = f"{1e6 * ours:.1f} us a query; {pairs} pairs equal Flat's on {len(few)} queries" + (
        f"; {note}" if note else ""
    )
    rows = []
    for name, target, seconds in zip(
        ("IndexBinaryFlat", "MultiHash(256,16,16) nflip 1"), targets, spent[1:], strict=False
    ):
        ratio = seconds / len(few) / ours
        wanted = "" if not target else f">= {target:g}x"
        rows.append(
            Row(what, f"faiss {name}", wanted, ratio, "x faster", ratio >= target if target else None, told)
        )
        told = f"peer {1e6 * seconds / len(few):.0f} us" if name == "IndexBinaryFlat" else told
    return rows


def wide(index: HammingIndex, peers: Faiss, entries: Hashes, rounds: int) -> list[Row]:
    """Radius 48 and 64."""
    rows = []
    for radius, target in ((48, 3.0), (64, 15.0)):
        queries = np.concatenate([near(entries[:50], 9, 70), random_hashes(50, 10)])
        check(index, peers.flat, queries[::5].copy(), radius)
        ours, flat = medians(
            partial(index.query, queries, radius),
            Faiss.ask(peers.flat, queries[:20], radius),
            rounds=rounds,
        )
        milliseconds = 1e3 * ours / len(queries)
        note = f"exact; {flat / 20 / (ours / len(queries)):.1f}x faster than IndexBinaryFlat"
        rows.append(
            Row(
                f"radius {radius}, {len(index):,} entries",
                "-",
                f"<= {target:g} ms",
                milliseconds,
                "ms a query",
                milliseconds <= target,
                note,
            )
        )
    return rows
