"""What a platform itself writes on entries: not acted upon here, with the reason, and labels.

The decision is the platform's own. It stays when the entry is fetched anew; `disrupt feedback --muted` tells
the hotline of it.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

from disrupt.matching import Bank, BankEntry
from disrupt.partner.shared.said import complain
from disrupt.protocol.feedback import Why

REASONS = tuple(one.value for one in Why if one)
"""Why an entry is not acted upon: the words in which the hotline is told."""

_LONGEST = 1000


def add_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare `mute`, `unmute` and `label`."""
    mute = actions.add_parser("mute", help="act on these entries no more here, whatever the source says")
    mute.add_argument("--why", choices=REASONS, default="other", help="the reason (%(default)s)")
    unmute = actions.add_parser("unmute", help="act on these entries again")
    label = actions.add_parser("label", help="write a label on entries, which every match with them shows")
    label.add_argument("--text", required=True, help="the label; empty takes it away")
    for one in (mute, unmute, label):
        one.add_argument("bank", metavar="BANK")
        one.add_argument("ids", nargs="+", metavar="ID")


def mark(args: argparse.Namespace) -> int:
    """Write it on every entry that is there; 1 where one is not. Raises BankError, OSError."""
    if args.action == "label" and len(args.text) > _LONGEST:
        complain(f"a label has at most {_LONGEST} characters", who="bank label", code="usage")
        return 2

    def written(entry: BankEntry) -> BankEntry:
        if args.action == "label":
            return replace(entry, label=args.text)
        muted = args.action == "mute"
        return replace(entry, status="muted" if muted else "active", reason=args.why if muted else "")

    bank = Bank.open(args.bank)
    for problem in bank.problems:
        complain(problem)
    unknown = [entry_id for entry_id in args.ids if bank.get(entry_id) is None]
    for entry_id in unknown:
        complain("no such entry", path=entry_id, code="no_such_entry")
    told_count(args, "marked", bank.mark(args.ids, written).added)
    return 1 if bank.problems or unknown else 0


def told_count(args: argparse.Namespace, what: str, count: int) -> None:
    """Say how many it were: for people beside what is printed, with --json as its last line."""
    if args.json:
        print(json.dumps({what: count}))
    else:
        complain(f"{count} {what}")
