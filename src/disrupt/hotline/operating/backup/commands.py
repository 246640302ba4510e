"""The commands `backup-key`, `backup`, `restore` and `drill`."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import Any

from disrupt.hotline.common import clock
from disrupt.hotline.operating.backup.errors import BackupError
from disrupt.hotline.operating.backup.places import Places

NAMES = {"backup-key", "backup", "restore", "drill"}


def add_to(commands: Any) -> None:
    """Add these commands to the program's."""
    key = commands.add_parser(
        "backup-key",
        help="make an operator's key, which opens backups",
        description="Writes the private half to FILE (keep it elsewhere) and prints the public line.",
    )
    key.add_argument("file", type=Path, metavar="FILE")
    backup = commands.add_parser(
        "backup",
        help="copy database and keys for k of n operators, while everything runs",
        description="Writes one sealed file. Contents and their key store are never in it.",
    )
    backup.add_argument("file", type=Path, metavar="FILE", help="or a folder, for a file named by its time")
    backup.add_argument(
        "--to", required=True, type=Path, metavar="FILE", help="the operators' public lines, one each"
    )
    backup.add_argument(
        "--needed", type=int, default=2, metavar="K", help="so many operators open it (default: 2)"
    )
    restore = commands.add_parser(
        "restore",
        help="make a hotline of a backup, on an empty machine",
        description="Refuses where there is a hotline. Start no process before it has ended.",
    )
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument(
        "--key", type=Path, action="append", required=True, metavar="FILE", help="an operator's key"
    )
    maker = restore.add_mutually_exclusive_group()
    maker.add_argument("--made-by", default="", metavar="KEY", help="the key that `backup` said signs yours")
    maker.add_argument("--whoever-made-it", action="store_true", help="do not ask who made it")
    newest = restore.add_mutually_exclusive_group(required=True)
    newest.add_argument(
        "--head",
        type=Path,
        metavar="FILE",
        help="the newest file of `ledger-head` that anybody has: refuse what is older than that night",
    )
    newest.add_argument("--no-head", action="store_true", help="nobody kept such a file")
    restore.add_argument("--older", action="store_true", help="restore it although something newer existed")
    restore.add_argument("--erasures", type=Path, metavar="FILE", help="the newest copy of DISRUPT_ERASURES")
    restore.add_argument("--json", action="store_true", help="print what was done as JSON")
    commands.add_parser(
        "drill",
        help="back up, restore in a temporary place, compare; leaves nothing behind",
        description="Ends with 0 when what came back is what was saved. Run it every month.",
    )


def run(args: argparse.Namespace, places: Places) -> int:
    """Run one of NAMES; return the exit status."""
    try:
        if args.command == "backup-key":
            return _key(args)
        return {"backup": _backup, "restore": _restore, "drill": _drill}[args.command](args, places)
    except (BackupError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _key(args: argparse.Namespace) -> int:
    from disrupt.hotline.operating.backup import operators

    sys.stdout.write(operators.make(args.file) + "\n")
    return 0


def _say(name: str, says: dict[str, object]) -> None:
    """Leave the sign that `status` looks for."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.watch.settings"
    import django

    django.setup()
    from disrupt.hotline.common.running import pulse

    pulse.feel(name, says)


def _now() -> str:
    return clock.true_now().isoformat(timespec="seconds")


def _backup(args: argparse.Namespace, places: Places) -> int:
    from disrupt.hotline.common.keys import backup_key
    from disrupt.hotline.operating.backup import operators, taking

    lines = [line for line in args.to.read_text("ascii").splitlines() if line.strip()]
    file = args.file / f"disrupt-{_now()[:16].replace(':', '')}.backup" if args.file.is_dir() else args.file
    held = taking.take(
        file,
        places,
        at=_now(),
        to=[operators.public_key(line) for line in lines],
        needed=args.needed,
    )
    _say("backup", {"rows": sum(held.rows.values()), "bytes": file.stat().st_size})
    sys.stdout.write(
        f"{file}: {sum(held.rows.values())} rows of {len(held.rows)} tables, "
        f"{file.stat().st_size} bytes; opens with {args.needed} of {len(lines)} operators' keys; "
        f"made by {bytes(backup_key(places.keys).verify_key).hex()}\n"
    )
    return 0


def _restore(args: argparse.Namespace, places: Places) -> int:
    from disrupt.hotline.operating.backup import archive, newest, operators, restoring, seals

    if not args.whoever_made_it:
        archive.must_be_of(args.file, args.made_by)
    listed = args.erasures or places.erasures
    head = newest.read(args.head) if args.head else None
    ages: list[newest.Ages] = []

    def look(opened: Path, manifest: dict[str, Any]) -> None:
        """Before anything is put anywhere."""
        made_at = dt.datetime.fromisoformat(manifest["made_at"])
        key = (opened / "keys" / "operating" / "erasures.key").read_bytes()
        ages.append(newest.Ages(made_at, seals.check(list(seals.read_list(listed)), key), clock.true_now()))
        if head is not None:
            newest.must_be_of(head, opened / "keys")
            if not args.older:
                newest.must_be_newest(head, ages[0])

    private = [operators.private_key(path) for path in args.key]
    back = restoring.put_back(args.file, private, places, look)
    os.environ["DJANGO_SETTINGS_MODULE"] = "disrupt.hotline.processes.all_in_one"
    import django

    django.setup()
    from django.core.management import call_command

    from disrupt.hotline.bank.log import note_restored
    from disrupt.hotline.cases import anchoring
    from disrupt.hotline.exchange.ncmec import windows
    from disrupt.hotline.insight import opendata
    from disrupt.hotline.operating.backup import ending, erasures, lost

    call_command("migrate", verbosity=0)
    if head is not None and anchoring.root_at(head.size) not in (None, head.root):
        raise BackupError(
            "The ledgers in this backup are not those of the head: one of the two was rewritten. What is "
            "here now must not be started; take it away."
        )
    note_restored()
    windows.begin_anew()
    again = erasures.do_again(listed)
    again["ended"] = ending.take_again(erasures.taken_since(listed), erasures.RESTORE)
    again["sessions"] = ending.close_doors(erasures.RESTORE, again["ended"])
    gone = lost.tell_of_lost_content()
    opendata.withhold()
    if args.json:
        answer = {"inventory": back.inventory.as_data(), "again": again, "lost": gone}
        sys.stdout.write(json.dumps(answer) + "\n")
        return 0
    sys.stdout.write(
        f"Restored: {sum(back.inventory.rows.values())} rows. {ages[0].words()}"
        f"Taken back again: {again['withdrawn']} item(s); erased again: {again['erased']} case(s); "
        f"ended again: {again['ended']} key(s), account(s) and role(s), and {again['sessions']} session(s).\n"
        f"Lost with the machine: {gone['contents']} content(s), {gone['texts']} text(s); "
        f"{gone['told']} person(s) will read so with their code.\n"
        "Now start the worker and look at `disrupt-hotline status`. Partners who read further than this "
        "backup read the list anew by themselves; those with other clients keep what it does not know, until "
        "they begin anew: tell them (docs/api.md).\n"
    )
    return 0


def _drill(_args: argparse.Namespace, places: Places) -> int:
    from disrupt.hotline.operating.backup.drill import drill

    done = drill(places, at=_now())
    _say("drill", {"rows": sum(done.inventory.rows.values())})
    sys.stdout.write(
        f"{sum(done.inventory.rows.values())} rows of {len(done.inventory.rows)} tables and all ledgers came "
        f"back the same, from {done.size} bytes.\n"
    )
    return 0
