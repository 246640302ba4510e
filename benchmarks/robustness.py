"""How many edited copies are found, how many other pictures are taken for one, and what it costs.

    python -m benchmarks.robustness [--photos FOLDER] [--limit N] [--augly-python PATH] [--write]

Every photograph of the folder is an entry; every edit of the first N of them is an upload, looked up with the
views of each level, each within its own radius. `--write` makes docs/robustness.md and its picture.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.edits import SUITE, Edit
from benchmarks.our_edits import OURS
from disrupt.fingerprint import pdq
from disrupt.matching import HammingIndex
from disrupt.matching.derived import derived_entries
from disrupt.matching.plans import BUDGET, Level
from disrupt.matching.views import MIN_QUALITY, views_of

LEVELS: tuple[Level, ...] = ("fast", "standard", "thorough")
ACT = 31
_ROOM = 32  # ids a photograph: its own hash, then its derived ones
_PARTNERS = 8  # photographs after one's own that an edit may put beside it

Pixels = NDArray[np.uint8]


@dataclass
class Tally:
    """What was counted for one edit at one level."""

    uploads: int = 0
    plain: int = 0
    matched: int = 0
    found: int = 0
    pairs: int = 0
    false_matches: int = 0
    false_probables: int = 0
    stored: int = 0  # found without derived entries

    def add(self, other: Tally) -> None:
        """Sum two tallies."""
        for name in (
            "uploads",
            "plain",
            "matched",
            "found",
            "pairs",
            "false_matches",
            "false_probables",
            "stored",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True)
class Bench:
    """The photographs, their entries, and an index of them without and with derived entries."""

    paths: list[Path]
    entries: NDArray[np.uint8]
    usable: NDArray[np.bool_]
    plain: HammingIndex
    derived: HammingIndex


def read(path: Path) -> Pixels:
    """A photograph as RGB pixels."""
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"))


def prepare(paths: list[Path]) -> Bench:
    """Hash every photograph; those of a quality under 50 are no entries."""
    hashes, qualities, more, ids = [], [], [], []
    for number, path in enumerate(paths):
        pixels = read(path)
        own = pdq.pdq_from_array(pixels)
        hashes.append(own.bits)
        qualities.append(own.quality)
        parts = derived_entries(pixels)
        more.append(parts)
        ids += [number * _ROOM + 1 + k for k in range(len(parts))]
    entries, usable = np.array(hashes), np.array(qualities) >= MIN_QUALITY
    numbers = np.arange(len(paths))[usable] * _ROOM
    plain = HammingIndex.from_hashes(entries[usable], numbers)
    everything = np.concatenate([entries[usable], *more])
    derived = HammingIndex.from_hashes(everything, np.concatenate([numbers, np.array(ids, np.int64)]))
    return Bench(paths, entries, usable, plain, derived)


def measure(bench: Bench, edit: str, number: int, upload: Pixels, level: Level) -> Tally:
    """Look one upload, an edit of photograph `number`, up at one level."""
    views = views_of(upload, level)
    rows = np.flatnonzero(views.radius >= 0)
    index = bench.derived if level == "thorough" else bench.plain
    hits = index.query(views.hash[rows], views.radius[rows])
    owner = (hits.entry // _ROOM).astype(np.int64)
    beside = (
        {(number + k) % len(bench.paths) for k in range(1 + _PARTNERS)} if _has_partners(edit) else {number}
    )
    closest = np.full(len(bench.paths), 999)
    np.minimum.at(closest, owner, hits.distance)
    stored = ((owner == number) & (hits.entry % _ROOM == 0)).any()
    others = np.array([n for n in np.flatnonzero(bench.usable) if n not in beside])
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
    return "collage" in edit or "inset" in edit


def made_here(bench: Bench, edits: dict[str, Edit], limit: int) -> Iterator[tuple[str, int, Pixels]]:
    """Every edit of the first photographs, made with Pillow."""
    total = len(bench.paths)
    for number in np.flatnonzero(bench.usable)[:limit].tolist():
        picture = Image.fromarray(read(bench.paths[number]))
        others = [Image.fromarray(read(bench.paths[(number + k) % total])) for k in range(1, 1 + _PARTNERS)]
        for name, edit in edits.items():
            rng = np.random.default_rng([number, zlib.crc32(name.encode())])
            yield name, number, np.asarray(edit(picture, others, rng).convert("RGB"))


def made_by_augly(bench: Bench, python: str, limit: int) -> Iterator[tuple[str, int, Pixels]]:
    """Every edit of the first photographs, made by AugLy in an environment of its own."""
    numbers = np.flatnonzero(bench.usable)[:limit].tolist()
    with tempfile.TemporaryDirectory() as folder:
        for number in numbers:  # one at a time, so that the disk holds the edits of one
            out = Path(folder) / str(number)
            sources = Path(folder) / "sources.txt"
            wanted = [bench.paths[(number + k) % len(bench.paths)].resolve() for k in range(4)]
            sources.write_text("\n".join(map(str, wanted)))
            script = Path(__file__).with_name("augly_edits.py")
            subprocess.run([python, str(script), str(sources), str(out), "1"], check=True)
            for path in sorted(out.rglob("0.png")):
                yield path.parent.name, number, read(path)
                path.unlink()


def run(
    bench: Bench, uploads: Iterator[tuple[str, int, Pixels]], levels: list[Level]
) -> dict[str, dict[Level, Tally]]:
    """Tallies by edit and level."""
    table: dict[str, dict[Level, Tally]] = {}
    for edit, number, upload in uploads:
        row = table.setdefault(edit, {level: Tally() for level in levels})
        for level in levels:
            row[level].add(measure(bench, edit, number, upload, level))
    return table


def photos_in(folder: Path) -> list[Path]:
    """The pictures of a folder, in the order of their names."""
    return sorted(p for p in folder.iterdir() if p.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))


def default_photos() -> Path:
    """DISRUPT_REFERENCE, or the folder beside the checkout."""
    reference = os.environ.get("DISRUPT_REFERENCE")
    return Path(reference or Path(__file__).resolve().parents[2] / "shared" / "reference") / "photos"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.robustness", description=__doc__)
    parser.add_argument("--photos", type=Path, default=default_photos())
    parser.add_argument("--limit", type=int, default=48, help="photographs that are edited (%(default)s)")
    parser.add_argument("--augly-python", help="the Python of an environment with AugLy 1.0.0")
    parser.add_argument("--levels", nargs="+", choices=tuple(BUDGET), default=list(LEVELS))
    parser.add_argument("--only", choices=("suite", "ours"), help="one of the two lists of edits")
    parser.add_argument("--write", action="store_true", help="make docs/robustness.md and its picture")
    args = parser.parse_args()
    from benchmarks import robustness_page

    bench = prepare(photos_in(args.photos))
    tables = {}
    if args.only != "ours":
        made = (
            made_by_augly(bench, args.augly_python, args.limit)
            if args.augly_python
            else made_here(bench, SUITE, args.limit)
        )
        tables["suite"] = run(bench, made, args.levels)
    if args.only != "suite":
        tables["ours"] = run(bench, made_here(bench, OURS, args.limit), args.levels)
    page = robustness_page.page(bench, tables, args.levels, bool(args.augly_python), args.limit)
    print(page)
    if args.write:
        robustness_page.write(page)


if __name__ == "__main__":
    main()
