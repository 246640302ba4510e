"""`disrupt match`: look pictures and videos up in a bank, one JSON line a file, in the order named."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from disrupt.fingerprint import FingerprintError, Limits, Sandbox
from disrupt.matching.errors import MatchingError
from disrupt.matching.lookup import Findings, Match
from disrupt.matching.plans import BUDGET
from disrupt.matching.store import Bank
from disrupt.matching.upload import find_file
from disrupt.partner.hash import in_order, positive, printable, progress, walk

MOST_RADIUS = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a picture, a video, or a folder to walk")
    parser.add_argument("--bank", required=True, metavar="BANK", help="the bank's folder")
    parser.add_argument(
        "--level",
        choices=tuple(BUDGET),
        default="standard",
        help="how many edits to undo: "
        + ", ".join(f"{name} {views} views" for name, views in BUDGET.items())
        + " (%(default)s)",
    )
    parser.add_argument(
        "--radius",
        type=_radius,
        help="report nothing further than this many bits (31: what platforms block on without a human)",
    )
    parser.add_argument(
        "--sampling",
        choices=("seconds", "keyframes"),
        default="seconds",
        help="frames of a video to look up; keyframes is far faster and finds a little less (%(default)s)",
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="say how each match was found: its rectangle of the upload in pixels, its seconds of a video",
    )
    parser.add_argument(
        "--visualize",
        metavar="OUT",
        help="write each upload and its matched views side by side, as a picture in this folder",
    )
    parser.add_argument(
        "--jobs",
        type=positive,
        default=min(os.cpu_count() or 1, 4),
        help="how many files at once (%(default)s)",
    )


def run(args: argparse.Namespace) -> int:
    """Print a line for every file; 1 when some could not be read, 2 without a usable bank, else 0."""
    try:
        bank = Bank.open(args.bank)
    except (MatchingError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    for problem in bank.problems:
        print(problem, file=sys.stderr)
    failed = 0
    files = list(walk(args.paths))
    with Sandbox(Limits(), workers=args.jobs) as sandbox, progress(len(files)) as advance:

        def look_up(path: str) -> Findings | FingerprintError:
            try:
                found = find_file(
                    *(path, bank),
                    level=args.level,
                    radius=args.radius,
                    sampling=args.sampling,
                    sandbox=sandbox,
                )
                if args.visualize and found.matches:
                    _picture(path, found, args.visualize, sandbox)
            except FingerprintError as error:
                return error
            return found

        for path, found in in_order(look_up, files, args.jobs):
            if isinstance(found, FingerprintError):
                failed += 1
                print(f"{printable(path)}: {found}", file=sys.stderr)
            else:
                print(json.dumps(as_json(path, found, args.explain)), flush=sys.stdout.isatty())
            advance()
    return 1 if failed else 0


def as_json(path: str, found: Findings, explain: bool = False) -> dict[str, Any]:
    """The published form of what was found."""
    line: dict[str, Any] = {"path": path, "matches": [_match(match, explain) for match in found]}
    if found.refused:
        line["refused"] = found.refused
    return line


def _match(match: Match, explain: bool) -> dict[str, Any]:
    line: dict[str, Any] = {
        "entry": match.entry,
        "distance": match.distance,
        "view": match.view,
        "category": match.category,
        "certainty": match.certainty,
        "origin": match.origin,
        "needs_review": match.needs_review,
    }
    if explain:
        line["box"] = list(match.box) if match.box else None
        line["hash"] = match.hex or None
        line["role"] = match.role
        line["seconds"] = [
            {"upload": [s.start, s.end], "banked": [s.banked_start, s.banked_end], "frames": s.frames}
            for s in match.segments
        ]
    return line


def _picture(path: str, found: Findings, out: str, sandbox: Sandbox) -> None:
    from disrupt.partner.visual import side_by_side

    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    side_by_side(path, found, folder, sandbox)


def _radius(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MOST_RADIUS:
        raise argparse.ArgumentTypeError(f"from 0 to {MOST_RADIUS}")
    return number
