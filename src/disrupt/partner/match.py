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
from disrupt.matching.health import State
from disrupt.matching.lookup import Findings, Match
from disrupt.matching.plans import BUDGET
from disrupt.matching.upload import find_file
from disrupt.partner.bank_health import STATUS, add_max_age, open_to_match, status_of
from disrupt.partner.hash import in_order, positive, printable, progress, walk

MOST_RADIUS = 64


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a picture, a video, or a folder to walk")
    parser.add_argument("--bank", required=True, metavar="BANK", help="the bank's folder")
    add_max_age(parser)
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
        "--unblurred",
        action="store_true",
        help="with --visualize: show the pictures themselves (they are blurred, and readable by you alone)",
    )
    parser.add_argument(
        "--jobs",
        type=positive,
        default=min(os.cpu_count() or 1, 4),
        help="how many files at once (%(default)s)",
    )


def run(args: argparse.Namespace) -> int:
    """Print a line for every file; else than 0 wherever "no match" may not be believed.

    1 when some files could not be read, 2 without a bank, 3 an empty one (nothing is looked up), 4 a stale
    one, 5 a damaged one (what can be read of either is looked up, and each line says so).
    """
    try:
        bank, health = open_to_match(args.bank, args.max_age)
    except (MatchingError, OSError) as error:
        print(error, file=sys.stderr)
        return status_of(error)
    if not len(bank):
        return STATUS[health.state]
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
                    _picture(path, found, args, sandbox)
            except FingerprintError as error:
                return error
            return found

        for path, found in in_order(look_up, files, args.jobs):
            if isinstance(found, FingerprintError):
                failed += 1
                print(f"{printable(path)}: {found}", file=sys.stderr)
            else:
                line = as_json(path, found, args.explain, health.state)
                print(json.dumps(line), flush=sys.stdout.isatty())
            advance()
    return STATUS[health.state] or (1 if failed else 0)


def as_json(path: str, found: Findings, explain: bool = False, state: State = "clean") -> dict[str, Any]:
    """The published form of what was found, in a bank of this state."""
    line: dict[str, Any] = {
        "path": path,
        "action": found.action,
        "matches": [_match(match, explain) for match in found],
    }
    if state != "clean":
        line["bank"] = state
    if found.refused:
        line["refused"] = found.refused
    return line


def _match(match: Match, explain: bool) -> dict[str, Any]:
    line: dict[str, Any] = {
        "entry": match.entry,
        "action": match.action,
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


def _picture(path: str, found: Findings, args: argparse.Namespace, sandbox: Sandbox) -> None:
    from disrupt.partner.visual import side_by_side

    folder = Path(args.visualize)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    side_by_side(path, found, folder, sandbox, blurred=not args.unblurred)


def _radius(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MOST_RADIUS:
        raise argparse.ArgumentTypeError(f"from 0 to {MOST_RADIUS}")
    return number
