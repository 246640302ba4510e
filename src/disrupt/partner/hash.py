"""`disrupt hash`: fingerprint pictures and videos, one JSON line a file, in the order they were named."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from disrupt.fingerprint import (
    FingerprintError,
    ImageFingerprint,
    Limits,
    Pdq,
    Sandbox,
    VideoFingerprint,
    VpdqFrame,
    fingerprint_file,
)
from disrupt.partner.shared.options import add_jobs, add_trusted
from disrupt.partner.shared.said import complain
from disrupt.partner.shared.words import printable as printable

Done = TypeVar("Done")
Outcome = ImageFingerprint | VideoFingerprint | FingerprintError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder to walk")
    parser.add_argument(
        "--sampling",
        choices=("seconds", "keyframes"),
        default="seconds",
        help="which frames of a video: one a second (standard), or key frames (about ten times faster)",
    )
    add_jobs(parser)
    add_trusted(parser)


def run(args: argparse.Namespace) -> int:
    """Print a line for every file; 1 when some could not be read, else 0."""
    failed = 0
    files = list(walk(args.paths))
    with _hasher(args) as fingerprint, progress(len(files)) as advance:
        for path, outcome in in_order(fingerprint, files, args.jobs):
            if isinstance(outcome, FingerprintError):
                failed += 1
                complain(outcome, path=path)
            else:
                print(json.dumps(as_json(path, outcome)), flush=sys.stdout.isatty())
            advance()
    return 1 if failed else 0


def walk(paths: Sequence[str]) -> Iterator[str]:
    """The paths, folders replaced by the files below them in the order of their names."""
    for path in paths:
        if not Path(path).is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders.sort()
            yield from (os.path.join(folder, name) for name in sorted(names))  # noqa: PTH118  # keeps "./"


def in_order(
    fingerprint: Callable[[str], Done], files: Iterable[str], jobs: int
) -> Iterator[tuple[str, Done]]:
    """Each file with its outcome, in order, `jobs` at once and never far ahead of the reader."""
    if jobs == 1:
        yield from ((path, fingerprint(path)) for path in files)
        return
    ahead: deque[tuple[str, Future[Done]]] = deque()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for path in files:
                ahead.append((path, pool.submit(fingerprint, path)))
                if len(ahead) > 4 * jobs:
                    first, future = ahead.popleft()
                    yield first, future.result()
            while ahead:
                first, future = ahead.popleft()
                yield first, future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def as_json(path: str, found: ImageFingerprint | VideoFingerprint) -> dict[str, Any]:
    """The published form of a fingerprint."""
    line: dict[str, Any] = {
        "path": path,
        "kind": found.kind,
        "sha256": found.sha256,
        "md5": found.md5,
        "width": found.width,
        "height": found.height,
    }
    if isinstance(found, ImageFingerprint):
        line["pdq"] = _pdq(found.pdq)
        if found.upright is not None:
            line["upright"] = {"pdq": _pdq(found.upright)}
        if found.shown:
            line["shown"] = [{"form": one.form, "pdq": _pdq(one.pdq)} for one in found.shown]
    else:
        line["duration"] = round(found.duration, 3)
        line["vpdq"] = _frames(found.vpdq)
        if found.upright:
            line["upright"] = {"vpdq": _frames(found.upright)}
    if found.notes:
        line["notes"] = list(found.notes)
    return line


def _frames(frames: Sequence[VpdqFrame]) -> list[dict[str, Any]]:
    return [
        {"frame": f.frame, "timestamp": round(f.timestamp, 3), "quality": f.quality, "hex": f.hex}
        for f in frames
    ]


def _pdq(pdq: Pdq) -> dict[str, Any]:
    return {"hex": pdq.hex, "quality": pdq.quality}


@contextmanager
def _hasher(args: argparse.Namespace) -> Iterator[Callable[[str], Outcome]]:
    """A function from a path to its fingerprint or the error, and the sandbox it needs."""
    if args.trusted:
        yield partial(_outcome, sampling=args.sampling, trusted=True)
        return
    with Sandbox(Limits(), workers=args.jobs) as sandbox:
        yield partial(_outcome, sampling=args.sampling, sandbox=sandbox)


def _outcome(path: str, **options: Any) -> Outcome:
    try:
        return fingerprint_file(path, **options)
    except FingerprintError as error:
        return error


@contextmanager
def progress(total: int) -> Iterator[Callable[[], object]]:
    """A bar on stderr where that is a terminal; yields what to call after each file."""
    if not sys.stderr.isatty() or total < 2:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield partial(bar.advance, task)
