"""How often another picture is taken for a banked one, with derived entries banked: over millions of pairs.

    python -m benchmarks.false_matches [--photos FOLDER] --tallies FILE [FILE ...] [--minutes 4] [--draw 1]

Every photograph is edited in ways that are drawn from all the lists, made smaller first (the views see no
more of it), and looked up at the thorough level among all other pictures. What was counted is kept in the
first FILE, and the same once more goes on there; what the others hold, of another draw, is added to it.
`--write` puts the sum into docs/robustness.md. The edits of draw 0 (of every second photograph) are those by
whose false pairs the weight of what may be otherwise was chosen (`plans.LIGHT`), and are not counted again.
"""

from __future__ import annotations

import argparse
import json
import zlib
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL import Image

from benchmarks import false_page
from benchmarks.edits import SUITE
from benchmarks.false_page import Counted, kept
from benchmarks.further_edits import FURTHER
from benchmarks.held_out import HELD_OUT
from benchmarks.our_edits import OURS
from benchmarks.rates import interval
from benchmarks.robustness import default_others, default_photos, measure, photos_in, prepare, read

EDITS = {**SUITE, **OURS, **FURTHER, **HELD_OUT}
_SIDE = 400
_BESIDE = 8


def count(photos: Path, others: Path, counted: Counted, seconds: float, draw: int) -> None:
    """Go on for so long: in each round one edit of every photograph."""
    bench = prepare(photos_in(photos), others)
    numbers = [int(number) for number in np.flatnonzero(bench.usable)]
    total = len(bench.paths)
    small = {}
    begun = perf_counter()
    while perf_counter() - begun < seconds:
        number = numbers[counted.uploads % len(numbers)]
        rng = np.random.default_rng([number, counted.rounds, draw])
        name = list(EDITS)[int(rng.integers(len(EDITS)))]
        for one in range(number, number + 1 + _BESIDE):
            if one % total not in small:
                picture = Image.fromarray(read(bench.paths[one % total]))
                picture.thumbnail((_SIDE, _SIDE))
                small[one % total] = picture
        beside = [small[(number + k) % total] for k in range(1, 1 + _BESIDE)]
        drawn = np.random.default_rng([number, counted.rounds, draw, zlib.crc32(name.encode())])
        upload = np.asarray(EDITS[name](small[number], beside, drawn).convert("RGB"))
        tally = measure(bench, name, number, upload, "thorough")
        counted.uploads += 1
        counted.rounds = counted.uploads // len(numbers)
        counted.pairs += tally.pairs
        counted.within_31 += tally.false_matches
        counted.probable += tally.false_probables
        if tally.false_probables:
            counted.false.append(f"{number}, {name}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.false_matches", description=__doc__)
    parser.add_argument("--photos", type=Path, default=default_photos())
    parser.add_argument("--others", type=Path, default=default_others())
    parser.add_argument("--tallies", type=Path, nargs="+", required=True)
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--draw", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    counted = kept(args.tallies[0])
    if args.minutes > 0:
        count(args.photos, args.others, counted, 60 * args.minutes, args.draw)
        args.tallies[0].write_text(json.dumps(asdict(counted)))
    for more in args.tallies[1:]:
        counted = counted.with_more(kept(more))
    for name, events in (("within 31 bits", counted.within_31), ("within the radius", counted.probable)):
        low, high = interval(events, counted.pairs)
        print(f"{name}: {events} of {counted.pairs:,} pairs ({low:.1e} to {high:.1e})")
    print(f"{counted.uploads} uploads; {counted.false}")
    if args.write:
        false_page.write(counted)


if __name__ == "__main__":
    main()
