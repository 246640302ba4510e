"""Films to vPDQ beside bare decoding and PyPI `vpdq`, and what matching by keyframes finds."""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.film_edits import EDITS, write
from benchmarks.film_recall import bank_of
from benchmarks.fingerprint import REFERENCE, at_least, at_most
from benchmarks.report import Row, medians, skipped
from disrupt.fingerprint import VpdqFrame, fingerprint_video
from disrupt.fingerprint.limits import DEFAULT
from disrupt.fingerprint.tasks import Sampling
from disrupt.fingerprint.video import fingerprint_film
from disrupt.matching import (
    RADIUS,
    Bank,
    Findings,
)
from disrupt.matching.upload import find_file, find_video

Frames = tuple[VpdqFrame, ...]


class Peer(NamedTuple):
    """PyPI `vpdq`: `hashes` gives a film's frames and their hashes."""

    version: str
    hashes: Callable[[Path], dict[int, int]]


Pair = tuple[str, str]
_EVERY, _KEYS = "video to vPDQ, every second", 'video to vPDQ, sampling="keyframes"'
_TIMED = (("chair-20-sd-bar.mp4", 7), ("films/libopenshot_sintel-trailer-720p.mp4", 5))


@contextmanager
def peer(python: str | None) -> Iterator[Peer | None]:
    """PyPI `vpdq` in another process, so that it may live in an environment of its own; None without it."""
    if python is None and importlib.util.find_spec("vpdq") is None:
        yield None
        return
    command = [python or sys.executable, str(Path(__file__).with_name("vpdq_peer.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        questions, answers = process.stdin, process.stdout
        if questions is None or answers is None:
            raise RuntimeError("the peer's process has no pipes")

        def ask(path: Path) -> dict[int, int]:
            questions.write(f"{path}\n")
            questions.flush()
            return {frame: int(text, 16) for frame, text in json.loads(answers.readline())}

        yield Peer(answers.readline().strip(), ask)


def _decode_only(data: bytes) -> int:
    import av

    with av.open(io.BytesIO(data), buffer_size=1 << 17) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        return sum(1 for _ in container.decode(stream))


def _ours(data: bytes, sampling: Sampling) -> None:
    fingerprint_film(io.BytesIO(data), DEFAULT, sampling)


def _frames(path: Path, sampling: Sampling = "seconds") -> Frames:
    with path.open("rb") as file:
        return fingerprint_film(file, DEFAULT, sampling).vpdq


def speed_rows(ask: Peer | None) -> list[Row]:
    """Each film, every second and by keyframes."""
    rows = []
    for name, rounds in _TIMED:
        path = REFERENCE / "video" / name
        if not path.exists():
            rows.append(skipped("video to vPDQ", "bare decoding, vpdq", "", f"no reference film {path.name}"))
            continue
        data = path.read_bytes()
        calls: list[Callable[[], object]] = [
            partial(_ours, data, "seconds"),
            partial(_decode_only, data),
            partial(_ours, data, "keyframes"),
        ]
        every, bare = medians(*calls[:2], rounds=rounds)
        note = f"{path.name}: {bare * 1e3:.0f} / {every * 1e3:.0f} ms"
        rows.append(at_most(_EVERY, "PyAV decode only", 1.05, every / bare, note))
        keys = theirs = 0.0
        if ask:
            calls.append(partial(ask.hashes, path))
            every, _, keys, theirs = medians(*calls, rounds=rounds, clock=time.perf_counter)
        for what, target, mine in ((_EVERY, 1.0, every), (_KEYS, 10.0, keys)):
            if ask is None:
                why = "PyPI vpdq is not installed (source only; name an interpreter by --vpdq-python)"
                rows.append(skipped(what, "vpdq.computeHash", f">= {target:g}x", why))
                continue
            note = f"{path.name}: {theirs * 1e3:.0f} / {mine * 1e3:.0f} ms"
            rows.append(at_least(what, f"vpdq {ask.version}", target, theirs / mine, note))
    return rows


def _published(path: Path) -> dict[int, int]:
    lines = (REFERENCE / "video" / "vpdq" / f"{path.stem}.txt").read_text().splitlines()
    return {int(frame): int(text, 16) for frame, _, text, _ in (line.split(",") for line in lines)}


def agreement_rows(ask: Peer | None) -> list[Row]:
    """How near our frames are to the published ones, and to those of the peer."""
    films = sorted((REFERENCE / "video").glob("*.mp4"))
    rows = []
    sources: list[tuple[str, Callable[[Path], dict[int, int]]]] = [("published vPDQ", _published)]
    if ask:
        sources.append((f"vpdq {ask.version}", ask.hashes))
    for who, source in sources:
        if not films:
            continue
        apart: list[int] = []
        missing = 0
        for path in films:
            theirs, ours = source(path), {frame.frame: int(frame.hex, 16) for frame in _frames(path)}
            # The published values are of every frame: only there may theirs have more than ours.
            missing += len(ours.keys() - theirs.keys())
            missing += len(theirs.keys() - ours.keys()) if source is not _published else 0
            apart += [(ours[n] ^ theirs[n]).bit_count() for n in ours.keys() & theirs.keys()]
        share = 100 * sum(bits <= 4 for bits in apart) / (len(apart) + missing)
        note = f"{len(apart)} frames, at most {max(apart)} bits apart; {missing} that only one of the two has"
        rows.append(
            Row("same frames, within 4 bits", who, ">= 98 %", share, "%", share >= 98 and not missing, note)
        )
    return rows


def _share(what: str, peer: str, theirs: set[Pair], ours: set[Pair], wrong: int) -> Row:
    both = len(theirs & ours)
    share = 100 * both / len(theirs)
    note = f"{both} of {len(theirs)}, and {len(ours - theirs)} more; {wrong} between unlike films"
    return Row(what, peer, ">= 99 %", share, "%", share >= 99, note)


def keyframe_rows() -> list[Row]:
    """Of the pairs of films that match second by second, how many match by keyframes."""
    alike = sorted((REFERENCE / "video").glob("*.mp4"))
    films = [*alike, *sorted((REFERENCE / "video" / "films").glob("*.*"))]
    if not films:
        return [skipped("matching by keyframes", "every second", ">= 99 %", "no reference films here")]
    with TemporaryDirectory() as name:
        folder = Path(name)
        bank = bank_of(films, folder / "bank")
        edited = [
            write(film, edit, folder / f"{film.stem}-{edit.__name__}.mp4")
            for film in films[len(alike) - 1 :]
            for edit in EDITS
        ]
        return [
            *_keyframe_rows("the reference films, each other's takes", films, bank),
            *_keyframe_rows("films edited by the benchmark", edited, bank),
        ]


def _keyframe_rows(which: str, files: list[Path], bank: Bank) -> list[Row]:
    def found(look: Callable[[Path], Findings]) -> set[Pair]:
        return {
            (path.name, match.entry) for path in files for match in look(path) if match.entry != path.name
        }

    def by_hash(sampling: Sampling, radius: int | None = None) -> set[Pair]:
        return found(
            lambda path: find_video(
                fingerprint_video(path, sampling=sampling, trusted=True), bank, radius=radius
            )
        )

    plain = by_hash("seconds", RADIUS)
    looks = {
        "hashes alone (find_video)": (by_hash("seconds"), by_hash("keyframes")),
        "disrupt match": (
            found(lambda path: find_file(path, bank, sampling="seconds")),
            found(lambda path: find_file(path, bank, sampling="keyframes")),
        ),
    }
    rows = []
    for name, (every, keys) in looks.items():
        wrong = sum(not _akin(*pair) for pair in every | keys | plain)
        what = f"{which}: found by keyframes, {name}"
        rows.append(
            _share(what, f"every second, one frame within {RADIUS} (what peers do)", plain, keys, wrong)
        )
        rows.append(_share(what, "every second, the same", every, keys, wrong))
    return rows


def _akin(one: str, other: str) -> bool:
    """Whether films show the same scenes, which their names tell: an edit begins with its film's."""
    return one.split("-")[0] == other.split("-")[0] or one.startswith(Path(other).stem)


def run(python: str | None = None) -> list[Row]:
    """How fast, beside PyPI `vpdq`, and how alike; `python` has that package, if this interpreter has not."""
    with peer(python) as ask:
        return [*speed_rows(ask), *agreement_rows(ask)]
