"""How many edited copies are found, how many other pictures are taken for one, and what it costs.

    python -m benchmarks.robustness [--photos FOLDER] [--limit N] [--augly-python PATH] [--write]

Every photograph of the folder is an entry; every edit of N of them is an upload, looked up with the
views of each level, each within its own radius. `--write` makes docs/robustness.md and its picture.
`--tallies FILE --minutes 4` measures for so long and keeps what it counted; the same once more goes on there.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from time import perf_counter
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks import robustness_page
from benchmarks.edits import SUITE, Edit
from benchmarks.further_edits import FURTHER
from benchmarks.held_out import HELD_OUT
from benchmarks.our_edits import OURS
from benchmarks.tallies import ACT, LEVELS, Bench, Entries, Pixels, Table, Tally, alike, keep, kept
from disrupt.fingerprint import pdq
from disrupt.matching import Bank
from disrupt.matching.derived import derived_entries
from disrupt.matching.guessing.plans import BUDGET, Level
from disrupt.matching.lookup import find_views
from disrupt.matching.views import MIN_QUALITY, views_of

_ROOM = 32  # ids a photograph: its own hash, then its derived ones
_PARTNERS = 8  # photographs after one's own that an edit may put beside it
Uploads = Iterator[tuple[str, int, Pixels]]


def read(path: Path) -> Pixels:
    """A photograph as RGB pixels."""
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"))


def strangers_in(path: Path | None) -> NDArray[np.uint8]:
    """The PDQs of a list, one a line, that are over 64 bits from every one before: no two of one picture."""
    lines = path.read_text().split() if path and path.exists() else []
    kept = np.empty((0, 32), np.uint8)
    for line in lines:
        one = np.frombuffer(bytes.fromhex(line[:64]), np.uint8)
        if not len(kept) or np.bitwise_count(kept ^ one).sum(1).min() > 64:
            kept = np.concatenate([kept, one[None]])
    return kept


def prepare(paths: list[Path], more: Path | None = None) -> Bench:
    """Hash every photograph; those of a quality under 50 are no entries. `more`: a list of others' PDQs."""
    hashes, qualities, parts, ids = [], [], [], []
    for number, path in enumerate(paths):
        pixels = read(path)
        own = pdq.pdq_from_array(pixels)
        hashes.append(own.bits)
        qualities.append(own.quality)
        parts.append(derived_entries(pixels))
        ids += [number * _ROOM + 1 + k for k in range(len(parts[-1]))]
    entries, usable = np.array(hashes), np.array(qualities) >= MIN_QUALITY
    others = strangers_in(more)
    numbers = np.concatenate([np.flatnonzero(usable), len(paths) + np.arange(len(others))]) * _ROOM
    stored = np.concatenate([entries[usable], others])
    plain = Entries(stored, numbers)
    everything = np.concatenate([stored, *parts])
    derived = Entries(everything, np.concatenate([numbers, np.array(ids, np.int64)]))
    return Bench(paths, entries, usable, len(others), plain, derived)


def measure(bench: Bench, edit: str, number: int, upload: Pixels, level: Level) -> Tally:
    """Look one upload, an edit of photograph `number`, up at one level."""
    views = views_of(upload, level)
    bank = cast("Bank", bench.derived if level == "thorough" else bench.plain)
    found = find_views(views, bank).matches
    entry = np.array([int(match.entry) for match in found], np.int64)
    distance = np.array([match.distance for match in found], np.int64)
    owner = entry // _ROOM
    beside = (
        {(number + k) % len(bench.paths) for k in range(1 + _PARTNERS)} if _has_partners(edit) else {number}
    ) | alike(bench.paths, number)
    closest = np.full(len(bench.paths) + bench.strangers, 999)
    np.minimum.at(closest, owner, distance)
    stored = ((owner == number) & (entry % _ROOM == 0)).any()
    other = np.concatenate([bench.usable, np.ones(bench.strangers, np.bool_)])
    other[list(beside)] = False
    others = np.flatnonzero(other)
    plain = int(np.bitwise_count(views.hash[0] ^ bench.entries[number]).sum()) <= ACT and views.radius[0] >= 0
    return Tally(
        1,
        int(plain),
        int(closest[number] <= ACT),
        int(closest[number] < 999),
        len(others),
        int((closest[others] <= ACT).sum()),
        int((closest[others] < 999).sum()),
        int(stored),
    )


def _has_partners(edit: str) -> bool:
    return any(word in edit for word in ("collage", "grid", "inset", "gallery"))


def edited(bench: Bench, limit: int) -> list[int]:
    """The numbers of the photographs that are edited: of every second one, by which nothing was tuned.

    In an order that was drawn once, so that the first few are of every kind.
    """
    left = [int(number) for number in np.flatnonzero(bench.usable) if number % 2]
    return [left[place] for place in np.random.default_rng(1).permutation(len(left))[:limit]]


def made_here(bench: Bench, edits: dict[str, Edit], numbers: list[int]) -> Uploads:
    """Every edit of those photographs, made with Pillow."""
    total = len(bench.paths)
    for number in numbers:
        picture = Image.fromarray(read(bench.paths[number]))
        others = [Image.fromarray(read(bench.paths[(number + k) % total])) for k in range(1, 1 + _PARTNERS)]
        for name, edit in edits.items():
            rng = np.random.default_rng([number, zlib.crc32(name.encode())])
            yield name, number, np.asarray(edit(picture, others, rng).convert("RGB"))


def made_by_augly(bench: Bench, python: str, numbers: list[int]) -> Uploads:
    """Every edit of those photographs, made by AugLy in an environment of its own."""
    script = Path(__file__).with_name("augly_edits.py")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:

        def make(number: int) -> Path:
            out = Path(folder) / str(number)
            sources = Path(folder) / "sources.txt"
            wanted = [bench.paths[(number + k) % len(bench.paths)].resolve() for k in range(4)]
            sources.write_text("\n".join(map(str, wanted)))
            subprocess.run([python, str(script), str(sources), str(out), "1"], check=True)
            return out

        # One ahead, so that the disk holds the edits of two.
        pending = [pool.submit(make, number) for number in numbers[:1]]
        for place, number in enumerate(numbers):
            out = pending.pop().result()
            pending += [pool.submit(make, following) for following in numbers[place + 1 : place + 2]]
            for path in sorted(out.rglob("0.png")):
                yield path.parent.name, number, read(path)
                path.unlink()


def run(
    bench: Bench, streams: dict[str, Uploads], levels: list[Level], seconds: float, tables: dict[str, Table]
) -> int:
    """Count into `tables`, by list, edit and level; of how many photographs: all, or what the time allows."""
    grouped = {name: groupby(stream, key=itemgetter(1)) for name, stream in streams.items()}
    begun, done = perf_counter(), 0
    while done == 0 or perf_counter() - begun < seconds:
        groups = {name: next(group, None) for name, group in grouped.items()}
        if None in groups.values():
            break
        for name, group in groups.items():
            for edit, number, upload in group[1] if group else ():
                row = tables.setdefault(name, {}).setdefault(edit, {level: Tally() for level in levels})
                for level in levels:
                    row[level].add(measure(bench, edit, number, upload, level))
        done += 1
    return done


def photos_in(folder: Path) -> list[Path]:
    """The pictures of a folder, in the order of their names."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))


def _reference() -> Path:
    """DISRUPT_REFERENCE, or the folder beside the checkout."""
    named = os.environ.get("DISRUPT_REFERENCE")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "reference"


def default_photos() -> Path:
    """The reference photographs."""
    return _reference() / "photos"


def default_others() -> Path:
    """Published PDQs of other real pictures."""
    return _reference() / "pdq" / "haystack.txt"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.robustness", description=__doc__)
    parser.add_argument("--photos", type=Path, default=default_photos())
    parser.add_argument(
        "--others", type=Path, default=default_others(), help="PDQs of other pictures, a list"
    )
    parser.add_argument("--limit", type=int, default=48, help="photographs that are edited (%(default)s)")
    parser.add_argument("--augly-python", help="the Python of an environment with AugLy 1.0.0")
    parser.add_argument("--levels", nargs="+", choices=tuple(BUDGET), default=list(LEVELS))
    lists = ("suite", "ours", "further", "held out")
    parser.add_argument("--only", choices=lists, help="one of the lists of edits")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no photograph after that")
    parser.add_argument("--tallies", type=Path, help="a file of what was counted: go on where it ends")
    parser.add_argument("--write", action="store_true", help="make docs/robustness.md and its picture")
    args = parser.parse_args()

    bench = prepare(photos_in(args.photos), args.others)
    tables, done = kept(args.tallies)
    numbers = edited(bench, args.limit)[done:]
    streams: dict[str, Uploads] = {}
    if args.only in (None, "suite"):
        streams["suite"] = (
            made_by_augly(bench, args.augly_python, numbers)
            if args.augly_python
            else made_here(bench, SUITE, numbers)
        )
    for name, edits in (("ours", OURS), ("further", FURTHER), ("held out", HELD_OUT)):
        if args.only in (None, name):
            streams[name] = made_here(bench, edits, numbers)
    if numbers:
        done += run(bench, streams, args.levels, 60 * args.minutes, tables)
    if args.tallies:
        keep(args.tallies, tables, done)
    page = robustness_page.page(bench, tables, args.levels, bool(args.augly_python), done)
    print(page)
    if args.write:
        robustness_page.write(page)


if __name__ == "__main__":
    main()
