"""`disrupt match`: look pictures and videos up in a bank, one JSON line a file, in the order named."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from disrupt.fingerprint import FingerprintError, Limits, Sandbox
from disrupt.partner.hash import in_order, progress, walk
from disrupt.partner.shared.options import add_jobs, add_level, add_max_age, add_trusted
from disrupt.partner.shared.said import complain

if TYPE_CHECKING:
    from disrupt.matching import Bank
    from disrupt.matching.health import State
    from disrupt.matching.lookup import Findings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a picture, a video, or a folder to walk")
    parser.add_argument("--bank", required=True, metavar="BANK", help="the bank's folder")
    add_max_age(parser)
    add_level(parser)
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
    add_jobs(parser)
    add_trusted(parser)


def run(args: argparse.Namespace) -> int:
    """Print a line for every file; else than 0 wherever "no match" may not be believed.

    1 when some files could not be read (their lines have `error`, and ask for a review), 2 without a bank, 3
    an empty one (nothing is looked up), 4 a stale one, 5 a damaged one (what can be read of either is looked
    up, and each line says so).
    """
    with Sandbox(Limits(), workers=args.jobs) as sandbox:
        if not args.trusted:
            sandbox.start()  # while this process loads what looking up needs, which takes as long
        from disrupt.matching.errors import MatchingError
        from disrupt.partner.bank.health import STATUS, open_to_match, status_of

        try:
            bank, health = open_to_match(args.bank, args.max_age)
        except (MatchingError, OSError) as error:
            complain(error)
            return status_of(error)
        if not len(bank):
            return STATUS[health.state]
        try:
            all_read = _look_up_all(args, bank, health.state, sandbox)
        except (
            MatchingError,
            OSError,
        ) as error:  # a bank that rotted unseen; a picture that cannot be written
            complain(error, who="match")
            return status_of(error) if isinstance(error, MatchingError) else 1
        return STATUS[health.state] or (0 if all_read else 1)


def _look_up_all(args: argparse.Namespace, bank: Bank, state: State, sandbox: Sandbox) -> bool:
    """Print a line for each file; whether all could be read."""
    from disrupt.matching import look_up
    from disrupt.matching._warm import warm_views
    from disrupt.partner.answers import as_json, error_as_json

    warm_views(args.level)
    failed = 0
    files = list(walk(args.paths))

    def outcome(path: str) -> Findings | FingerprintError:
        try:
            found = look_up(
                *(path, bank),
                level=args.level,
                radius=args.radius,
                sampling=args.sampling,
                trusted=args.trusted,
                sandbox=sandbox,
            )
            if args.visualize and found.matches:
                _picture(path, found, args, sandbox)
        except FingerprintError as error:
            return error
        return found

    with progress(len(files)) as advance:
        for path, found in in_order(outcome, files, args.jobs):
            if isinstance(found, FingerprintError):
                failed += 1
                complain(found, path=path)
                line = error_as_json(path, found, bank, args.explain, state)
            else:
                line = as_json(path, found, args.explain, state)
            print(json.dumps(line), flush=sys.stdout.isatty())
            advance()
    return not failed


def _picture(path: str, found: Findings, args: argparse.Namespace, sandbox: Sandbox) -> None:
    from disrupt.partner.visual import side_by_side

    folder = Path(args.visualize)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    side_by_side(path, found, folder, sandbox, blurred=not args.unblurred, trusted=args.trusted)
