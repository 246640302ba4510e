"""The commands `ledger-head` and `verify-ledger`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

NAMES = {"ledger-head", "verify-ledger"}


def add_to(commands: Any) -> None:
    """Add these commands to the program's."""
    head = commands.add_parser(
        "ledger-head",
        help="write the signed head of all ledgers, to be kept elsewhere",
        description="One small file that names no case. Kept elsewhere, it shows later whether a ledger was "
        "rewritten. Run it every night.",
    )
    head.add_argument("folder", type=Path, metavar="FOLDER")
    head.add_argument("--mail", default=os.environ.get("DISRUPT_HEADS_EMAIL", ""), metavar="ADDRESS")
    head.add_argument(
        "--stamp",
        default=os.environ.get("DISRUPT_TIMESTAMP_URL", ""),
        metavar="URL",
        help="of a time-stamping authority (RFC 3161); it gets a digest, and the hotline's network address",
    )
    verify = commands.add_parser(
        "verify-ledger",
        help="verify the ledgers of all cases",
        description="Ends with 1 where any event was altered, removed, added or moved.",
    )
    verify.add_argument("--against", type=Path, metavar="FILE", help="a head that `ledger-head` wrote")
    verify.add_argument("--stamp", type=Path, metavar="FILE", help="the time stamp on that head")
    verify.add_argument("--authority", type=Path, metavar="PEM", help="whose stamp it is")


def run(args: argparse.Namespace) -> int:
    """Run one of NAMES; return the exit status."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.all_in_one"
    import django

    django.setup()
    return act(args)


def act(args: argparse.Namespace) -> int:
    """The same, where Django is ready."""
    return _head(args) if args.command == "ledger-head" else _verify(args)


def _head(args: argparse.Namespace) -> int:
    from disrupt.hotline.common.outbound.hook import HookFailed
    from disrupt.hotline.common.outbound.mail import BadAddress, OutboundError
    from disrupt.hotline.operating.pinning import heads, stamping

    path = heads.write(args.folder)
    sys.stdout.write(f"{path}\n")
    try:
        if args.stamp:
            sys.stdout.write(f"{stamping.stamp(path, args.stamp)}\n")
        if args.mail:
            heads.send(path, args.mail)
            sys.stdout.write(f"sent to {args.mail}\n")
    except (stamping.NotStamped, HookFailed, OutboundError, BadAddress) as error:
        sys.stderr.write(f"The head is written, and did not get further: {error}\n")
        return 2
    return 0


def _verify(args: argparse.Namespace) -> int:
    from django.core.management import CommandError, call_command

    from disrupt.hotline.operating.pinning import stamping

    try:
        if args.stamp:
            if not (args.against and args.authority):
                raise CommandError("A stamp is verified with --against and --authority.")
            stamping.verify(args.against, args.stamp, args.authority)
            sys.stdout.write("the head is the one that was stamped\n")
        call_command("verify_ledger", head=args.against)
    except (CommandError, stamping.NotStamped) as error:
        sys.stderr.write(f"{error}\n")
        return getattr(error, "returncode", 1)
    return 0
