"""`disrupt bank`: look into a bank, or make your own from files or lists of hashes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict

from disrupt.matching import Bank, BankFileError, BankMissing, MatchingError, Withdraw
from disrupt.matching.entries import entry_to_json
from disrupt.partner.bank import marks
from disrupt.partner.bank.adding import add as add_to_bank
from disrupt.partner.bank.health import STATUS, open_to_match, status_of, told_time
from disrupt.partner.following.cursors import all_anew
from disrupt.partner.hash import printable
from disrupt.partner.shared.options import add_max_age, positive
from disrupt.partner.shared.said import complain


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="ACTION", parser_class=argparse.ArgumentParser
    )
    stat = actions.add_parser("stat", help="figures about a bank, and what is wrong with it")
    stat.add_argument("bank", metavar="BANK")
    stat.add_argument(
        "--repair", action="store_true", help="drop the lines that cannot be read, and say which"
    )
    health = actions.add_parser(
        "health", help="can it be relied on? exit 0 clean, 3 empty, 4 stale, 5 damaged"
    )
    health.add_argument("bank", metavar="BANK")
    add_max_age(health)
    for name, text in (("list", "the entries, one JSON line each"), ("verify", "compare every checksum")):
        actions.add_parser(name, help=text).add_argument("bank", metavar="BANK")
    add = actions.add_parser(
        "add", help="bank your own files, or a list of hashes (makes the bank if need be)"
    )
    add.add_argument("bank", metavar="BANK")
    add.add_argument("paths", nargs="*", metavar="PATH", help="a picture, a video, or a folder to walk")
    add.add_argument("--category", default="", help="the category of what is added")
    add.add_argument(
        "--hashes", metavar="FILE", help="a list: one PDQ (64 hexadecimal digits) a line, or CSV with an id"
    )
    add.add_argument("--jobs", type=positive, default=1, help="how many files at once (%(default)s)")
    remove = actions.add_parser("remove", help="take entries out, by their ids")
    remove.add_argument("bank", metavar="BANK")
    remove.add_argument("ids", nargs="+", metavar="ID")
    marks.add_arguments(actions)


def run(args: argparse.Namespace) -> int:
    """Do it; 1 when something could not be read or done, 2 for bad usage or no bank, else 0."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "stat": _stat,
        "list": _list,
        "verify": _verify,
        "health": _health,
        "add": add_to_bank,
        "remove": _remove,
        **dict.fromkeys(("mute", "unmute", "label"), marks.mark),
    }
    try:
        return actions[args.action](args)
    except (MatchingError, OSError) as error:
        complain(error)
        missing, rotten = isinstance(error, BankMissing), isinstance(error, BankFileError)
        return status_of(error) if missing or (rotten and args.action == "health") else 1


def _open(path: str) -> tuple[Bank, int]:
    """The bank, and 1 when some of it could not be read (which is told)."""
    bank = Bank.open(path)
    for problem in bank.problems:
        complain(problem)
    return bank, 1 if bank.problems else 0


def _stat(args: argparse.Namespace) -> int:
    if args.repair:
        status, (bank, problems) = 0, Bank.recover(args.bank)
        for one in problems:
            line = f": line {one.line}" * bool(one.line)
            complain(f"dropped or rebuilt: {one.path}{line}: {one.reason}", code=one.code)
        if bank.source and any(problem.line for problem in problems):
            bank.apply([], cursor=all_anew(bank))  # what was dropped may have been a withdrawal
            complain("the next `disrupt sync` reads the feed from its start")
    else:
        bank, status = _open(args.bank)
    stat = bank.stat()
    if args.json:
        fields = {name: getattr(stat, name) for name in stat.__dataclass_fields__} | {
            "counts": [
                {"kind": kind, "origin": origin, "status": state, "category": category, "entries": count}
                for (kind, origin, state, category), count in stat.counts.items()
            ],
            "problems": [str(problem) for problem in stat.problems],
        }
        print(json.dumps(fields, ensure_ascii=False))
        return status
    rows = [
        ("bank", stat.path),
        ("source", stat.source or "(none)"),
        ("cursor", "(none)" if stat.cursor is None else stat.cursor),
        ("entries", f"{stat.entries:,}"),
        ("hashes looked up", f"{stat.hashes:,}"),
        ("on disk", f"{stat.bytes:,} bytes (journal {stat.journal_bytes:,}), generation {stat.generation}"),
    ]
    rows += [
        (f"  {kind}, {origin}, {state}", f"{count:,}" + (f"  {printable(category)}" if category else ""))
        for (kind, origin, state, category), count in sorted(stat.counts.items())
    ]
    width = max(len(name) for name, _ in rows)
    print("\n".join(f"{name:<{width}}  {printable(value)}" for name, value in rows))
    return status


def _list(args: argparse.Namespace) -> int:
    bank, status = _open(args.bank)
    for entry in bank.entries():
        print(entry_to_json(entry))
    return status


def _verify(args: argparse.Namespace) -> int:
    bank = Bank.open(args.bank)
    problems = bank.verify()
    for problem in problems:
        complain(problem)
    if args.json:
        print(json.dumps({"entries": len(bank), "problems": [str(one) for one in problems]}))
    elif not problems:
        print(f"{len(bank)} entries, every checksum as written")
    return 1 if problems else 0


def _health(args: argparse.Namespace) -> int:
    bank, health = open_to_match(args.bank, args.max_age)
    if args.json:
        print(json.dumps(asdict(health) | {"bank": str(bank.path), "fetched_at": told_time(health.fetched)}))
    else:
        print(
            f"{health.state}: {health.entries:,} entries, last fetched {told_time(health.fetched) or 'never'}"
        )
    return STATUS[health.state]


def _remove(args: argparse.Namespace) -> int:
    bank, status = _open(args.bank)
    unknown = [entry_id for entry_id in args.ids if bank.get(entry_id) is None]
    for entry_id in unknown:
        complain("no such entry", path=entry_id, code="no_such_entry")
    done = bank.apply([Withdraw(entry_id) for entry_id in args.ids])
    marks.told_count(args, "removed", done.withdrawn)
    return 1 if unknown else status
