"""`disrupt doctor`: is everything here that a look-up needs? Says what is not, and what to do about it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from itertools import chain
from pathlib import Path

from disrupt import __version__
from disrupt.partner.shared.options import add_max_age, add_trusted
from disrupt.partner.shared.said import complain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--bank", action="append", default=[], metavar="BANK", help="and this bank; repeatable"
    )
    parser.add_argument(
        "--health",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="and the sync that writes this health file (JSON); repeatable",
    )
    parser.add_argument("--url", help="and this exchange, with --key-file: its clock, the key's scopes")
    parser.add_argument("--key-file", type=Path, help="the file that holds the API key")
    add_max_age(parser)
    add_trusted(parser)


def run(args: argparse.Namespace) -> int:
    """A line for each check; 1 where one failed, 0 where there are warnings at most."""
    from disrupt.partner.doctor.checkup import checkup
    from disrupt.partner.doctor.exchange import exchange_checks
    from disrupt.partner.doctor.heart import heart_check

    if bool(args.url) != bool(args.key_file):
        complain("--url needs --key-file, and it an address", who="doctor", code="usage")
        return 2
    checks = []
    there = exchange_checks(args.url, args.key_file) if args.url else ()
    hearts = map(heart_check, args.health)
    for check in chain(checkup(args.bank, args.max_age, trusted=args.trusted), hearts, there):
        checks.append(check)
        if not args.json:
            print(f"{check.state:<8} {check.name:<8} {check.detail}", flush=True)
    failed = any(check.state == "failure" for check in checks)
    if args.json:
        state = "failure" if failed else "ok"
        print(json.dumps({"version": __version__, "state": state, "checks": [asdict(c) for c in checks]}))
    return 1 if failed else 0
