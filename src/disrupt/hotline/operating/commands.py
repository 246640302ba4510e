"""The operator's own commands, beside those that serve."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

from disrupt.hotline.operating import keeping
from disrupt.hotline.operating.backup import commands as backup
from disrupt.hotline.operating.backup.places import Places
from disrupt.hotline.operating.installing import commands as installing
from disrupt.hotline.operating.pinning import commands as pinning
from disrupt.hotline.operating.rotating import commands as rotating
from disrupt.hotline.operating.together import commands as together

_ROOMS = (backup, installing, keeping, rotating, together)
NAMES = {"status", "watch", "upgrade", *pinning.NAMES}.union(*(room.NAMES for room in _ROOMS))


def add_to(commands: Any) -> None:
    """Add the operator's commands to the program's."""
    status = commands.add_parser(
        "status",
        help="one screen: what waits, what is late, who is silent",
        description="One screen of aggregates; it names no case. Ends with 1 while there is an alarm.",
    )
    status.add_argument("--metrics", action="store_true", help="print it as Prometheus reads it")
    watch = commands.add_parser(
        "watch",
        help="tell an operator what is wrong, until stopped",
        description="Looks once a minute and tells each alarm once, when it begins and when it has ended, "
        "to DISRUPT_ALERT_EMAIL and DISRUPT_ALERT_WEBHOOK.",
    )
    watch.add_argument("--once", action="store_true", help="look once, print what was told, and stop")
    watch.add_argument(
        "--metrics",
        default="127.0.0.1:9108",
        metavar="HOST:PORT",
        help="where Prometheus reads /metrics, on this machine only; “” for nowhere (default: %(default)s)",
    )
    upgrade = commands.add_parser(
        "upgrade",
        help="bring the database up to date after a new version was installed",
        description="On PostgreSQL in one transaction, while portal and exchange of before go on; "
        "stop worker, console and checker, and with SQLite all. Then start every process again.",
    )
    upgrade.add_argument("--dry-run", action="store_true", help="print what would be done, and do nothing")
    for room in _ROOMS:
        room.add_to(commands)
    pinning.add_to(commands)


def run(args: argparse.Namespace, places: Places) -> int:
    """Run one of NAMES; return the exit status."""
    for room in _ROOMS:
        if args.command in room.NAMES:
            status: int = room.run(args, places)
            return status
    if args.command in pinning.NAMES:
        return pinning.run(args)
    if args.command == "upgrade":
        os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.all_in_one"
        return bring_up_to_date(dry_run=args.dry_run, aloud=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.watch.settings"
    if args.command == "watch":
        from disrupt.hotline.operating import watch

        return watch.run(metrics=args.metrics, once=args.once)
    return _status(args.metrics)


def _status(metrics: bool) -> int:
    import django

    django.setup()
    from django.db import DatabaseError

    from disrupt.hotline.operating import screen, status
    from disrupt.hotline.operating.alarms import alarms
    from disrupt.hotline.operating.metrics import exposition

    try:
        seen = status.look()
    except DatabaseError as error:
        sys.stderr.write(
            f"The database does not answer ({type(error).__name__}): is it running, and did `init` make it?\n"
        )
        return 2
    raised = alarms(seen)
    sys.stdout.write(exposition(seen, raised) if metrics else screen.render(seen, raised))
    return 1 if raised else 0


def bring_up_to_date(*, dry_run: bool = False, aloud: bool = False) -> int:
    """Upgrade the database of DJANGO_SETTINGS_MODULE; the exit status."""
    import django

    django.setup()
    from django.db import DatabaseError

    from disrupt.hotline.common.running.schema import SchemaMismatch
    from disrupt.hotline.operating import upgrading

    try:
        steps = upgrading.look() if dry_run else upgrading.upgrade()
    except (SchemaMismatch, DatabaseError) as error:
        sys.stderr.write(f"Nothing was changed. {error}\n")
        return 2
    for step in steps if aloud else ():
        sys.stdout.write(f"{'would do' if dry_run else 'done'}: {step.name}: {step.about}\n")
    if aloud and not steps:
        sys.stdout.write("The database is up to date.\n")
    return 0
