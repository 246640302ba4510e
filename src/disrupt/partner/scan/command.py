"""`disrupt scan`: look a back catalogue up; the same command again goes on where a kill left it."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from disrupt.fingerprint import Limits, Sandbox
from disrupt.partner.scan.columns import check_installed, record_of, write_columns
from disrupt.partner.scan.making import by_cluster, here
from disrupt.partner.scan.progress import Progress
from disrupt.partner.scan.sources import Sources, files
from disrupt.partner.shared.options import add_jobs, add_level, add_max_age, age, positive
from disrupt.partner.shared.said import complain

if TYPE_CHECKING:
    from disrupt.matching.health import State
    from disrupt.partner.scan.prints import Prints
    from disrupt.partner.scan.results import Results


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "sources",
        nargs="*",
        metavar="SOURCE",
        help="a file, a folder, s3://bucket/..., a .warc.gz, a .parquet",
    )
    parser.add_argument("--bank", required=True, action="append", metavar="BANK", help="repeatable")
    parser.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="FILE",
        help="where the rows go; FILE.parquet: as Parquet",
    )
    parser.add_argument(
        "--list",
        action="append",
        default=[],
        metavar="FILE",
        help="and the paths in this file, one a line; - reads them",
    )
    parser.add_argument(
        "--column", default="", help="of a .parquet: the content, or a path or address (content, else path)"
    )
    parser.add_argument("--database", default="", metavar="URL", help="sqlite:FILE or postgresql://...")
    parser.add_argument(
        "--query",
        default="",
        metavar="SQL",
        help="to --database: a path a row, or a name and the content",
    )
    parser.add_argument(
        "--since",
        type=_moment,
        metavar="WHEN",
        help="only files changed since: 2026-11-30, or 7d for seven days",
    )
    parser.add_argument(
        "--keep-prints",
        type=Path,
        metavar="FOLDER",
        help="keep every file's fingerprints here, so that new entries need not read it again",
    )
    parser.add_argument(
        "--recheck",
        type=Path,
        metavar="FILE",
        help="read no file: compare what is new in the bank with --keep-prints of the scan that wrote FILE",
    )
    parser.add_argument(
        "--most-a-second", type=positive, metavar="FILES", help="be polite to where the files are"
    )
    parser.add_argument(
        "--sink",
        choices=("feedback",),
        help="in the end, tell the exchange of --url which of its entries were found (pending-review)",
    )
    parser.add_argument("--url", help="with --sink: the exchange, for example https://exchange.example")
    parser.add_argument(
        "--key-file", type=Path, help="with --sink: the key, with the scope exchange:feedback:write"
    )
    parser.add_argument("--progress", type=positive, metavar="SECONDS", help="say how far it is, so often")
    parser.add_argument(
        "--ray",
        default="",
        metavar="ADDRESS",
        help="look up on this Ray cluster (or `auto`), where files and banks are under the same names",
    )
    add_level(parser)
    add_jobs(parser)
    add_max_age(parser)


def _moment(text: str) -> float:
    try:
        return datetime.fromisoformat(text).astimezone(UTC).timestamp()
    except ValueError:
        seconds = age(text)
        return 0.0 if seconds is None else time.time() - seconds


def run(args: argparse.Namespace) -> int:
    """0 all done; 1 some files could not be read; 2 cannot begin; 3, 4, 5 the state of the bank."""
    if not (args.sources or args.list or args.query or args.recheck):
        complain("name a SOURCE, --list FILE or --query SQL", who="scan", code="usage")
        return 2
    if bool(args.query) != bool(args.database):
        complain("--query SQL needs --database URL, and it a query", who="scan", code="usage")
        return 2
    if args.recheck and not args.keep_prints:
        complain("--recheck needs the --keep-prints of that scan", who="scan", code="usage")
        return 2
    if args.ray and (args.keep_prints or args.recheck):
        complain("--ray keeps no prints", who="scan", code="usage")
        return 2
    if args.sink and not (args.url and args.key_file):
        complain("--sink feedback needs --url and --key-file", who="scan", code="usage")
        return 2
    with Sandbox(Limits(), workers=args.jobs) as sandbox:
        if not args.recheck and not args.ray:
            sandbox.start()
        from disrupt.errors import DisruptError
        from disrupt.matching.several import named
        from disrupt.partner.bank.health import STATUS, open_to_match, status_of

        try:
            opened = [open_to_match(path, args.max_age) for path in args.bank]
        except (DisruptError, OSError) as error:
            complain(error)
            return status_of(error)
        worst: State = max((health.state for _, health in opened), key=lambda state: STATUS[state])
        if worst == "empty" or not any(len(bank) for bank, _ in opened):
            return STATUS[worst]
        banks = named([bank for bank, _ in opened])
        try:
            check_installed(args.out)
            if args.ray:
                from disrupt.partner.scan.on_ray import check_ray

                check_ray()
            tell = _sink(args, banks)
            failed = _recheck(args, banks) if args.recheck else _scan(args, banks, worst, sandbox)
            write_columns(args.out)
            tell()
        except (DisruptError, OSError) as error:
            complain(error, who="scan")
            return 2
        return STATUS[worst] or (1 if failed else 0)


def _sink(args: argparse.Namespace, banks: dict[str, Any]) -> Callable[[], None]:
    """What tells the exchange in the end; its address and key are looked at now. Raises SyncError."""
    if not args.sink:
        return lambda: None
    from disrupt.partner.feedback import tell_found
    from disrupt.partner.following.feed_client import base_address
    from disrupt.partner.shared.keyfile import read_key

    base, key = base_address(args.url), read_key(args.key_file)

    def tell() -> None:
        complain(f"{tell_found(banks, record_of(args.out), base, key)} hashes told of to {base}", code="told")

    return tell


def _scan(args: argparse.Namespace, banks: dict[str, Any], state: State, sandbox: Sandbox) -> int:
    """Go through every file that has no row yet; how many could not be read."""
    from disrupt.partner.scan.prints import Prints
    from disrupt.partner.scan.results import Results

    settings = {"level": args.level, "radius": args.radius, "sampling": args.sampling, "banks": sorted(banks)}
    settings["prints"] = args.keep_prints is not None
    failed = 0
    with Results(record_of(args.out), settings) as results:
        prints: Prints | None = None
        if args.keep_prints:
            prints = Prints(args.keep_prints, results.rows, list(banks.values()))
        progress = Progress(_sources(args), args.progress, results.rows)
        paths = _still(args, results)
        made = (
            by_cluster(args, state, paths) if args.ray else here(args, banks, state, sandbox, paths, prints)
        )
        try:
            for row, hashes in made:
                failed += "error" in row
                if prints is not None:
                    prints.write(results.rows, hashes)
                results.write(row)
                progress.advance(row)
        finally:
            if prints is not None:
                prints.close()
        progress.tell()
        if args.json:
            told = {
                "rows": results.rows,
                "done": progress.done,
                "unreadable": failed,
                "found": progress.found,
            }
            print(json.dumps(told))
    return failed


def _sources(args: argparse.Namespace) -> Sources:
    return Sources(args.sources, args.list, args.since, args.column, args.database, args.query)


def _still(args: argparse.Namespace, results: Results) -> Iterator[str]:
    """The files without a row, each once, and no more of them a second than is allowed."""
    due = time.monotonic()
    for path in files(_sources(args)):
        if not results.claim(path):
            continue
        if args.most_a_second:
            due = max(due, time.monotonic() - 1) + 1 / args.most_a_second
            time.sleep(max(0.0, due - time.monotonic()))
        yield path


def _recheck(args: argparse.Namespace, banks: dict[str, Any]) -> int:
    """Write a row for each file that what is new in the bank is found in."""
    from disrupt.partner.scan.prints import note_known
    from disrupt.partner.scan.recheck import new_entries, recheck
    from disrupt.partner.scan.results import CannotGoOn, Results

    new = len(new_entries(args.keep_prints, banks))
    if args.out.exists():
        raise CannotGoOn(f"{args.out}: is there already: name a new file for what a re-check finds")
    found = list(recheck(args.keep_prints, record_of(args.recheck), banks, args.radius))
    with Results(record_of(args.out), {"recheck": str(args.recheck)}) as results:
        for row in found:
            results.write(row)
    note_known(args.keep_prints, list(banks.values()))
    if args.json:
        print(json.dumps({"rows": results.rows, "new_entries": new, "found": len(found)}))
    else:
        complain(f"{new} new entries, found in {len(found)} files")
    return 0
