"""The Hamming index beside faiss: same data, same run, one thread (`python -m benchmarks.index`)."""

from __future__ import annotations

import argparse
import os
import re
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Row, medians, render, skipped
from disrupt.matching import HammingIndex

Hashes = NDArray[np.uint8]
_FLAT_QUERIES = 50  # a scan takes so long that few are enough
_QUERIES = 1000
_CHANGES = 20_000


def random_hashes(count: int, seed: int) -> Hashes:
    """Uniform bits: what distinct pictures come near to."""
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def near(hashes: Hashes, seed: int, most: int = 40) -> Hashes:
    """Each hash with up to `most` bits turned over."""
    rng = np.random.default_rng(seed)
    out = hashes.copy()
    bits = rng.integers(0, 256, (len(out), most), dtype=np.uint8)
    used = np.arange(most) < rng.integers(0, most + 1, len(out))[:, None]
    for column in range(most):
        rows = np.flatnonzero(used[:, column])
        out[rows, bits[rows, column] >> 3] ^= np.left_shift(1, bits[rows, column] & 7).astype(np.uint8)
    return out


def crowded_hashes(count: int, seed: int, reference: Path | None) -> tuple[Hashes, str]:
    """Hashes of real pictures in clusters, as in a bank of films and of many copies: buckets are heavy."""
    found: list[str] = []
    for name in ("pdq/haystack.txt", "pdq.csv"):
        if reference is not None and (reference / name).exists():
            found += re.findall(r"\b[0-9a-f]{64}\b", (reference / name).read_text())
    if found:
        centres = np.unique(np.frombuffer(bytes.fromhex("".join(found)), np.uint8).reshape(-1, 32), axis=0)
        told = f"{len(centres)} hashes of real pictures, each with its neighbours"
    else:
        centres, told = random_hashes(1350, seed), "1350 random centres, each with its neighbours"
    return near(centres[np.random.default_rng(seed).integers(0, len(centres), count)], seed), told


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


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    print(render(f"Index of {args.entries:,} entries", measure(args.entries, args.rounds)))


def measure(count: int, rounds: int) -> list[Row]:
    """All rows at `count` entries."""
    try:
        import faiss  # noqa: F401  # only to see whether it is here
    except ImportError:
        return [skipped("index", "faiss", "", "faiss is not installed")]
    million = count <= 2_000_000
    targets = (50.0, 50.0) if million else (300.0, None)
    entries = random_hashes(count, 1)
    start = time.perf_counter()
    index = HammingIndex.from_hashes(entries)
    built = time.perf_counter() - start
    peers = Faiss()
    multi = peers.build(entries, multi=True)
    rows = against_peers(index, peers, entries, targets, f"exact radius-31 query, {count:,} entries", rounds)
    rows.append(
        Row(
            f"build {count:,} entries",
            "faiss MultiHash(256,16,16)",
            "<= 1x",
            built / multi,
            "x the time of the peer",
            built <= multi,
            f"{built:.2f} s",
        )
    )
    if million:
        rows += wide(index, peers, entries, rounds)
    with tempfile.TemporaryDirectory() as folder:
        rows += upkeep(index, entries, Path(folder))
    rows += throughput(index)
    if million:
        place = os.environ.get(
            "DISRUPT_REFERENCE", Path(__file__).resolve().parents[2] / "shared" / "reference"
        )
        crowd, told = crowded_hashes(count, 2, Path(place))
        index, peers = HammingIndex.from_hashes(crowd), Faiss()
        peers.build(crowd, multi=True)
        rows += against_peers(index, peers, crowd, (0.0, 0.0), f"the same on crowded data ({told})", rounds)
    return rows


if __name__ == "__main__":
    main()
