"""How often another picture is taken for a banked one, with derived entries banked: over millions of pairs.

    python -m benchmarks.false_matches [--photos FOLDER] --tallies FILE [--minutes 4]

Every second photograph, by which nothing was tuned, is edited in ways that are drawn from all the lists,
made smaller first (the views see no more of it), and looked up at the thorough level among all other
pictures. What was counted is kept in FILE, and the same once more goes on there.
"""

from __future__ import annotations

import argparse
import json
import zlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np
from PIL import Image

from benchmarks.edits import SUITE
from benchmarks.further_edits import FURTHER
from benchmarks.held_out import HELD_OUT
from benchmarks.our_edits import OURS
from benchmarks.robustness import default_others, default_photos, edited, measure, photos_in, prepare, read
from benchmarks.robustness_page import interval

EDITS = {**SUITE, **OURS, **FURTHER, **HELD_OUT}
_SIDE = 400
_BESIDE = 8


@dataclass
class Counted:
    """What was counted so far; `false` says of each false pair which edit of which photograph it was."""

    rounds: int = 0
    uploads: int = 0
    pairs: int = 0
    within_31: int = 0
    probable: int = 0
    false: list[str] = field(default_factory=list)


def kept(path: Path) -> Counted:
    """What an earlier run wrote."""
    return Counted(**json.loads(path.read_text())) if path.exists() else Counted()


def count(photos: Path, others: Path, counted: Counted, seconds: float) -> None:
    """Go on for so long: in each round one edit of every second photograph."""
    bench = prepare(photos_in(photos), others)
    numbers = edited(bench, len(bench.paths))
    total = len(bench.paths)
    small = {}
    begun = perf_counter()
    while perf_counter() - begun < seconds:
        number = numbers[counted.uploads % len(numbers)]
        rng = np.random.default_rng([number, counted.rounds])
        name = list(EDITS)[int(rng.integers(len(EDITS)))]
        for one in range(number, number + 1 + _BESIDE):
            if one % total not in small:
                picture = Image.fromarray(read(bench.paths[one % total]))
                picture.thumbnail((_SIDE, _SIDE))
                small[one % total] = picture
        beside = [small[(number + k) % total] for k in range(1, 1 + _BESIDE)]
        drawn = np.random.default_rng([number, counted.rounds, zlib.crc32(name.encode())])
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
    parser.add_argument("--tallies", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=4)
    args = parser.parse_args()
    counted = kept(args.tallies)
    count(args.photos, args.others, counted, 60 * args.minutes)
    args.tallies.write_text(json.dumps(asdict(counted)))
    for name, events in (("within 31 bits", counted.within_31), ("within the radius", counted.probable)):
        low, high = interval(events, counted.pairs)
        print(f"{name}: {events} of {counted.pairs:,} pairs ({low:.1e} to {high:.1e})")
    print(f"{counted.uploads} uploads; {counted.false}")


if __name__ == "__main__":
    main()
