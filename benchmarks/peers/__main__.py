"""Other ways of recognising copies beside ours: the same files, at the same rate of false matches.

    python -m benchmarks.peers --peers-python PATH [--photos FOLDER] [--limit N] [--work FOLDER] [--write]

PATH is the Python of an environment of its own (see `hashes.py`). Every photograph is banked; N of those
by which nothing was tuned are edited in every way that there is, written as JPEG, and looked up.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import zlib
from pathlib import Path
from statistics import median
from time import process_time
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.false_matches import EDITS
from benchmarks.peers.page import page, write
from benchmarks.peers.ways import BESIDE, Upload, Way
from benchmarks.robustness import default_photos, edited, photos_in, prepare, read
from benchmarks.tallies import Bench
from disrupt.matching import Bank
from disrupt.matching.guessing.plans import Level
from disrupt.matching.lookup import find_views
from disrupt.matching.views import views_of

_SIDE, _QUALITY, _ROOM = 640, 90, 32


def made(bench: Bench, limit: int, folder: Path) -> tuple[list[Path], list[Upload]]:
    """The photographs and the edited copies as files."""

    def small(number: int) -> Image.Image:
        picture = Image.fromarray(read(bench.paths[number % len(bench.paths)]))
        picture.thumbnail((_SIDE, _SIDE))
        return picture

    originals = []
    for number in range(len(bench.paths)):
        originals.append(folder / f"banked-{number}.jpg")
        small(number).save(originals[-1], quality=_QUALITY)
    uploads = []
    for number in edited(bench, limit):
        picture, others = small(number), [small(number + k) for k in range(1, 1 + BESIDE)]
        for place, (name, edit) in enumerate(EDITS.items()):
            rng = np.random.default_rng([number, zlib.crc32(name.encode())])
            uploads.append(Upload(folder / f"{number}-{place}.jpg", number, name))
            edit(picture, others, rng).convert("RGB").save(uploads[-1].path, quality=_QUALITY)
    return originals, uploads


def ours(bench: Bench, uploads: list[Upload], level: Level, derived: bool) -> Way:
    """Bits alike of the best match of each photograph, minus 256 where there is none."""
    bank = cast("Bank", bench.derived if derived else bench.plain)
    alike = np.full((len(uploads), len(bench.paths)), -256, np.float32)
    times = []
    for row, upload in enumerate(uploads):
        pixels = read(upload.path)
        begun = process_time()
        found = find_views(views_of(pixels, level), bank).matches
        times.append(process_time() - begun)
        for match in found:
            owner = int(match.entry) // _ROOM
            if owner < len(bench.paths):
                alike[row, owner] = max(alike[row, owner], -match.distance)
    name = f"ours, {level}" + (" + derived" if derived else "")
    return Way(name, alike, 1000 * median(times), 32 * (15 if derived else 1))


def plain(bench: Bench, uploads: list[Upload]) -> Way:
    """PDQ of the whole upload, as platforms run it."""
    rows, times = [], []
    for upload in uploads:
        pixels = read(upload.path)
        begun = process_time()
        rows.append(views_of(pixels, "gate").hash[0])
        times.append(process_time() - begun)
    return Way("PDQ alone", _alike(np.array(rows), bench.entries), 1000 * median(times), 32)


def _alike(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> NDArray[np.float32]:
    apart = np.array([np.bitwise_count(other ^ row).sum(1, dtype=np.int64) for row in one])
    return -apart.astype(np.float32)


def theirs(python: str, folder: Path, originals: list[Path], uploads: list[Upload]) -> list[Way]:
    """What the peers make of the same files."""
    listed, out = folder / "list.txt", folder / "peers.npz"
    listed.write_text("\n".join(str(path) for path in [*originals, *(one.path for one in uploads)]))
    if not out.exists():
        script = Path(__file__).with_name("hashes.py")
        subprocess.run([python, str(script), str(listed), str(out)], check=True)
    found = np.load(out)
    ways = []
    for name in (one for one in found.files if not one.startswith("ms of ")):
        banked, asked = found[name][: len(originals)], found[name][len(originals) :]
        alike = _alike(asked, banked) if banked.dtype == np.uint8 else asked @ banked.T
        size = banked.shape[1] * (1 if banked.dtype == np.uint8 else 4)
        ways.append(Way(name, alike.astype(np.float32), float(found[f"ms of {name}"]), size))
    return ways


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--photos", type=Path, default=default_photos())
    parser.add_argument("--peers-python", required=True)
    parser.add_argument("--limit", type=int, default=6, help="photographs that are edited (%(default)s)")
    parser.add_argument("--work", type=Path, help="a folder that keeps the files and the peers' hashes")
    parser.add_argument("--write", action="store_true", help="make docs/peers.md")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.work or Path(temporary)
        folder.mkdir(exist_ok=True)
        bench = prepare(photos_in(args.photos))
        originals, uploads = made(bench, args.limit, folder)
        ways = [plain(bench, uploads), *theirs(args.peers_python, folder, originals, uploads)]
        ways += [ours(bench, uploads, level, False) for level in ("fast", "standard")]
        ways.append(ours(bench, uploads, "thorough", True))
        text = page(bench, uploads, ways)
    print(text)
    if args.write:
        write(text)


if __name__ == "__main__":
    main()
