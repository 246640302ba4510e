"""Of films that were altered, how many are found by their key frames, beside what peers do."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.film_edits import EVERY, FilmEdit, encode
from benchmarks.fingerprint import REFERENCE
from benchmarks.report import Row, skipped
from disrupt.fingerprint import fingerprint_video
from disrupt.fingerprint.tasks import Sampling
from disrupt.matching import RADIUS, Add, Bank, BankEntry, FrameValue
from disrupt.matching.guessing.plans import Level
from disrupt.matching.upload import find_file, find_video

U8 = NDArray[np.uint8]

MOST_FRAMES = 1000
_SIDE = 480
"""The longer side of what is edited: a message's size, not a camera's."""


def films() -> list[Path]:
    """One take of the chair, and every other film."""
    folder = REFERENCE / "video"
    return [*sorted(folder.glob("chair-orig-*.mp4")), *sorted((folder / "films").glob("*.*"))]


def bank_of(paths: list[Path], folder: Path) -> Bank:
    """Every film, as a hotline banks it: a frame a second."""
    bank = Bank.create(folder)
    for path in paths:
        found = fingerprint_video(path, trusted=True)
        frames = tuple(FrameValue(f.frame, f.timestamp, f.quality, f.hex) for f in found.vpdq)
        bank.apply([Add(BankEntry(path.name, "video", "film", sha256=found.sha256, vpdq=frames))])
    return bank


def frames_of(path: Path) -> tuple[list[U8], float]:
    """A film's frames, reduced, and how many a second."""
    import av

    frames: list[U8] = []
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        rate = float(stream.average_rate or 25)
        for frame in source.decode(stream):
            picture = frame.to_image()
            picture.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
            frames.append(np.asarray(picture.convert("RGB")))
            if len(frames) >= MOST_FRAMES:
                break
    return frames, rate


def make(paths: list[Path], folder: Path, edits: dict[str, FilmEdit] = EVERY) -> None:
    """Every edit of every film, as files in `folder`; those that are there stay."""
    for number, path in enumerate(paths):
        wanted = {name: folder / f"{path.stem}--{name}.mp4" for name in edits}
        missing = {name: out for name, out in wanted.items() if not out.exists()}
        if not missing:
            continue
        frames, rate = frames_of(path)
        others, _ = frames_of(paths[number - 1])
        for name, out in missing.items():
            encode(edits[name].of(frames, others, rate), rate * edits[name].speed, out)


def found_in(folder: Path, path: Path, edits: dict[str, FilmEdit] = EVERY) -> Iterator[tuple[str, Path]]:
    """The edits of one film, by name."""
    return ((name, folder / f"{path.stem}--{name}.mp4") for name in edits)


def rows_of(
    paths: list[Path], folder: Path, level: Level = "standard", sampling: Sampling = "keyframes"
) -> list[Row]:
    """A row an edit: how many films are found, and how many by one frame of one a second within 31 bits."""
    bank = bank_of(paths, folder / "bank")
    ours: dict[str, list[bool]] = {}
    peers: dict[str, list[bool]] = {}
    wrong = 0
    for path in paths:
        for name, upload in found_in(folder, path):
            beside = paths[paths.index(path) - 1].name if EVERY[name].beside else ""
            found = {match.entry for match in find_file(upload, bank, level=level, sampling=sampling)}
            plain = find_video(fingerprint_video(upload, trusted=True), bank, radius=RADIUS)
            ours.setdefault(name, []).append(path.name in found)
            peers.setdefault(name, []).append(path.name in {match.entry for match in plain})
            wrong += len(found - {path.name, beside})
            if path.name not in found:
                print(f"  missed: {name}, {path.name}")
    rows = [_row(name, found, peers[name]) for name, found in ours.items()]
    everything = [one for found in ours.values() for one in found]
    plainly = [one for found in peers.values() for one in found]
    mean = _row(f"all {len(EVERY)} edits", everything, plainly, 97.0)
    pairs = len(everything) * (len(paths) - 1)
    return [*rows, mean, Row("films taken for another", "-", "0", wrong, f"of {pairs}", wrong == 0)]


def _row(name: str, ours: list[bool], peers: list[bool], target: float | None = None) -> Row:
    share = 100 * sum(ours) / len(ours)
    return Row(
        f"{name}: found by key frames, standard level",
        f"one frame a second within {RADIUS} bits: {100 * sum(peers) / len(peers):.0f} %",
        f">= {target:g} %" if target else "",
        share,
        "%",
        share >= target if target else None,
        f"{sum(ours)} of {len(ours)}; the peer's way {sum(peers)}",
    )


def run() -> list[Row]:
    """Every row; the edited films are made in a folder that goes again."""
    paths = films()
    if not paths:
        return [skipped("edited films", "every second", "", "no reference films here")]
    with TemporaryDirectory() as name:
        make(paths, Path(name))
        return rows_of(paths, Path(name))


def main() -> None:
    """Measure and print, with the edited films kept in a folder for the next time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--level", default="standard")
    parser.add_argument("--sampling", default="keyframes")
    args = parser.parse_args()
    make(films(), args.folder)
    with TemporaryDirectory(dir=args.folder) as scratch:
        for name in args.folder.glob("*.mp4"):
            (Path(scratch) / name.name).symlink_to(name.resolve())
        for row in rows_of(films(), Path(scratch), args.level, args.sampling):
            print(f"{row.measured:6.1f} {row.unit}  {row.what}  | {row.peer} | {row.note}")


if __name__ == "__main__":
    main()
