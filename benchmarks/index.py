"""The Hamming index beside faiss: same data, same run, one thread (`python -m benchmarks.index`)."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from benchmarks.hashes import crowded_hashes, random_hashes
from benchmarks.index_peers import Faiss, against_peers, wide
from benchmarks.index_upkeep import throughput, upkeep
from benchmarks.report import Row, render, skipped
from disrupt.matching import HammingIndex


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
