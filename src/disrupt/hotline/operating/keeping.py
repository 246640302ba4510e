"""`retention` and `seed`: what comes to its end, said or done now; and made-up cases, for trials of speed."""

from __future__ import annotations

import argparse
import os
from typing import Any

NAMES = {"retention", "seed"}


def add_to(commands: Any) -> None:
    """Add both to the program's."""
    retention = commands.add_parser(
        "retention",
        help="destroy what has come to its end, or say what would be",
        description="What the worker does by itself, done now; what is under a legal hold stays. "
        "Prints how many cases, texts, proofs and files that are, the first by their reference.",
    )
    retention.add_argument("--dry-run", action="store_true", help="destroy nothing, say what would be")
    retention.add_argument(
        "--days", type=int, default=0, metavar="N", help="say also what ends within so many days"
    )
    seed = commands.add_parser(
        "seed",
        help="fill a trial's database with made-up cases",
        description="Rows as a hotline's, with ledgers that verify and no content. "
        "Refused where a case of a person is kept.",
    )
    seed.add_argument("--cases", type=int, required=True, metavar="N", help="how many open cases")
    seed.add_argument("--closed", type=int, default=0, metavar="N", help="how many ended ones beside them")
    seed.add_argument("--seed", type=int, default=1, metavar="N", help="the same number makes the same cases")


def run(args: argparse.Namespace, _places: object) -> int:
    """Run one of NAMES; return the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "disrupt.hotline.processes.all_in_one")
    import django

    django.setup()
    from django.core.management import CommandError, call_command

    options = {name: value for name, value in vars(args).items() if name != "command"}
    try:
        call_command(args.command, **options)
    except CommandError as error:
        raise SystemExit(str(error)) from None
    return 0
