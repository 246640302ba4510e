"""Films to vPDQ beside bare decoding and PyPI `vpdq`, and what matching by keyframes finds."""

from __future__ import annotations

import importlib.util
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.fingerprint import REFERENCE, at_least, at_most
from benchmarks.report import Row, medians, skipped
from disrupt.fingerprint import VpdqFrame
from disrupt.fingerprint.limits import DEFAULT
from disrupt.fingerprint.tasks import Sampling
from disrupt.fingerprint.video import fingerprint_film
from disrupt.matching import MINIMUM_QUALITY, RADIUS, HammingIndex
from disrupt.matching.video import FramePair, segments

Frames = tuple[VpdqFrame, ...]


class Peer(NamedTuple):
    """PyPI `vpdq`: `hashes` gives a film's frames and their hashes."""

    version: str
    hashes: Callable[[Path], dict[int, int]]


IN_STEP = 48
"""Bits between frames where two of them, in step, are asked for instead of one within RADIUS."""
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
        if ask:
            calls.append(partial(ask.hashes, path))
        every, bare, keys, *theirs = medians(*calls, rounds=rounds)
        note = f"{path.name}: {bare * 1e3:.0f} / {every * 1e3:.0f} ms"
        rows.append(at_most(_EVERY, "PyAV decode only", 1.05, every / bare, note))
        for what, target, mine in ((_EVERY, 1.0, every), (_KEYS, 10.0, keys)):
            if ask is None:
                why = "PyPI vpdq is not installed (source only; name an interpreter by --vpdq-python)"
                rows.append(skipped(what, "vpdq.computeHash", f">= {target:g}x", why))
                continue
            note = f"{path.name}: {theirs[0] * 1e3:.0f} / {mine * 1e3:.0f} ms"
            rows.append(at_least(what, f"vpdq {ask.version}", target, theirs[0] / mine, note))
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


def _good(frames: Frames) -> Frames:
    return tuple(frame for frame in frames if frame.quality >= MINIMUM_QUALITY)


def _matched(upload: Frames, index: HammingIndex, banked: Frames, *, in_step: bool) -> bool:
    """Whether a frame is within RADIUS; with `in_step`, or two within IN_STEP at the same offset."""
    if not upload:
        return False
    hits = index.query(np.array([f.bits for f in upload]), IN_STEP if in_step else RADIUS)
    strung = segments(
        FramePair(upload[q].timestamp, banked[int(e)].timestamp, int(d))
        for q, e, d in zip(hits.query, hits.entry, hits.distance, strict=True)
    )
    return any(one.distance <= RADIUS or one.frames >= 2 for one in strung)


def keyframe_rows() -> list[Row]:
    """Of the pairs of reference films that match second by second, how many match by keyframes."""
    films = [*(REFERENCE / "video").glob("*.mp4"), *(REFERENCE / "video" / "films").glob("*.*")]
    every = {path: _good(_frames(path)) for path in films}
    every = {path: frames for path, frames in every.items() if frames}
    keys = {path: _good(_frames(path, "keyframes")) for path in every}
    full, by_key, strung, more = 0, 0, 0, 0
    for path, banked in every.items():
        index = HammingIndex.from_hashes(np.array([f.bits for f in banked]))
        for other in every.keys() - {path}:
            hit = _matched(every[other], index, banked, in_step=False)
            full += hit
            by_key += hit and _matched(keys[other], index, banked, in_step=False)
            found = _matched(keys[other], index, banked, in_step=True)
            strung += hit and found
            more += found and not hit
    if not full:
        return [skipped("matching by keyframes", "every second", ">= 99 %", "no reference films here")]
    what = "pairs of different films matched by keyframes"
    single, step = 100 * by_key / full, 100 * strung / full
    return [
        Row(
            f"{what}, one frame within {RADIUS}", "every second, the same rule", ">= 99 %", single, "%",
            single >= 99, f"{by_key} of {full}: the others have one near frame in twenty, between keyframes",
        ),
        # Chosen with these films in view, and no rule of `disrupt match`: a figure, not a target met.
        Row(
            f"{what}, or two in step within {IN_STEP}", f"every second, one frame within {RADIUS}", "-",
            step, "%", None, f"{strung} of {full}, and {more} more",
        ),
    ]  # fmt: skip


def run(python: str | None = None) -> list[Row]:
    """Every row; `python` is an interpreter that has PyPI `vpdq`, if this one has not."""
    with peer(python) as ask:
        return [*speed_rows(ask), *agreement_rows(ask), *keyframe_rows()]
