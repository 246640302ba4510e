"""The hotline's own commands: its processes, what an operator needs beside them, a demonstration."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from disrupt.hotline.common.running.hardening import keep_memory_private
from disrupt.hotline.common.running.last_words import say_where_only
from disrupt.hotline.common.running.loading import loading
from disrupt.hotline.operating import commands as operating
from disrupt.hotline.operating.backup.places import Places

PROCESSES = {"portal": 8000, "console": 8001, "exchange": 8002, "answers": 8003}
# What runs until it is stopped, and whose words go into a journal.
STAY = {*PROCESSES, "worker", "checker", "taking", "watch", "keyholder"}
# Uploads hold a thread each, for minutes: the portal has more than may upload at once (UPLOADS_AT_ONCE).
THREADS = {"portal": 96, "console": 16, "exchange": 16, "answers": 8}


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="disrupt-hotline", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("init", help="make the keys and the database tables; safe to repeat")
    for name, port in PROCESSES.items():
        sub = commands.add_parser(name, help=f"serve the {name}")
        sub.add_argument("--bind", default=f"127.0.0.1:{port}")
        sub.add_argument("--threads", type=int, default=THREADS[name])
    worker = commands.add_parser("worker", help="do what is due, until stopped")
    worker.add_argument("--once", action="store_true", help="go round once and stop")
    worker.add_argument("--pause", type=float, default=1.0, help="seconds between rounds with nothing to do")
    checker = commands.add_parser("checker", help="look at reported addresses, until stopped")
    checker.add_argument("--once", action="store_true", help="look at what is due now and stop")
    checker.add_argument("--pause", type=float, default=1.0, help="seconds between rounds with nothing to do")
    checker.add_argument("--threads", type=int, default=64, help="looks at once")
    taking = commands.add_parser("taking", help="take in what `relay` has fetched of other lists")
    taking.add_argument("--once", action="store_true", help="take in what is there now and stop")
    taking.add_argument("--pause", type=float, default=1.0, help="seconds between rounds with nothing to do")
    relay = commands.add_parser("relay", help="fetch other lists (`disrupt relay`)")
    for name in ("--sources", "--folder", "--watch"):
        relay.add_argument(name, required=name != "--watch")
    manage = commands.add_parser("manage", help="Django's management commands", add_help=False)
    manage.add_argument("rest", nargs=argparse.REMAINDER)
    operating.add_to(commands)
    demo = commands.add_parser("demo", help="the whole chain on this machine, step by step")
    demo.add_argument("--exit", action="store_true", help="stop when the chain is done")
    demo.add_argument("--port", type=int, default=8000, help="the portal's port; the others follow it")
    demo.add_argument("--var", type=Path, default=Path("var/demo"), help="folder of the demonstration")
    demo.add_argument("--examples", type=Path, default=Path("examples"), help="folder of example pictures")
    year = commands.add_parser(
        "simulate",
        help="a simulated year at the real processes, and an accountant's report",
        description="In a temporary folder with processes of its own, never on your hotline; it needs "
        "the extra `demo`. Ends with 1 where anything was lost, double, late or false.",
    )
    year.add_argument("--reports", type=int, default=200, help="people who report (default: %(default)s)")
    year.add_argument("--days", type=int, default=7, help="days that pass (default: %(default)s)")
    year.add_argument("--seed", type=int, default=1, help="the same number gives the same people")
    year.add_argument("--step-hours", type=float, default=6.0, help="the clock moves by so much (default: 6)")
    year.add_argument("--analysts", type=int, default=2, help="at work at every hour (default: 2)")
    year.add_argument("--pace", type=float, default=8.0, help="cases an hour of each analyst (default: 8)")
    year.add_argument(
        "--second", type=float, default=10.0, help="percent that a second person is asked about"
    )
    year.add_argument("--errs", type=float, default=0.03, help="so many looks see a case wrongly")
    year.add_argument("--kills", type=float, default=0.3, help="in so many steps a process is killed")
    year.add_argument("--visits", type=int, default=8, help="so often a partner syncs (default: 8)")
    year.add_argument(
        "--doubts", type=float, default=0.05, help="of so many entries the partner thinks otherwise"
    )
    year.add_argument("--database", default="", help="an empty PostgreSQL database; else SQLite")
    year.add_argument("--to", default="", help="in the midst of it upgrade to the package in this folder")
    year.add_argument("--workers", type=int, default=1, help="on one database (default: 1)")
    year.add_argument("--port", type=int, default=18000, help="the portal's port; the others follow it")
    _add_staff(commands)
    return parser


def _add_staff(commands: Any) -> None:
    """Every assumption of the arithmetic is an option."""
    from disrupt.hotline.demo.year.staffing import Assumed

    staff = commands.add_parser(
        "staff",
        help="how many analysts so many reports a year need",
        description="The arithmetic of a queue, with its assumptions; or, with --play, a year of it played "
        "through, with a scandal in its middle. It reads no hotline.",
    )
    for field in dataclasses.fields(Assumed):
        says = f"{field.metadata['says']} (default: %(default)g)"
        staff.add_argument(f"--{field.name}", type=float, default=field.default, metavar="N", help=says)
    staff.add_argument(
        "--play", type=int, nargs="+", default=[], metavar="N", help="how long people wait with N analysts"
    )
    staff.add_argument("--seed", type=int, default=1, help="with --play: the same people again (default: 1)")
    staff.add_argument("--json", action="store_true", help="print it as JSON")


def _staff(args: argparse.Namespace) -> int:
    from disrupt.hotline.demo.year import played
    from disrupt.hotline.demo.year.staffing import Assumed, NotToBeAssumed, Staff

    names = [field.name for field in dataclasses.fields(Assumed)]
    try:
        assumed = Assumed(**{name: getattr(args, name) for name in names})
        years = [played.play(assumed, people, seed=args.seed) for people in args.play]
    except NotToBeAssumed as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if years:
        sys.stdout.write(
            json.dumps([year.told() for year in years]) + "\n" if args.json else played.words(years)
        )
        return 0
    found = Staff(assumed)
    sys.stdout.write(json.dumps(found.told()) + "\n" if args.json else found.words())
    return 0


def _simulate(args: argparse.Namespace) -> int:
    from disrupt.hotline.demo.year.run import run
    from disrupt.hotline.demo.year.wish import Wish

    wish = Wish(
        reports=args.reports,
        days=args.days,
        seed=args.seed,
        step_hours=args.step_hours,
        analysts=args.analysts,
        cases_an_hour=args.pace,
        second=args.second,
        errs=args.errs,
        kills=args.kills,
        visits=args.visits,
        doubts=args.doubts,
        database=args.database,
        workers=args.workers,
        to=str(args.to and Path(args.to).resolve()),
    )
    return run(wish, port=args.port)


def _use(process: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = f"disrupt.hotline.processes.{process}"


def _places() -> Places:
    from disrupt.hotline.processes import base

    return Places(
        base.DATABASES["default"],
        base.KEYS_FOLDER,
        base.VAR,
        base.ERASURES_FILE,
        base.KEYHOLDER,
        tuple(base.KEYHOLDER_GIVES_TO),
    )


def init() -> int:
    """Make whatever key is missing, then bring the database up to date."""
    from disrupt.hotline.common.keys import create_all
    from disrupt.hotline.processes.base import KEYS_FOLDER, VAR

    VAR.mkdir(parents=True, exist_ok=True, mode=0o700)
    create_all(Path(KEYS_FOLDER))
    _use("all_in_one")
    from django.core.management import execute_from_command_line

    with loading():
        execute_from_command_line(["disrupt.hotline", "check", "--fail-level", "ERROR"])
    return operating.bring_up_to_date()


def main(argv: Sequence[str] | None = None) -> int:
    args = build_parser().parse_args(argv)
    keep_memory_private()
    if args.command in STAY:
        say_where_only()
    # Whatever this process writes is its owner's only; the stores' files are their group's where that is set.
    os.umask(0o007 if os.environ.get("DISRUPT_STORE_SHARED") else 0o077)
    if args.command == "init":
        return init()
    if args.command in PROCESSES:
        from disrupt.hotline.processes.server import serve

        serve(args.command, args.bind, args.threads)
        return 0
    if args.command == "worker":
        _use("worker.settings")
        from disrupt.hotline.processes.worker.loop import run

        return run(once=args.once, pause=args.pause)
    if args.command == "checker":
        _use("checker.settings")
        from disrupt.hotline.processes.checker.loop import run as run_checker

        return run_checker(once=args.once, pause=args.pause, threads=args.threads)
    if args.command == "taking":
        _use("taking.settings")
        from disrupt.hotline.processes.taking.loop import run as run_taking

        return run_taking(once=args.once, pause=args.pause)
    if args.command == "relay":
        # The toolkit's own program, which knows neither our settings nor our database.
        words = ["--sources", args.sources, "--folder", args.folder]
        words += ["--watch", args.watch] if args.watch else []
        command = [sys.executable, "-m", "disrupt.cli", "relay", *words]
        os.execv(sys.executable, command)  # noqa: S606  # nothing of ours is left in the process
    if args.command in operating.NAMES:
        return operating.run(args, _places())
    if args.command == "manage":
        _use("all_in_one")
        import django
        from django.core.management import execute_from_command_line

        with loading():
            django.setup()
        execute_from_command_line(["disrupt.hotline", *args.rest])
        return 0
    if args.command == "simulate":
        return _simulate(args)
    if args.command == "staff":
        return _staff(args)
    from disrupt.hotline.demo.main import run as run_demo

    return run_demo(
        var=args.var.resolve(), examples=args.examples.resolve(), port=args.port, exit_when_done=args.exit
    )


if __name__ == "__main__":
    sys.exit(main())
