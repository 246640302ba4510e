"""The commands `review-lock`, `keyholder` and `hand-over`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from disrupt.hotline.operating.backup.places import Places

NAMES = {"review-lock", "keyholder", "hand-over"}


def add_to(commands: Any) -> None:
    """Add these commands to the program's."""
    lock = commands.add_parser(
        "review-lock",
        help="have the review key brought in by several people at each start",
        description="Shares the review key out among operators and destroys its file. Console and worker "
        "then wait at their start until so many operators have run `hand-over`.",
    )
    lock.add_argument("--to", type=Path, metavar="FILE", help="the operators' public lines, one each")
    lock.add_argument("--needed", type=int, default=2, metavar="K", help="so many bring it in (default: 2)")
    lock.add_argument("--off", action="store_true", help="put the key back into its file, with --key")
    lock.add_argument("--key", type=Path, action="append", default=[], metavar="FILE", help="an operator's")
    commands.add_parser(
        "keyholder",
        help="hold the review key in memory, once the operators have handed it over",
        description="Gives it to console and worker on this machine, and to nobody else. It writes nothing: "
        "after it has ended, the operators hand over again.",
    )
    hand = commands.add_parser(
        "hand-over",
        help="hand an operator's share of the review key over",
        description="With --key on this machine. Or --key with --locked and --print where the key is kept, "
        "and what that printed as the input of `hand-over` here: the operator's key then stays there.",
    )
    hand.add_argument("--key", type=Path, metavar="FILE", help="the operator's key, as `backup-key` made it")
    hand.add_argument("--locked", type=Path, metavar="FILE", help="a copy of keys/review/review.locked")
    hand.add_argument("--print", action="store_true", help="print the share instead of handing it over")


def run(args: argparse.Namespace, places: Places) -> int:
    """Run one of NAMES; return the exit status."""
    from disrupt.hotline.common.together.asking import NotHandedOver
    from disrupt.hotline.common.together.sharing import LockDamaged, LockRefused, NotAShare
    from disrupt.hotline.operating.backup.errors import BackupError
    from disrupt.hotline.operating.together.locking import CannotLock

    known = (NotHandedOver, LockDamaged, LockRefused, NotAShare, BackupError, CannotLock, OSError)
    try:
        return {"review-lock": _lock, "keyholder": _hold, "hand-over": _hand_over}[args.command](args, places)
    except known as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _lock(args: argparse.Namespace, places: Places) -> int:
    from disrupt.hotline.operating.backup import operators
    from disrupt.hotline.operating.together import locking

    if args.off:
        locking.unlock(places.keys, [operators.private_key(path) for path in args.key])
        sys.stdout.write("keys/review/review.key is a file again.\n")
        return 0
    if args.to is None:
        raise locking.CannotLock("Name the operators' public lines with --to.")
    lines = [line for line in args.to.read_text("ascii").splitlines() if line.strip()]
    locking.lock(places.keys, [operators.public_key(line) for line in lines], args.needed)
    sys.stdout.write(
        f"The review key is locked: {args.needed} of {len(lines)} operators bring it in. Start the "
        "keyholder, then console and worker again. Make a backup now and destroy those of before: they hold "
        "the key.\n"
    )
    return 0


def _hold(_args: argparse.Namespace, places: Places) -> int:
    from disrupt.hotline.common.keys import review_lock
    from disrupt.hotline.operating.together import holder, locking

    try:
        lock = review_lock(places.keys).read_bytes()
    except FileNotFoundError:
        raise locking.CannotLock("The review key is not locked: there is nothing to hold.") from None
    holder.serve(holder.Holder(lock, holder.accounts(places.gives_to)), places.keyholder)
    return 0


def _hand_over(args: argparse.Namespace, places: Places) -> int:
    from disrupt.hotline.common.together import asking, sharing
    from disrupt.hotline.operating.backup import operators

    if args.key is None:
        said = sys.stdin.readline()
    else:
        lock = args.locked.read_bytes() if args.locked else asking.ask(places.keyholder, ask="lock")["lock"]
        shares = sharing.shares_of(sharing.read(lock), operators.private_key(args.key))
        if not shares:
            raise sharing.NotAShare("This key is of none of the operators who bring the review key in.")
        said = sharing.spoken(shares)
    if args.print:
        sys.stdout.write(f"{said}\n")
        return 0
    answer = asking.ask(places.keyholder, ask="hand-over", shares=said)
    if "error" in answer:
        raise sharing.NotAShare(answer["error"])
    if answer["open"]:
        sys.stdout.write("The review key is here: console and worker go on.\n")
    else:
        sys.stdout.write(
            f"{answer['given']} of the {answer['needed']} operators who are needed have handed over.\n"
        )
    return 0
