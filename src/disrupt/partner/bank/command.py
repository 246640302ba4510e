"""`disrupt bank`: look into a bank, or make your own from files or lists of hashes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

from disrupt.fingerprint import (
    FingerprintError,
    ImageFingerprint,
    Limits,
    Sandbox,
    VideoFingerprint,
    fingerprint_file,
)
from disrupt.matching import (
    Add,
    Bank,
    BankEntry,
    BankFileError,
    BankMissing,
    FrameValue,
    MatchingError,
    PdqValue,
    Withdraw,
)
from disrupt.matching.entries import check_entry, entry_to_json
from disrupt.partner.bank.health import STATUS, open_to_match, status_of, told_time
from disrupt.partner.bank.lists import BadLine, read_list
from disrupt.partner.following.cursors import all_anew
from disrupt.partner.hash import in_order, printable, progress, walk
from disrupt.partner.shared.options import add_max_age, positive
from disrupt.partner.shared.said import complain

_BATCH, _LISTED = 500, 20_000  # entries written at a time: of files, of lists


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


def run(args: argparse.Namespace) -> int:
    """Do it; 1 when something could not be read or done, 2 for bad usage or no bank, else 0."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "stat": _stat,
        "list": _list,
        "verify": _verify,
        "health": _health,
        "add": _add,
        "remove": _remove,
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
    _count(args, "removed", done.withdrawn)
    return 1 if unknown else status


def _add(args: argparse.Namespace) -> int:
    if not args.paths and not args.hashes:
        complain("name at least one PATH, or --hashes FILE", who="bank add", code="usage")
        return 2
    try:
        bank, status = _open(args.bank)
    except BankMissing:
        status = 0
        if args.hashes:  # at once: a list may have millions
            listed = _List(args.hashes, args.category)
            bank = Bank.load(args.bank, listed)
            status |= listed.told(args)
        else:
            bank = Bank.create(args.bank)
    else:
        if args.hashes:
            status |= _add_list(bank, args)
    if args.paths:
        status |= _add_files(bank, args)
    return status


class _List:
    """The entries of a list; the lines that are none are told as they come."""

    def __init__(self, path: str, category: str) -> None:
        self._path, self._category = path, category
        self._added = self._bad = 0

    def __iter__(self) -> Iterator[BankEntry]:
        with Path(self._path).open(encoding="utf-8", errors="replace") as lines:
            for found in read_list(lines, category=self._category):
                if isinstance(found, BadLine):
                    complain(f"line {found.line}: {found.reason}", path=self._path, code="bad_line")
                    self._bad += 1
                else:
                    self._added += 1
                    yield found

    def told(self, args: argparse.Namespace) -> int:
        """Say how many there were; 1 where a line was none."""
        _count(args, "added", self._added)
        return 1 if self._bad else 0


def _count(args: argparse.Namespace, what: str, count: int) -> None:
    """Say how many it were: for people beside what is printed, with --json as its last line."""
    if args.json:
        print(json.dumps({what: count}))
    else:
        complain(f"{count} {what}")


def _add_list(bank: Bank, args: argparse.Namespace) -> int:
    listed = _List(args.hashes, args.category)
    entries = iter(listed)
    while batch := [Add(entry) for entry in islice(entries, _LISTED)]:
        bank.apply(batch)
    bank.settle()
    return listed.told(args)


def _add_files(bank: Bank, args: argparse.Namespace) -> int:
    files = [*walk(args.paths)]
    pending: list[Add] = []
    added = status = 0

    with Sandbox(Limits(), workers=args.jobs) as sandbox, progress(len(files)) as advance:

        def outcome(path: str) -> ImageFingerprint | VideoFingerprint | FingerprintError:
            try:
                return fingerprint_file(path, sandbox=sandbox)
            except FingerprintError as error:
                return error

        for path, found in in_order(outcome, files, args.jobs):
            if isinstance(found, FingerprintError):
                complain(found, path=path)
                status = 1
            else:
                entry = own_entry(found, args.category)
                if entry.digest_only:
                    complain("too flat or blurred: only exact copies will be found", path=path, code="flat")
                print(json.dumps({"path": path, "entry": entry.id}))
                pending.append(Add(entry))
                added += 1
            if len(pending) >= _BATCH:
                bank.apply(pending)
                pending = []
            advance()
    bank.apply(pending)
    bank.settle()
    _count(args, "added", added)
    return status


def own_entry(found: ImageFingerprint | VideoFingerprint, category: str = "") -> BankEntry:
    """A platform's own entry, whose id follows from the file's bytes: adding a file twice banks it once."""
    if isinstance(found, VideoFingerprint):
        frames = tuple(
            FrameValue(f.frame, f.timestamp, f.quality, f.hex) for f in (*found.vpdq, *found.upright)
        )
        pictures: tuple[PdqValue, ...] = ()
    else:
        frames = ()
        pictures = (PdqValue(found.pdq.hex, found.pdq.quality),)
        if found.upright is not None:
            pictures += (PdqValue(found.upright.hex, found.upright.quality, "upright"),)
        pictures += tuple(PdqValue(one.pdq.hex, one.pdq.quality, "shown") for one in found.shown)
    return check_entry(
        BankEntry(
            id=f"own:{found.sha256[:40]}",
            kind=found.kind,
            category=category,
            origin="own",
            sha256=found.sha256,
            md5=found.md5,
            pdq=pictures,
            vpdq=frames,
        )
    )
